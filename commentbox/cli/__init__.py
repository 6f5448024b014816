"""The commands: thin, each a call of a use case or of a step."""

from __future__ import annotations

from flask import Flask

from commentbox.cli import consultation, mail, operation, sheet, understanding


def register(app: Flask) -> None:
    """Add the commands to an app."""
    for module in (consultation, mail, operation, sheet, understanding):
        for command in module.COMMANDS:
            app.cli.add_command(command)
