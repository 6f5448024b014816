"""One submission: the letter beside its comments."""

from __future__ import annotations

from flask import render_template, request

from commentbox.core.rules.permissions import Act
from commentbox.core.states import SubmissionState
from commentbox.extensions import db
from commentbox.models import Comment, Consultation, Submission
from commentbox.services import audit, campaigns, consultations, held, organisations, queue, respond, threads
from commentbox.services.queue import Filters
from commentbox.web.security import require
from commentbox.web.staff import selection
from commentbox.web.staff.blueprint import bp
from commentbox.web.staff.letter import Span, folds, segments

WAITING = Filters(state=SubmissionState.RECEIVED)


@bp.get("/<slug>/s/<receipt>")
@require(Act.READ)
def submission(slug: str, receipt: str) -> str:
    """Show a submission, its comments with suggestions, its answers and what was done with it."""
    session = db.session()
    consultation, letter = load(slug, receipt)
    together = threads.together(session, letter)
    line = campaigns.of_letter(session, letter)
    numbers = {comment.id: place for place, comment in enumerate(letter.comments, 1)}
    return render_template(
        "staff/submission.html",
        consultation=consultation,
        letter=letter,
        numbers=numbers,
        segments=segments(
            letter.own_text, _spans(letter.comments, numbers), folds(letter.body, letter.own_text)
        ),
        measures=consultations.tree(session, consultation.id),
        mail=held.origin(session, letter.id),
        together=together,
        same_sender=len({one.email.lower() for one in together}) == 1,
        organisations=organisations.listed(session, consultation.id),
        line=line,
        beyond=campaigns.beyond(letter, line.representative) if line else None,
        replies=respond.replies_to(session, letter.id),
        templates=respond.templates(session, consultation.id),
        history=audit.for_submission(session, letter.id),
        **_neighbours(letter),
    )


def load(slug: str, receipt: str) -> tuple[Consultation, Submission]:
    """Return a consultation and one of its submissions; raise NotFound."""
    consultation = consultations.get(db.session(), slug)
    return consultation, queue.submission(db.session(), consultation.id, receipt)


def _neighbours(letter: Submission) -> dict[str, object]:
    """Return the letters beside this one in the queue as chosen, and the next that waits for anyone."""
    filters = selection.read(request.args)
    previous, following = queue.neighbours(db.session(), letter, filters)
    newer, older = queue.neighbours(db.session(), letter, WAITING)
    return {
        "previous": previous,
        "following": following,
        "next_open": older or newer,
        "chosen": selection.args(filters),
    }


def _spans(comments: list[Comment], numbers: dict[int, int]) -> list[Span]:
    """Return where the comments lie in the letter itself; those of its files lie elsewhere."""
    return [
        Span(comment.start, comment.end, comment.id, numbers[comment.id])
        for comment in comments
        if comment.attachment_id is None and comment.start is not None and comment.end is not None
    ]
