"""The consultation mailbox over IMAP, read-only."""

from commentbox.adapters.imap.mailbox import Fetched, Mailbox, Opened, connect, wait_for_mail
from commentbox.adapters.imap.session import ImapSettings, MailboxRefused, MailboxUnavailable, UnsafeLogin

__all__ = [
    "Fetched",
    "ImapSettings",
    "Mailbox",
    "MailboxRefused",
    "MailboxUnavailable",
    "Opened",
    "UnsafeLogin",
    "connect",
    "wait_for_mail",
]
