"""What the machine itself can tell: room on its disk, programs, and the newest schema on it."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory

from commentbox.core.rules.health import Disk

CONVERTERS = ("soffice", "antiword")


def disk(folder: Path) -> Disk:
    """Return the room on the disk of a folder."""
    usage = shutil.disk_usage(folder)
    return Disk(usage.free, usage.total)


@cache
def newest_schema(migrations: Path) -> str:
    """Return the name of the last migration; read once, since files change only with the version."""
    return ScriptDirectory(migrations).get_current_head() or ""


def converters() -> list[str]:
    """Return those programs for old office files that are installed."""
    return [name for name in CONVERTERS if shutil.which(name)]


def check_writable(folder: Path) -> None:
    """Raise OSError where no file can be written into a folder."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"commentbox")
