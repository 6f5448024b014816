"""How commands talk: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from commentbox.config import ConfigError
from commentbox.core.states import IllegalMove
from commentbox.core.types import Actor
from commentbox.services.errors import Closed, Conflict, Invalid, NotFound

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

ACTOR = Actor("command line")

_INVALID = {
    "slug_form": "--slug {slug!r}: take small letters, digits, hyphens, no word of ours",
    "slug_taken": "there is already a consultation {slug}; choose another --slug",
    "no_period": "the draft names no period; give --opens and --closes",
    "period_reversed": "the period ends ({closes}) before it begins ({opens})",
    "no_organisation": "the file names no organisation; write one a line, its name first",
    "no_such_role": "the role is one of {roles}",
    "name_taken": "the name is empty or taken: {name!r}",
    "password_short": "the password needs at least {least} characters",
}


def now() -> datetime:
    """Return this instant; the only clock of the commands."""
    return datetime.now(UTC)


def say(message: str) -> None:
    """Write a message for the person at the terminal."""
    click.echo(message, err=True)


def document(value: Any) -> None:
    """Write one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def line(value: Any) -> None:
    """Write one JSON line."""
    click.echo(json.dumps(value, ensure_ascii=False))


def progress(items: Iterable[T], length: int, label: str) -> Iterator[T]:
    """Yield the items while a bar on standard error shows how far it is."""
    with click.progressbar(items, length=length, label=label, file=sys.stderr) as bar:
        yield from bar


def fail(message: str) -> click.ClickException:
    """Return the error that ends a command with exit code 1 and one line."""
    return click.ClickException(message)


def tidy(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what a use case refuses into one clear line and exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except NotFound as error:
            raise fail(f"not found: {error}") from None
        except Invalid as error:
            raise fail(_INVALID.get(error.code, error.code).format(**error.detail)) from None
        except IllegalMove as error:
            raise fail(f"not possible in this state ({error})") from None
        except (Closed, Conflict, ConfigError) as error:
            raise fail(str(error)) from None
        except (OperationalError, ProgrammingError) as error:
            raise fail(_database_trouble(error)) from None
        except OSError as error:
            raise fail(f"{error.filename or 'this machine'}: {error.strerror or error}") from None

    return run


def _database_trouble(error: DBAPIError) -> str:
    """Return what is wrong with the database, without the statement, which would fill the screen."""
    reason = next(iter(str(error.orig).splitlines()), "") or type(error).__name__
    return f"the database does not answer as it should ({reason}); `flask db upgrade` makes its tables"
