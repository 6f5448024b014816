"""The mailbox over IMAP at providers as they are, and over lines that break at any byte."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterable
from dataclasses import replace

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, ProtocolError

from commentbox.adapters import imap
from commentbox.core.types import FileRef
from tests.servers import HOST
from tests.servers.dovecot import PASSWORD, DovecotMailbox
from tests.servers.faults import Break, Fault, FaultProxy
from tests.servers.imap_proxy import Manners
from tests.servers.providers import Coremail, Provider

pytestmark = pytest.mark.dovecot

HARMLESS = {"CAPABILITY", "LOGIN", "ID", "LIST", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}


def letter(number: int, words: str = "建议增加充电桩。") -> bytes:
    head = f"From: a{number}@mail.example\r\nSubject: letter {number}\r\n\r\n{words}\r\n"
    return head.encode("gb18030")


def keep(pieces: Iterable[bytes]) -> FileRef:
    content = b"".join(pieces)
    return FileRef(hashlib.sha256(content).hexdigest(), len(content))


def digests(settings: imap.ImapSettings, folder: str = "INBOX", after: int = 0) -> dict[int, str]:
    """Return the sha256 of all mails of a folder, by UID."""
    with imap.connect(settings) as box:
        box.examine(folder)
        mails = [mail for batch in box.fetch(box.uids(after), keep) for mail in batch]
    return {
        one.uid: one.raw.sha256 if isinstance(one.raw, FileRef) else hashlib.sha256(one.raw).hexdigest()
        for one in mails
    }


def harmless(manners: Manners) -> bool:
    """Tell whether nothing was said that could change a mail, its flags among them."""
    fetches = manners.said("UID FETCH")
    return set(manners.names) <= HARMLESS and all("BODY[" not in words for words in fetches)


def test_intake_03_bytes_at_each_provider_are_those_of_the_server(provider: Provider) -> None:
    odd = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"") + b"\r\n"
    provider.behind.append([letter(1), letter(2, "朱镕基 喆 𠮷"), odd, b"no header at all\r\n", b"\r\n"])
    with provider.behind.client("INBOX") as client:
        client.append("INBOX", letter(3, "长信。" * 900_000))
    assert digests(provider.settings) == provider.behind.files()


def test_intake_02_nothing_but_peeks_reaches_a_provider(provider: Provider) -> None:
    provider.behind.append([letter(1), letter(2, "长信。" * 900_000)])
    before = provider.behind.flags()
    assert len(digests(provider.settings)) == 2
    assert harmless(provider.manners), provider.manners.names
    assert [set(one) - {rb"\Recent"} for one in provider.behind.flags()] == [
        set(one) - {rb"\Recent"} for one in before
    ]


def test_intake_04_opened_mail_is_listed_and_search_asks_for_numbers_only(provider: Provider) -> None:
    provider.behind.append(letter(1), flags=(rb"\Seen", rb"\Deleted"))
    provider.behind.append(letter(2))
    assert list(digests(provider.settings)) == [1, 2]
    assert provider.manners.said("UID SEARCH") == ["UID SEARCH UID 1:*"]


def test_coremail_gets_id_on_every_connection_and_none_of_what_it_does_not_know(coremail: Provider) -> None:
    coremail.behind.append(letter(1))
    for _ in range(2):
        digests(coremail.settings)
    first = [one.name for one in coremail.manners.commands if one.connection == 1]
    second = [one.name for one in coremail.manners.commands if one.connection == 2]
    assert first == second
    assert first.index("LOGIN") < first.index("ID") < first.index("EXAMINE")
    assert coremail.manners.said("STATUS") == coremail.manners.said("AUTHENTICATE") == []


def test_the_coremail_of_these_tests_is_as_strict_as_the_real_one(coremail: Provider) -> None:
    with IMAPClient(HOST, coremail.settings.port, ssl=False) as client:
        with pytest.raises(IMAPClientError, match="not supported"):
            client.plain_login(coremail.settings.user, PASSWORD)
        client.login(coremail.settings.user, PASSWORD)
        with pytest.raises(IMAPClientError, match="Unsafe Login"):
            client.select_folder("INBOX")
        client.id_({"name": "x"})
        assert b"UIDNEXT" not in client.select_folder("INBOX")
        assert client.folder_status("INBOX") == {}
        assert {b"IDLE", b"MOVE", b"CONDSTORE"}.isdisjoint(client.capabilities())
        for refused in (b"IDLE", b"UID MOVE 1 Junk", b"ENABLE CONDSTORE"):
            client._imap.send(b"x1 " + refused + b"\r\n")
            assert client._imap.readline().startswith(b"x1 BAD")


def test_the_qq_of_these_tests_is_as_strict_as_the_real_one(qq: Provider) -> None:
    qq.behind.append([letter(1), letter(2)])
    with IMAPClient(HOST, qq.settings.port, ssl=False) as client:
        client.login(qq.settings.user, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        with pytest.raises(IMAPClientError, match="message set"):
            client.fetch([2, 1], ["FLAGS"])
        with pytest.raises(IMAPClientError, match="SEARCH not supported"):
            client.search(["HEADER", "Subject", "x"])
        with pytest.raises(ProtocolError):
            client.fetch([1], ["ENVELOPE"])
        assert sorted(client.fetch([1, 2], ["FLAGS"])) == [1, 2]


def test_many_large_numbers_are_asked_for_in_lines_that_a_server_takes(coremail: Provider) -> None:
    coremail.behind.start_uids_at(4_294_000_001)
    coremail.behind.append([letter(number) for number in range(300)])
    found = digests(coremail.settings)
    assert list(found) == list(range(4_294_000_001, 4_294_000_301))
    assert digests(coremail.settings, after=4_294_000_300) == {}


@pytest.mark.parametrize("name", ["垃圾邮件", "意见.征求 & 反馈", "R&D", 'a "b" \\c'])
def test_folder_names_are_modified_utf7(provider: Provider, name: str) -> None:
    provider.behind.append(letter(1), folder=name)
    assert digests(provider.settings, name) == provider.behind.files(name)


def test_a_wrong_code_is_refused_in_the_servers_words_without_the_code(coremail: Provider) -> None:
    with pytest.raises(imap.MailboxRefused, match="password error") as caught:
        imap.connect(replace(coremail.settings, password="wrongcode"))
    assert not isinstance(caught.value, imap.UnsafeLogin)
    assert "IMAP_PASSWORD" in str(caught.value)
    assert "wrongcode" not in str(caught.value)


def test_intake_10_unsafe_login_after_id_has_its_own_message(coremail: Provider) -> None:
    assert isinstance(coremail.manners, Coremail)
    coremail.manners.unsafe = True
    with pytest.raises(imap.UnsafeLogin, match="allow IMAP clients") as caught:
        digests(coremail.settings)
    assert "kefu@188.com" in str(caught.value)


def broken(settings: imap.ImapSettings) -> float:
    """Return after how many seconds reading a mailbox fails with the one error that it may fail with."""
    start = time.monotonic()
    with pytest.raises(imap.MailboxUnavailable):
        digests(settings)
    return time.monotonic() - start


def places(proxy: FaultProxy, settings: imap.ImapSettings, number: int) -> list[int]:
    """Return bytes of a look into the mailbox at which it may break before the last mail is whole."""
    with imap.connect(settings) as box:
        box.examine("INBOX")
        list(box.fetch(box.uids(after=0), keep))
        length = proxy.carried[-1] - len("OK Fetch completed (0.001 + 0.000 + 0.000 secs).\r\n")
    return [0, 1, length, *random.Random(10).sample(range(length), number)]


@pytest.mark.parametrize("kind", [Break.CUT, Break.RESET])
def test_intake_10_a_line_that_breaks_at_any_byte_is_one_error(
    mailbox: DovecotMailbox, fault_proxy: FaultProxy, kind: Break
) -> None:
    mailbox.append([letter(number) for number in range(3)])
    settings = replace(mailbox.settings, port=fault_proxy.port)
    for place in places(fault_proxy, settings, 40):
        fault_proxy.fault = Fault(kind, place, once=True)
        assert broken(settings) < settings.timeout / 2, place
    assert digests(settings) == mailbox.files()


def test_intake_10_silence_at_any_byte_ends_within_the_read_timeout(
    mailbox: DovecotMailbox, fault_proxy: FaultProxy
) -> None:
    mailbox.append([letter(number) for number in range(3)])
    settings = replace(mailbox.settings, port=fault_proxy.port, timeout=0.25)
    for place in places(fault_proxy, settings, 15):
        fault_proxy.fault = Fault(Break.HANG, place, once=True)
        assert broken(settings) < 4 * settings.timeout, place
    assert digests(settings) == mailbox.files()


def test_slow_lines_are_no_fault(mailbox: DovecotMailbox, fault_proxy: FaultProxy) -> None:
    mailbox.append([letter(number) for number in range(3)])
    fault_proxy.delay_to_server = fault_proxy.delay_to_client = 0.05
    fault_proxy.rate = 20_000
    start = time.monotonic()
    assert digests(replace(mailbox.settings, port=fault_proxy.port)) == mailbox.files()
    assert time.monotonic() - start > 0.5  # greeting, LOGIN, ID, EXAMINE and more: a tenth of a second each


def test_the_library_gives_the_last_mail_again_past_the_end(mailbox: DovecotMailbox) -> None:
    """What `Mailbox.uids` guards against (RFC 3501: `*` is the largest number, a set has no order)."""
    mailbox.append([letter(1), letter(2)])
    with mailbox.client("INBOX") as client:
        assert client.search(["UID", "900:*"]) == [2]
        with pytest.raises(ValueError, match="invalid literal"):
            client.fetch("1:*", ["FLAGS"])
