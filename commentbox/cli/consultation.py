"""Commands about consultations: import, show, open, close, who was asked."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from commentbox.adapters.drafts import DraftUnreadable, read_blocks
from commentbox.cli import console
from commentbox.core.drafts import ANNEX_UNTIED, NO_STRUCTURE, Draft, outline, read_draft
from commentbox.core.rules.period import too_short
from commentbox.core.states import ConsultationState, MeasureKind, TextStatus
from commentbox.db import transaction
from commentbox.extensions import db
from commentbox.services import consultations, listing, organisations

group = AppGroup("consultation", help="Consultations: import a draft, show it, open it, close it.")
day = click.DateTime(["%Y-%m-%d"])


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--slug", required=True, help="Short name for addresses and commands.")
@click.option("--title", help="Title; default: the draft's own.")
@click.option("--opens", type=day, help="First day; default: the notice's.")
@click.option("--closes", type=day, help="Last day, itself included; default: the notice's.")
@click.option("--dry-run", is_flag=True, help="Show what would be read, store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@console.tidy
def import_(
    file: Path,
    slug: str,
    title: str | None,
    opens: datetime | None,
    closes: datetime | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read a draft (.txt, .docx) into a consultation."""
    content = file.read_bytes()
    try:
        draft = read_draft(read_blocks(file), file.stem)
    except DraftUnreadable as error:
        raise console.fail(str(error)) from None
    _report(draft, as_json)
    if dry_run:
        return
    with transaction(db.session()) as session:
        made = consultations.create(
            session,
            draft,
            slug=slug,
            title=title,
            opens=opens.date() if opens else None,
            closes=closes.date() if closes else None,
            timezone=current_app.config["TIMEZONE"],
            source=(file.name, hashlib.sha256(content).hexdigest()),
            actor=console.ACTOR,
            now=console.now(),
        )
        if too_short(consultations.period(made)):
            console.say("warning: fewer than 30 days; the law asks for a reason")
    console.say(f"stored as {slug}; `flask consultation open {slug}` opens it")


_WARNINGS = {
    NO_STRUCTURE: "no structure recognised: no chapters, articles or numbered measures; "
    "the whole text is one node. Is this the draft itself, and are its numbers text?",
    ANNEX_UNTIED: "some annex items could not be tied to a measure; see the tree",
}


def _report(draft: Draft, as_json: bool) -> None:
    """Print what was recognised and every line that was not."""
    kinds = {kind.value: sum(n.kind == kind for n in draft.nodes) for kind in MeasureKind}
    found = {kind: number for kind, number in kinds.items() if number}
    if as_json:
        console.document(
            {
                "title": draft.title,
                "recognised": found | {"annex": len(draft.annex)},
                "unplaced": [asdict(line) for line in draft.unplaced],
                "warnings": list(draft.warnings),
            }
        )
        return
    for line in outline.draft_tree(draft):
        click.echo(line)
    click.echo("")
    click.echo("recognised: " + ", ".join(f"{n} {kind}" for kind, n in found.items()))
    click.echo(f"annex items: {len(draft.annex)}")
    for warning in draft.warnings:
        console.say(_WARNINGS.get(warning, warning))
    for unplaced in draft.unplaced:
        console.say(f"line {unplaced.number} found no place: {unplaced.text}")


@group.command("show")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@console.tidy
def show(slug: str, as_json: bool) -> None:
    """Show a consultation and its measures."""
    session = db.session()
    found = listing.consultation(session, consultations.get(session, slug))
    if as_json:
        console.document(found)
        return
    click.echo(f"{found['title']} ({found['state']}, {found['first_day']} to {found['last_day']})")
    for measure in found["measures"]:
        click.echo(f"{measure['path']:<12} {measure['kind']:<10} {measure['label']}{measure['title']}")


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@console.tidy
def list_(as_json: bool) -> None:
    """List all consultations."""
    for found in consultations.everything(db.session()):
        if as_json:
            console.line({"slug": found.slug, "title": found.title, "state": found.state})
        else:
            click.echo(f"{found.slug:<20} {found.state:<9} {found.title}")


@group.command("open")
@click.argument("slug")
@console.tidy
def open_(slug: str) -> None:
    """Open a consultation for comments."""
    _move(slug, ConsultationState.OPEN)


@group.command("close")
@click.argument("slug")
@console.tidy
def close(slug: str) -> None:
    """Close a consultation; mail is still taken in, marked as late."""
    _move(slug, ConsultationState.CLOSED)


def _move(slug: str, state: ConsultationState) -> None:
    with transaction(db.session()) as session:
        found = consultations.get(session, slug)
        consultations.move(session, found, state, actor=console.ACTOR, now=console.now())
    console.say(f"{slug} is {state.value}")


@group.command("organisations")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
@console.tidy
def organisations_(slug: str, file: Path | None, as_json: bool) -> None:
    """Load the list of organisations that were asked (.txt, .csv, .xlsx), if given; show who answered."""
    session = db.session()
    consultation_id = consultations.get(session, slug).id
    if file is not None:
        text = _list_text(file)
        session.rollback()
        with transaction(session):
            count, problems = organisations.load(
                session, consultation_id, text, actor=console.ACTOR, now=console.now()
            )
        console.say(f"{count} organisations")
        for one in problems:
            console.say(f"line {one.line}: {_PROBLEMS[one.code]}: {one.text}")
    for line in organisations.tally(session, consultation_id):
        found = listing.organisation(line)
        if as_json:
            console.line(found)
        else:
            click.echo(f"{found['answer']:<10} {found['comments']:>4}  {found['name']}")


_PROBLEMS = {
    "no_name": "no name",
    "public_domain": "anybody can have an address there, so it tells nothing",
    "bad_address": "no mail address",
}


def _list_text(file: Path) -> str:
    """Return the text of a list, whatever kind of file it is."""
    found = current_app.extensions["reader"].extract(file.name, "", file.read_bytes())
    if found.status != TextStatus.OK:
        raise console.fail(f"{file}: no text could be read ({found.status})")
    return str(found.text)


COMMANDS = (group,)
