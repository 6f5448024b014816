"""Connections that stay open between two looks into a mailbox, on servers that tell when mail has come.

A server without IDLE, as 163.com is, gets a fresh connection for each look instead.
"""

from __future__ import annotations

import threading

from commentbox.adapters import imap


class Doorbell:
    """Keep one idling connection a mailbox, by the account's name; for one thread."""

    def __init__(self) -> None:
        self._idle: dict[str, imap.Mailbox] = {}

    def take(self, account: str) -> imap.Mailbox | None:
        """Return the open connection to a mailbox, None where there is none that works."""
        mailbox = self._idle.pop(account, None)
        if mailbox is None:
            return None
        try:
            mailbox.stop_idle()
        except (imap.MailboxUnavailable, imap.MailboxRefused):
            mailbox.drop()
            return None
        return mailbox

    def keep(self, account: str, mailbox: imap.Mailbox, folder: str) -> None:
        """Wait on a connection for mail in a folder, or end it where the server cannot tell."""
        if not mailbox.can_idle:
            mailbox.leave()
            return
        try:
            mailbox.idle(folder)
        except (imap.MailboxUnavailable, imap.MailboxRefused):
            mailbox.drop()
            return
        self._idle[account] = mailbox

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait until mail has come, told to stop or the time is over; tell whether mail has come.

        A line that broke does not ring: the next look makes a new one, or a server that cuts each
        wait would see a login each time.
        """
        if not self._idle:
            stop.wait(seconds)
            return False
        rung = imap.wait_for_mail(list(self._idle.values()), seconds)
        for account, mailbox in list(self._idle.items()):
            if mailbox.broken:
                self._idle.pop(account).drop()
        return bool(rung)

    def close(self) -> None:
        """End all connections."""
        while self._idle:
            _, mailbox = self._idle.popitem()
            mailbox.drop()
