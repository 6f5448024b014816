"""The mailbox over IMAP: on a real Dovecot, and on a server as odd as the real ones."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from commentbox.adapters import imap
from commentbox.core.types import FileRef
from tests.servers import HOST
from tests.servers.certificate import Certificate
from tests.servers.dovecot import DovecotMailbox
from tests.servers.odd_imap import DROP, HANG, OddImap

JUNK = "垃圾邮件"


def letter(number: int, body: str = "建议增加充电桩。", charset: str = "utf-8") -> bytes:
    return (
        f"From: a{number}@mail.example\r\nSubject: letter {number}\r\n"
        f"Message-ID: <{number}@mail.example>\r\n\r\n"
    ).encode() + f"{body}\r\n".encode(charset)


def keep(pieces: Iterable[bytes]) -> FileRef:
    content = b"".join(pieces)
    return FileRef(hashlib.sha256(content).hexdigest(), len(content))


def everything(box: DovecotMailbox, folder: str = "INBOX", after: int = 0) -> list[imap.Fetched]:
    with imap.connect(box.settings) as mailbox:
        mailbox.examine(folder)
        return [mail for batch in mailbox.fetch(mailbox.uids(after), keep) for mail in batch]


@pytest.mark.dovecot
class TestDovecot:
    def test_intake_03_bytes_come_as_they_lie_there(self, mailbox: DovecotMailbox) -> None:
        sent = [
            letter(1),
            letter(2, "朱镕基 喆 意见", "gb18030"),
            bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + b"\r\n",
        ]
        mailbox.append(sent)
        fetched = [mail.raw for mail in everything(mailbox)]
        assert [hashlib.sha256(raw).digest() for raw in fetched] == [
            hashlib.sha256(raw).digest() for raw in sent
        ]

    def test_intake_04_mail_that_was_opened_is_taken_and_flags_stay(self, mailbox: DovecotMailbox) -> None:
        mailbox.append(letter(1), flags=(rb"\Seen", rb"\Flagged"))
        mailbox.append(letter(2))
        before = mailbox.flags()
        assert rb"\Seen" in before[0]
        assert rb"\Seen" not in before[1]
        fetched = everything(mailbox)
        assert len(fetched) == 2
        assert rb"\Seen" in fetched[0].flags
        # \Recent belongs to whoever looks first and is not ours to keep.
        assert [set(flags) - {rb"\Recent"} for flags in mailbox.flags()] == [
            set(flags) - {rb"\Recent"} for flags in before
        ]

    def test_internaldate_is_the_instant_in_utc(self, mailbox: DovecotMailbox) -> None:
        arrived = datetime(2023, 5, 27, 23, 59, 58, tzinfo=timezone(timedelta(hours=8)))
        mailbox.append(letter(1), internaldate=arrived)
        (mail,) = everything(mailbox)
        assert mail.internaldate == arrived
        assert mail.internaldate.tzinfo is UTC

    def test_many_mails_come_once_in_ascending_batches(self, mailbox: DovecotMailbox) -> None:
        sent = [letter(number) for number in range(250)]
        mailbox.append(sent)
        with imap.connect(mailbox.settings) as box:
            box.examine("INBOX")
            batches = list(box.fetch(list(reversed(box.uids(after=0))), keep))
        assert [len(batch) for batch in batches] == [200, 50]
        assert [mail.raw for batch in batches for mail in batch] == sent

    def test_intake_08_a_large_mail_comes_in_pieces_and_a_batch_is_limited_by_bytes(
        self, mailbox: DovecotMailbox
    ) -> None:
        big, half = letter(1, "字" * 1_700_000), letter(2, "字" * 1_000_000)
        mailbox.append([letter(0), big, half, half])
        sizes: list[int] = []

        def noted(pieces: Iterable[bytes]) -> FileRef:
            return keep([piece for piece in pieces if sizes.append(len(piece)) is None])  # type: ignore[func-returns-value]

        with imap.connect(mailbox.settings) as box:
            box.examine("INBOX")
            batches = list(box.fetch(box.uids(after=0), noted))
        assert [[mail.uid for mail in batch] for batch in batches] == [[1], [2], [3], [4]]
        assert batches[1][0].raw == FileRef(hashlib.sha256(big).hexdigest(), len(big))
        assert (max(sizes), sum(sizes)) == (1_000_000, len(big))
        assert batches[1][0].internaldate is not None

    def test_the_server_says_when_mail_has_come(self, mailbox: DovecotMailbox) -> None:
        box = imap.connect(mailbox.settings)
        assert box.can_idle
        box.idle("INBOX")
        assert imap.wait_for_mail([box], 0.2) == []
        mailbox.append(letter(1))
        assert imap.wait_for_mail([box], 10) == [box]
        box.stop_idle()
        assert box.examine("INBOX").messages == 1
        box.leave()

    def test_junk_folders_are_found_by_name(self, mailbox: DovecotMailbox) -> None:
        mailbox.append(letter(1), folder="垃圾邮件")
        mailbox.append(letter(1), folder="Letters")
        with imap.connect(mailbox.settings) as box:
            assert box.junk_folders(("Junk", "垃圾邮件")) == ["垃圾邮件"]

    def test_only_what_is_new_is_listed_and_nothing_when_nothing_is(self, mailbox: DovecotMailbox) -> None:
        mailbox.append([letter(1), letter(2), letter(3)])
        with imap.connect(mailbox.settings) as box:
            box.examine("INBOX")
            assert box.uids(after=0) == [1, 2, 3]
            assert box.uids(after=2) == [3]
            assert box.uids(after=3) == []
            assert box.uids(after=900) == []

    def test_very_large_uids(self, mailbox: DovecotMailbox) -> None:
        mailbox.start_uids_at(4_294_000_001)
        mailbox.append([letter(1), letter(2)])
        assert [mail.uid for mail in everything(mailbox)] == [4_294_000_001, 4_294_000_002]

    def test_a_folder_with_a_chinese_name(self, mailbox: DovecotMailbox) -> None:
        mailbox.append(letter(1), folder=JUNK)
        with mailbox.client() as client:
            assert b"&V4NXPpCuTvY-" in str(client._imap.list()).encode()
        assert [mail.raw for mail in everything(mailbox, JUNK)] == [letter(1)]

    def test_a_mail_removed_meanwhile_is_reported(self, mailbox: DovecotMailbox) -> None:
        mailbox.append([letter(1), letter(2), letter(3)])
        with imap.connect(mailbox.settings) as box:
            box.examine("INBOX")
            uids = box.uids(after=0)
            with mailbox.client("INBOX") as client:
                client.delete_messages([2])
                client.expunge()
            left = [mail.uid for batch in box.fetch(uids, keep) for mail in batch]
            assert (left, box.gone) == ([1, 3], [2])

    def test_id_is_sent(self, mailbox: DovecotMailbox) -> None:
        with imap.connect(mailbox.settings):
            pass
        assert "name=commentbox" in mailbox.server.log

    def test_a_wrong_password_is_a_refusal(self, mailbox: DovecotMailbox) -> None:
        with pytest.raises(imap.MailboxRefused, match="IMAP_PASSWORD"):
            imap.connect(replace(mailbox.settings, password="wrong"))

    def test_a_missing_folder_is_named(self, mailbox: DovecotMailbox) -> None:
        with imap.connect(mailbox.settings) as box, pytest.raises(imap.MailboxUnavailable, match="Nowhere"):
            box.examine("Nowhere")

    def test_imaplib_writes_down_no_bodies(self, mailbox: DovecotMailbox) -> None:
        """Guard the private attribute that makes fetches four times as fast."""
        with imap.connect(mailbox.settings) as box:
            assert box._client._imap.debug == 0


def test_coremail_gets_id_before_examine_and_no_odd_command(odd_imap: OddImap) -> None:
    odd_imap.answers["CAPABILITY"] = "* CAPABILITY IMAP4rev1 ID SASL-IR AUTH=PLAIN\nOK done"
    odd_imap.answers["UID SEARCH"] = "* SEARCH 5\nOK done"  # the last mail again
    with imap.connect(odd_imap.settings) as box:
        assert box.examine("INBOX").uidvalidity == 7
        assert box.uids(after=5) == []
    said = [command.split(" ", 1)[0] for command in odd_imap.commands]
    assert said.index("LOGIN") < said.index("ID") < said.index("EXAMINE")
    assert not {"AUTHENTICATE", "SELECT", "STATUS"} & set(said)
    assert [command for command in odd_imap.commands if "SEARCH" in command] == ["UID SEARCH UID 6:*"]


def test_id_is_not_sent_where_it_is_not_offered_and_its_refusal_is_no_fault(odd_imap: OddImap) -> None:
    with imap.connect(odd_imap.settings) as box:
        box.examine("INBOX")
    assert not [command for command in odd_imap.commands if command.startswith("ID ")]
    odd_imap.answers |= {"CAPABILITY": "* CAPABILITY IMAP4rev1 ID\nOK done", "ID": "BAD no such thing"}
    with imap.connect(odd_imap.settings) as box:
        assert box.examine("INBOX").uidvalidity == 7


def test_intake_10_unsafe_login_has_its_own_error(odd_imap: OddImap) -> None:
    odd_imap.answers["EXAMINE"] = "NO EXAMINE Unsafe Login. Please contact kefu@188.com for help"
    with imap.connect(odd_imap.settings) as box, pytest.raises(imap.UnsafeLogin, match="authorisation code"):
        box.examine("INBOX")


def test_a_line_that_breaks_during_login_is_no_wrong_password(odd_imap: OddImap) -> None:
    odd_imap.answers["LOGIN"] = DROP
    with pytest.raises(imap.MailboxUnavailable):
        imap.connect(odd_imap.settings)


def test_a_password_beyond_ascii_is_a_refusal_that_does_not_show_it(odd_imap: OddImap) -> None:
    with pytest.raises(imap.MailboxRefused, match="ASCII") as caught:
        imap.connect(replace(odd_imap.settings, password="密"))
    assert "密" not in str(caught.value)
    assert "5bc6" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        DROP,
        "NO [SERVERBUG] later",
        "* 1 FETCH (UID 1 RFC822.SIZE oops\nOK done",
    ],
)
def test_intake_10_any_fault_while_fetching_is_one_error(odd_imap: OddImap, answer: str) -> None:
    odd_imap.answers["UID FETCH"] = answer
    with imap.connect(odd_imap.settings) as box:
        box.examine("INBOX")
        with pytest.raises(imap.MailboxUnavailable, match="fetching"):
            list(box.fetch([1], keep))


def test_a_date_that_nobody_can_read_is_no_reason_to_leave_a_letter(odd_imap: OddImap) -> None:
    odd_imap.answers["UID FETCH"] = '* 1 FETCH (UID 1 RFC822.SIZE 9 INTERNALDATE "soon" BODY[] "x")\nOK done'
    with imap.connect(odd_imap.settings) as box:
        box.examine("INBOX")
        assert list(box.fetch([1], keep)) == [[imap.Fetched(1, b"x", None, ())]]


def test_a_body_that_is_nil_counts_as_gone(odd_imap: OddImap) -> None:
    odd_imap.answers["UID FETCH"] = "* 1 FETCH (UID 1 RFC822.SIZE 9 BODY[] NIL)\nOK done"
    with imap.connect(odd_imap.settings) as box:
        box.examine("INBOX")
        assert (list(box.fetch([1], keep)), box.gone) == ([], [1])
    asked = [command for command in odd_imap.commands if "FETCH" in command]
    assert asked == ["UID FETCH 1 (RFC822.SIZE)", "UID FETCH 1 (FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[])"]


def test_intake_10_a_server_that_never_speaks_ends_in_time() -> None:
    with socket.create_server((HOST, 0)) as silent:
        settings = imap.ImapSettings(HOST, silent.getsockname()[1], "none", "a", "b", ("INBOX",), 0.3)
        with pytest.raises(imap.MailboxUnavailable, match="timed out"):
            imap.connect(settings)


def test_intake_10_a_server_that_falls_silent_ends_in_time(odd_imap: OddImap) -> None:
    odd_imap.answers["UID FETCH"] = HANG
    with imap.connect(replace(odd_imap.settings, timeout=0.3)) as box:
        box.examine("INBOX")
        with pytest.raises(imap.MailboxUnavailable, match="timed out"):
            list(box.fetch([1], keep))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_connection_that_cannot_be_secured_is_not_used(odd_imap: OddImap, security: str) -> None:
    with pytest.raises(imap.MailboxUnavailable):
        imap.connect(replace(odd_imap.settings, security=security))
    assert not [command for command in odd_imap.commands if command.startswith("LOGIN")]


@pytest.mark.parametrize(("security", "offered"), [("tls", ""), ("starttls", " STARTTLS")])
def test_a_certificate_must_be_trusted_and_name_the_host(
    odd_imap: OddImap,
    certificate: Certificate,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
    offered: str,
) -> None:
    odd_imap.tls = certificate.server_side
    odd_imap.answers |= {"CAPABILITY": f"* CAPABILITY IMAP4rev1{offered}\nOK done", "STARTTLS": "OK begin"}
    settings = replace(odd_imap.settings, security=security)
    with pytest.raises(imap.MailboxUnavailable, match="cannot be trusted"):
        imap.connect(settings)
    certificate.trust(monkeypatch)
    with pytest.raises(imap.MailboxUnavailable, match="cannot be trusted"):
        imap.connect(replace(settings, host="localhost"))
    assert not [command for command in odd_imap.commands if command.startswith("LOGIN")]
    with imap.connect(settings) as box:
        assert box.examine("INBOX").uidvalidity == 7
