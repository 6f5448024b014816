"""`python -m tests.servers NAME [PORT]`: run a test server by hand until Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from tests.servers.dovecot import DovecotMailbox, new_mailbox, running_dovecot
from tests.servers.faults import Break, Fault, faulty
from tests.servers.imap_proxy import Manners, proxied
from tests.servers.providers import Coremail, Qq
from tests.servers.smtp_sink import running_sink


@contextmanager
def _imap(manners: Manners | None) -> Iterator[dict[str, str]]:
    with running_dovecot() as server, contextlib.ExitStack() as stack:
        mailbox: DovecotMailbox = new_mailbox(server)
        port = server.port if manners is None else stack.enter_context(proxied(server.port, manners))
        behind = {} if manners is None else {"# Dovecot itself, to put mail into": str(server.port)}
        yield replace(mailbox, settings=replace(mailbox.settings, port=port)).environment() | behind


@contextmanager
def _smtp() -> Iterator[dict[str, str]]:
    with running_sink() as sink:
        yield sink.environment()


SERVERS: dict[str, Callable[[], contextlib.AbstractContextManager[dict[str, str]]]] = {
    "dovecot": lambda: _imap(None),
    "coremail": lambda: _imap(Coremail()),
    "qq": lambda: _imap(Qq()),
    "smtp": _smtp,
}


def _faults(port: int) -> None:
    """Take orders: `cut 700`, `reset 0 once`, `hang 90`, `delay 0.04`, `rate 9000`, `end`, `ok`."""
    with faulty(port) as proxy:
        print(f"port {proxy.port} before {port}; {_faults.__doc__}", flush=True)
        for line in sys.stdin:
            match line.split():
                case [("cut" | "reset" | "hang") as kind, at, *once]:
                    proxy.fault = Fault(Break(kind), int(at), once=bool(once))
                case ["delay", seconds]:
                    proxy.delay_to_server = proxy.delay_to_client = float(seconds)
                case ["rate", rate]:
                    proxy.rate = float(rate)
                case ["end"]:
                    proxy.end_all()
                case ["ok"]:
                    proxy.fault, proxy.rate = None, 0
                case _:
                    print(_faults.__doc__)


def main(words: list[str]) -> int:
    """Start what is named."""
    if len(words) == 2 and words[0] == "faults":
        _faults(int(words[1]))
        return 0
    if len(words) != 1 or words[0] not in SERVERS:
        print(f"one of {', '.join(SERVERS)}, or: faults PORT", file=sys.stderr)
        return 2
    with SERVERS[words[0]]() as settings:
        print("\n".join(f"{name}={value}" for name, value in settings.items()), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
