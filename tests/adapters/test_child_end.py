"""What a reading child leaves behind when it ends, however it ends: no process, no file; and no way out."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commentbox.adapters.child import ChildFailed, ReaderChild
from commentbox.adapters.child_process import FOLDER

ROOT = Path(__file__).parents[2]
RTF = rb"{\rtf1\ansi Please widen the bridge}"
PROBE = """#!{python}
import socket, sys, zipfile
from pathlib import Path
found = []
for address in (("127.0.0.1", {port}), ("192.0.2.1", 80), ("1.1.1.1", 53)):
    try:
        socket.create_connection(address, timeout=2)
        found.append("reached")
    except OSError as error:
        found.append(str(error.errno))
out = Path(sys.argv[sys.argv.index("--outdir") + 1])
out.mkdir()
with zipfile.ZipFile(out / "letter.docx", "w") as archive:
    archive.writestr("word/document.xml", '<w:document xmlns:w="http://schemas.openxmlformats.org/'
        'wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>' + " ".join(found)
        + "</w:t></w:r></w:p></w:body></w:document>")
"""
SLEEP = f"sleep 977.{os.getpid()}"
"""What no other run of these tests on the machine starts."""
HANGS = f"#!/bin/sh\n{SLEEP} &\n{SLEEP}\n"
ESCAPES = f"#!/bin/sh\nsetsid {SLEEP} &\nsetsid setsid {SLEEP} &\n{SLEEP}\n"


@pytest.fixture
def soffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a converter of our own before the machine's."""

    def install(script: str) -> None:
        path = tmp_path / "bin" / "soffice"
        path.parent.mkdir()
        path.write_text(script)
        path.chmod(0o755)
        tmp_path.chmod(0o755)
        monkeypatch.setenv("PATH", str(path.parent), prepend=":")

    return install


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which children get theirs."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    folder.chmod(0o777)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def port() -> Iterator[int]:
    """Return the port of a listener on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        socket.create_connection(listener.getsockname()).close()  # it can be reached from here
        yield listener.getsockname()[1]


def of_session(session: int, word: bytes = b"") -> list[int]:
    """Return the living processes of a session whose command line holds a word."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, _, its_session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(its_session) == session and state not in "ZX" and word in command:
                found.append(int(entry.name))
    return found


def sleepers() -> int:
    return int(subprocess.run(["pgrep", "-xfc", SLEEP], capture_output=True, check=False).stdout)


def child_pid() -> int:
    """Return the process id of the only child that runs from here."""
    command = ["pgrep", "-P", str(os.getpid()), "-f", "child_main"]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


def until(true: Callable[[], object], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def network_can_be_left() -> bool:
    """Tell whether the kernel lets a process make a network of its own."""
    command = ["unshare", "--user", "--net", "true"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


needs_namespaces = pytest.mark.skipif(
    not network_can_be_left(), reason="the kernel allows no user namespaces"
)


@needs_namespaces
def test_intake_23_a_converter_reaches_neither_this_machine_nor_another(
    soffice: Callable[[str], None], port: int
) -> None:
    soffice(PROBE.format(python=sys.executable, port=port))
    with ReaderChild() as child:
        assert child.extract("a.rtf", "", RTF).text == "101 101 101"  # ENETUNREACH


@needs_namespaces
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not installed")
def test_intake_23_nor_does_it_without_any_privilege(soffice: Callable[[str], None], port: int) -> None:
    soffice(PROBE.format(python=sys.executable, port=port))
    script = (
        "from commentbox.adapters.child import ReaderChild\n"
        "print(open('/proc/self/status').read().split('CapEff:')[1].split()[0])\n"
        f"with ReaderChild() as child: print(child.extract('a.rtf', '', {RTF!r}).text)"
    )
    # What sets an ordinary user apart here: Python may lie where another user cannot read it.
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.getuid() == 0 else []
    command = [*drop, sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:2] == ["0" * 16, "101 101 101"], done.stderr


def test_where_the_network_stays_the_log_says_so_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("commentbox.adapters.child_process._BOOT", STAYS)
    with ReaderChild() as child:
        child.extract("a.txt", "", b"text")
        child.close()
        child.extract("a.txt", "", b"text")
    assert capsys.readouterr().out.count("reader_keeps_network") == 1


STAYS = """
import ctypes, sys, types
package = types.ModuleType("commentbox")
package.__path__ = [sys.argv[1]]
sys.modules["commentbox"] = package
from commentbox.adapters import child_main
child_main._NEW_USER = child_main._NEW_NET = 1
child_main.main(float(sys.argv[2]), int(sys.argv[3]))
"""


@pytest.mark.parametrize(
    "script", [HANGS, pytest.param(ESCAPES, marks=needs_namespaces)], ids=["hangs", "escapes"]
)
def test_intake_08_a_converter_that_hangs_ends_with_all_its_children(
    soffice: Callable[[str], None], temporary: Path, script: str
) -> None:
    soffice(script)
    with ReaderChild(seconds=3) as child:
        with pytest.raises(ChildFailed, match="timeout"):
            child.extract("a.rtf", "", RTF)
        assert sleepers() == 0
        assert child.extract("a.txt", "", b"text").text == "text"
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="soffice is not installed")
def test_intake_08_soffice_dies_with_the_child_and_leaves_no_file(temporary: Path) -> None:
    with ReaderChild() as child:
        assert child.extract("a.txt", "", b"text").text == "text"  # served before: it gets a second try
        reading = threading.Thread(target=lambda: child.extract("a.rtf", "", RTF))
        reading.start()
        until(lambda: list(temporary.glob("*/converter-*")))
        first = child_pid()
        until(lambda: of_session(first, b"soffice"))
        (folder,) = temporary.iterdir()
        os.kill(first, signal.SIGKILL)
        until(lambda: not of_session(first) and not folder.exists())
        reading.join()
    assert list(temporary.iterdir()) == []


def test_a_folder_whose_parent_was_killed_too_is_removed_by_the_next(temporary: Path) -> None:
    left = temporary / f"{FOLDER}left"
    (left / "converter-x").mkdir(parents=True)
    with ReaderChild() as one, ReaderChild() as other:
        one.extract("a.txt", "", b"text")
        (own,) = temporary.iterdir()
        assert own != left
        other.extract("a.txt", "", b"text")
        assert own.exists()  # its parent lives
