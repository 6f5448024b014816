"""Reaching a mailbox: connection, certificate, password, introduction; and every fault in plain words.

163.com wants ID before the first EXAMINE of each connection; a timeout leaves a connection unusable.
"""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from commentbox.core.states import MailboxFault

_CLIENT_ID = {"name": "commentbox", "version": "1"}
_UNSAFE = "unsafe login"
_PASSING = ("[unavailable]", "[serverbug]", "[inuse]", "[limit]")
"""Response codes (RFC 5530) of a login that fails for another reason than its password."""
FAULTS = (OSError, imaplib.IMAP4.error)
_BROKEN_ANSWER = (KeyError, TypeError, ValueError)
"""What IMAPClient, or we, trip over in an answer that does not follow the protocol."""


class MailboxUnavailable(Exception):
    """Say that the server could not be reached or broke off; trying again later may help."""

    fault = MailboxFault.UNREACHABLE


class CertificateUntrusted(MailboxUnavailable):
    """Say that the server's certificate does not hold: another server, or a wrong clock."""

    fault = MailboxFault.CERTIFICATE


class MailboxRefused(Exception):
    """Say that the server refused the account; trying again soon would only lock it."""

    fault = MailboxFault.REFUSED


class UnsafeLogin(MailboxRefused):
    """Say that Coremail (163.com) took the password and yet wants this client allowed by its user."""

    fault = MailboxFault.UNSAFE_LOGIN


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """Hold how to reach a mailbox; ``security`` is "tls", "starttls" or "none", ``timeout`` in seconds."""

    host: str
    port: int
    security: str
    user: str
    password: str
    folders: tuple[str, ...]
    timeout: float


def signed_in(settings: ImapSettings) -> IMAPClient:
    """Return a connection that is signed in; raise MailboxUnavailable or MailboxRefused."""
    try:
        client = _open(settings)
    except ssl.SSLCertVerificationError as error:
        raise CertificateUntrusted(
            f"the certificate of {settings.host} cannot be trusted ({error.verify_message}); "
            "check COMMENTBOX_IMAP_HOST and the machine's clock"
        ) from None
    except FAULTS as error:
        raise MailboxUnavailable(
            f"cannot reach {settings.host}:{settings.port} ({_reason(error)}); check host, port and network"
        ) from None
    try:
        _sign_in(client, settings)
    except BaseException:
        close(client)
        raise
    return client


def _open(settings: ImapSettings) -> IMAPClient:
    context = ssl.create_default_context()
    tls = settings.security == "tls"
    client = IMAPClient(
        settings.host, settings.port, ssl=tls, ssl_context=context if tls else None, timeout=settings.timeout
    )
    try:
        if settings.security == "starttls":
            client.starttls(context)
    except BaseException:
        close(client)
        raise
    client.normalise_times = False
    # IMAPClient sets imaplib's debug level to 5, which formats every body it fetches.
    client._imap.debug = 0
    return client


def close(client: IMAPClient) -> None:
    """Drop a connection without a word to the server."""
    with contextlib.suppress(*FAULTS):
        client.shutdown()


def _sign_in(client: IMAPClient, settings: ImapSettings) -> None:
    with told(f"{settings.host} broke off while signing in"):
        _login(client, settings)
        _introduce(client)


def _login(client: IMAPClient, settings: ImapSettings) -> None:
    try:
        client.login(settings.user, settings.password)
    except LoginError as error:
        # IMAPClient says LoginError also when the connection breaks off, which is no wrong password.
        reason = _reason(error).lower()
        if isinstance(error.__context__, imaplib.IMAP4.abort) or any(
            w in reason for w in (_UNSAFE, *_PASSING)
        ):
            raise
        raise _refusal(_reason(error), settings) from None
    except UnicodeEncodeError:
        raise _refusal("IMAP takes only ASCII in a name or a password", settings) from None


def _refusal(reason: str, settings: ImapSettings) -> MailboxRefused:
    return MailboxRefused(
        f"{settings.host} refuses {settings.user} ({reason}); "
        "check COMMENTBOX_IMAP_USER and the authorisation code in COMMENTBOX_IMAP_PASSWORD"
    )


def _introduce(client: IMAPClient) -> None:
    """Say who we are where the server asks for it: Coremail refuses EXAMINE on a connection that has not."""
    if not client.has_capability("ID"):
        return
    try:
        client.id_(_CLIENT_ID)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        pass  # a server that lists ID and then refuses it lets us go on; if not, EXAMINE will tell


@contextlib.contextmanager
def told(doing: str) -> Iterator[None]:
    """Turn a fault of the connection, the server or its answer into one of ours."""
    try:
        yield
    except (*FAULTS, *_BROKEN_ANSWER) as error:
        reason = _reason(error)
        if _UNSAFE in reason.lower():
            raise UnsafeLogin(
                "the server says 'Unsafe Login': sign in to the mailbox's web site, allow IMAP clients there "
                f"and use an authorisation code ({reason})"
            ) from None
        raise MailboxUnavailable(f"{doing} ({reason})") from None


def _reason(error: Exception) -> str:
    """Return an error's words on one line."""
    words = error.args[0] if error.args else ""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(error)
    return " ".join(text.split())[:200] or type(error).__name__
