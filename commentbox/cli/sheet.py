"""Commands about what was said: list submissions, write the comment sheet."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from commentbox.adapters.writers import WRITERS, write_sheet
from commentbox.cli import console
from commentbox.core.sheets import INTERNAL, PRESETS
from commentbox.core.sheets import columns as sheet_columns
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.services import audit, consultations, listing, sheet

submissions = AppGroup("submissions", help="What was sent in.")


@submissions.command("list")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@console.tidy
def list_(slug: str, as_json: bool) -> None:
    """List a consultation's submissions."""
    session = db.session()
    for found in listing.submissions(session, consultations.get(session, slug).id):
        if as_json:
            console.line(found)
        else:
            click.echo(
                f"{found['receipt']}  {found['received_at'][:16]}  {found['channel']:<7} {found['state']:<9} "
                f"{len(found['comments']):>3}  {found['respondent'] or found['subject']}"
            )


@click.command("export")
@click.argument("slug")
@click.option("--preset", type=click.Choice(PRESETS), default=INTERNAL, show_default=True)
@click.option("--format", "form", type=click.Choice(sorted(WRITERS)), help="Default: by the file's name.")
@click.option("--measure", help="Only the measure of this number (or path).")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@with_appcontext
@console.tidy
def export(slug: str, preset: str, form: str | None, measure: str | None, output: Path) -> None:
    """Write the comment sheet."""
    form = form or output.suffix.lstrip(".").lower()
    if form not in WRITERS:
        raise click.UsageError(f"give --format: one of {', '.join(sorted(WRITERS))}")
    session = db.session()
    found = consultations.get(session, slug)
    measure_id = sheet.measure_by_number(session, found, measure) if measure else None
    head = sheet.head(found, now=console.now(), preset=preset)
    rows = sheet.rows(session, found, preset=preset, measure_id=measure_id)
    total = sheet.count(session, found.id, measure_id)
    try:
        bar = console.progress(rows, total, "rows")
        written = write_sheet(form, output, head, sheet_columns(preset), bar)
    except OSError as error:
        raise console.fail(f"cannot write {output}: {error.strerror}") from None
    consultation_id = found.id
    with transaction(session):
        audit.record(
            session, console.ACTOR, "export", "consultation", consultation_id, console.now(), preset=preset
        )
    console.say(f"{written} rows in {output}")


COMMANDS = (submissions, export)
