"""The commands: thin, each a call of a use case or of a step."""

from __future__ import annotations

from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

from commentbox.cli import consultation, doctor, mail, operation, sheet

UNDERSTANDING = ("suggest", "train", "evaluate")


class _Commands(AppGroup):
    """Load the commands that need scikit-learn only when one of them is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *UNDERSTANDING})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in UNDERSTANDING:
            found: click.Command = getattr(import_module(f"{__name__}.understanding"), cmd_name)
            return found
        return super().get_command(ctx, cmd_name)


def register(app: Flask) -> None:
    """Add the commands to an app."""
    app.cli = _Commands(app.name, commands=app.cli.commands)
    for module in (consultation, doctor, mail, operation, sheet):
        for command in module.COMMANDS:
            app.cli.add_command(command)
