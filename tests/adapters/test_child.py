"""The reading child: its answers, its limits, and that its end is never ours."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from commentbox.adapters import wire
from commentbox.adapters.child import ChildFailed, ReaderChild
from commentbox.adapters.wire import BadMessageError, Message
from commentbox.core.mail import parse_mail

MAILS = sorted((Path(__file__).parents[1] / "data" / "mail").glob("*.eml"))
LETTER = b"""From: a@example.org
Content-Type: multipart/mixed; boundary=x

--x

see file
--x
Content-Type: text/plain; name=a.txt
Content-Disposition: attachment; filename=a.txt

widen the bridge
--x--
"""


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderChild]:
    with ReaderChild() as reader:
        yield reader


def pid_of(child: ReaderChild) -> int:
    """Return the process id of the running child."""
    own = os.getpid()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # any other process may end while we look
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == own and b"child_main" in (entry / "cmdline").read_bytes():
                return int(entry.name)
    raise AssertionError("no child runs")


def test_reads_each_mail_as_the_parser_does(child: ReaderChild) -> None:
    for path in MAILS:
        raw = path.read_bytes()
        assert child.read(raw).mail == parse_mail(raw)


def test_reads_attachments_too(child: ReaderChild) -> None:
    letter = child.read(LETTER)
    assert letter.mail.text == "see file"
    assert [(found.status, found.text) for found in letter.texts] == [("ok", "widen the bridge")]


def network_can_be_left() -> bool:
    """Tell whether the kernel lets a process make a network of its own."""
    command = ["unshare", "--user", "--net", "true"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not network_can_be_left(), reason="the kernel allows no user namespaces")
def test_has_no_network() -> None:
    with ReaderChild() as child:
        child.read(LETTER)
        assert os.readlink(f"/proc/{pid_of(child)}/ns/net") != os.readlink("/proc/self/ns/net")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="soffice is not installed")
def test_a_converter_runs_within_the_child(child: ReaderChild) -> None:
    found = child.extract("a.rtf", "", rb"{\rtf1\ansi Please widen the bridge}")
    assert (found.status, found.text) == ("ok", "Please widen the bridge")


def test_extracts_an_upload(child: ReaderChild) -> None:
    assert child.extract("意见.txt", "", "拓宽桥面".encode("gbk")).text == "拓宽桥面"


def test_threads_take_turns(child: ReaderChild) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda number: child.extract("a.txt", "", b"text %d" % number).text, range(40))
        assert list(found) == [f"text {number}" for number in range(40)]


def test_a_killed_child_is_replaced() -> None:
    with ReaderChild() as child:
        child.read(LETTER)
        os.kill(pid_of(child), signal.SIGKILL)
        assert child.read(LETTER).mail.text == "see file"


def test_a_frozen_child_times_out_and_the_next_letter_is_read() -> None:
    with ReaderChild(seconds=1) as child:
        child.read(LETTER)
        os.kill(pid_of(child), signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(ChildFailed, match="timeout"):
            child.read(LETTER + b"x" * 1_000_000)
        assert time.monotonic() - began < 5
        assert child.read(LETTER).mail.text == "see file"


def test_memory_is_limited_and_the_next_letter_is_read() -> None:
    with ReaderChild(megabytes=60) as child:
        with pytest.raises(ChildFailed) as failure:
            child.read(b"Subject: x\n\n" + b"\xd2\xe2" * 40_000_000)
        assert failure.value.reason == "memory"
        assert child.read(LETTER).mail.text == "see file"


def test_an_attachment_that_ends_the_child_does_not_take_the_letter_with_it() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2):
            archive.writestr(f"{number}.txt", os.urandom(1000).hex() * 24_000)
    head = b"--x\nContent-Type: application/zip\nContent-Disposition: attachment; filename=b.zip\n\n"
    raw = LETTER.replace(b"--x\nContent-Type: text", head + bomb.getvalue() + b"\n--x\nContent-Type: text")
    with ReaderChild(megabytes=60) as child:
        letter = child.read(raw)
    assert letter.mail.text == "see file"
    assert [found.status for found in letter.texts][-1] == "ok"
    assert letter.texts[0].status in ("failed", "too_large")


def test_knows_no_secret_and_is_in_a_session_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMENTBOX_SECRET_KEY", "canary")
    with ReaderChild() as child:
        child.read(LETTER)
        process = Path("/proc") / str(pid_of(child))
        assert b"canary" not in (process / "environ").read_bytes()
        assert os.getsid(int(process.name)) != os.getsid(0)


def test_ends_with_its_reader() -> None:
    child = ReaderChild()
    child.read(LETTER)
    process = pid_of(child)
    child.close()
    assert not Path(f"/proc/{process}").exists()
    assert child.read(LETTER).mail.text == "see file"
    child.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02[]",
        b"\x00\x00\x00\x04junk",
        b'\x00\x00\x00\x2b{"kind": "x", "fields": {}, "frames": [-1]}',
    ],
)
def test_what_is_no_message_is_refused(sent: bytes) -> None:
    source = io.BytesIO(sent)
    with pytest.raises(BadMessageError):
        wire.receive(source.read)


def test_a_message_of_wrong_shape_is_no_mail() -> None:
    with pytest.raises(BadMessageError):
        wire.mail_of(Message("mail", {"subject": 1}))


def test_one_process_reads_many_letters(child: ReaderChild) -> None:
    child.read(LETTER)
    process = pid_of(child)
    for _ in range(150):
        child.read(LETTER)
    assert pid_of(child) == process
