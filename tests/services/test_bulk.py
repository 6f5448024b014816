"""Tests of services.bulk: what is offered, accepted in portions, audited blindly, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from commentbox.core.rules import acceptance
from commentbox.core.rules.acceptance import Kind, Outcome, Standing, Verdict
from commentbox.core.states import CommentState, SubmissionState
from commentbox.core.types import Actor
from commentbox.db import transaction
from commentbox.models import (
    AuditEntry,
    AuditSample,
    BulkAcceptance,
    BulkItem,
    Campaign,
    Comment,
    Consultation,
    OutboundMail,
)
from commentbox.services import audit, campaigns, triage
from commentbox.services.bulk import acceptances, desk, offers
from commentbox.services.bulk.portions import moved
from commentbox.services.errors import Conflict, Invalid
from tests.fixtures.desk import add_letter, add_waiting, measure


class Office:
    """Work as one clerk does, each step in a transaction of its own."""

    def __init__(self, session: Session, consultation: Consultation, clerk: Actor, now: datetime) -> None:
        self.session, self.id, self.clerk, self.now = session, consultation.id, clerk, now
        self.chance = Random(7)
        self.right = measure(session, "2.1.1.1").id
        self.wrong = measure(session, "2.1.1.3").id

    def verdict(self, kind: Kind = Kind.SCORE) -> Verdict:
        """Return where a kind stands."""
        return offers.judged(self.session, self.id, kind)

    def draw(self, number: int, kind: Kind = Kind.SCORE) -> int:
        """Draw from what waits."""
        with transaction(self.session):
            return offers.draw(self.session, self.id, kind, number, chance=self.chance, now=self.now)

    def begin(self, kind: Kind, threshold: float | None = None) -> int:
        """Confirm an offer."""
        with transaction(self.session):
            return acceptances.begin(self.session, self.id, kind, threshold, actor=self.clerk, now=self.now)

    def work(self, acceptance_id: int) -> BulkAcceptance:
        """Do the work to its end."""
        done = 1
        while done:
            with transaction(self.session):
                done = acceptances.carry_on(self.session, acceptance_id, chance=self.chance, now=self.now)
        found = self.session.get(BulkAcceptance, acceptance_id)
        assert found is not None
        return found

    def accept(self, kind: Kind, threshold: float | None = None) -> BulkAcceptance:
        """Confirm an offer and do the work."""
        return self.work(self.begin(kind, threshold))

    def take_back(self, acceptance_id: int) -> BulkAcceptance:
        """Take an acceptance back."""
        with transaction(self.session):
            acceptances.take_back(self.session, self.id, acceptance_id, actor=self.clerk, now=self.now)
        return self.work(acceptance_id)

    def audit(self, number: int, says: Callable[[AuditSample], int | None]) -> int:
        """Decide samples at the desk; return how many there were."""
        for n in range(number):
            sample = desk.next_sample(self.session, self.id)
            if sample is None:
                return n
            said = says(sample)
            with transaction(self.session):
                desk.decide(
                    self.session,
                    self.id,
                    sample.id,
                    said,
                    reason="" if said else "与草案无关",
                    version=sample.comment.version,
                    actor=self.clerk,
                    now=self.now,
                )
        return number

    def states(self) -> dict[str, int]:
        """Return how many comments are in each state."""
        rows = self.session.execute(select(Comment.state, func.count()).group_by(Comment.state))
        return {state: number for state, number in rows}  # noqa: C416


@pytest.fixture
def office(session: Session, consultation: Consultation, clerk: Actor, now: datetime) -> Office:
    return Office(session, consultation, clerk, now)


def test_only_a_plain_reference_is_offered_as_one(session: Session, consultation: Consultation) -> None:
    add_waiting(session, consultation, 3, source="reference")
    add_waiting(session, consultation, 1, source="reference", ambiguous=True)
    add_waiting(session, consultation, 1, source="reference", second="2.1.1.3")
    add_waiting(session, consultation, 1, source="reference", state=SubmissionState.SPAM)
    add_waiting(session, consultation, 1, source="reference", flag="general")
    add_waiting(session, consultation, 1, source="respondent")
    add_waiting(session, consultation, 2, source="model", confidence=0.9)
    assert offers.count(session, consultation.id, Kind.REFERENCE, None) == 3
    assert offers.count(session, consultation.id, Kind.SCORE, 0.9) == 2
    assert offers.count(session, consultation.id, Kind.SCORE, 0.95) == 0
    offer = offers.offer(session, consultation.id, Kind.REFERENCE)
    assert len(offers.preview(session, consultation.id, offer, 2)) == 2


def test_accepting_stores_what_triage_stores(
    session: Session, consultation: Consultation, office: Office
) -> None:
    add_waiting(session, consultation, 30, source="reference")
    one = office.accept(Kind.REFERENCE)
    assert (one.accepted, one.finished_at, one.stopped) == (30, office.now, False)
    comment = session.scalars(select(Comment)).first()
    assert comment is not None
    assert (comment.state, comment.measure_id, comment.assigned_by_id, comment.version) == (
        CommentState.ASSIGNED,
        office.right,
        office.clerk.user_id,
        2,
    )
    assert comment.submission.state == SubmissionState.TRIAGED
    entry = audit.for_comment(session, comment.id)[-1]
    assert (entry.action, entry.actor, entry.detail["bulk"]) == ("assign", "clerk", one.id)
    with transaction(session):
        triage.undo(session, entry.id, actor=office.clerk, now=office.now)
    assert (comment.state, comment.submission.state) == (CommentState.SUGGESTED, SubmissionState.RECEIVED)
    assert session.scalar(select(func.count()).select_from(AuditSample)) == 2


def test_portions_leave_what_a_person_decided_meanwhile(
    session: Session, consultation: Consultation, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptances, "PORTION", 10)
    add_waiting(session, consultation, 25, source="reference")
    begun = office.begin(Kind.REFERENCE)
    with pytest.raises(Conflict):
        office.begin(Kind.REFERENCE)
    with transaction(session):
        assert acceptances.carry_on(session, begun, chance=office.chance, now=office.now) == 10
    last = session.scalars(select(Comment).order_by(Comment.id.desc())).first()
    assert last is not None
    with transaction(session):
        triage.assign(session, last.id, office.wrong, version=1, actor=office.clerk, now=office.now)
    add_waiting(session, consultation, 5, source="reference")
    assert office.work(begun).accepted == 24
    session.refresh(last)
    assert (last.measure_id, last.version) == (office.wrong, 2)
    assert office.states() == {"assigned": 25, "suggested": 5}
    samples = session.scalar(select(func.count()).select_from(AuditSample))
    assert samples == 3, "one of each portion"


def test_taking_back_leaves_what_a_person_touched(
    session: Session, consultation: Consultation, office: Office
) -> None:
    add_waiting(session, consultation, 40, source="reference")
    one = office.accept(Kind.REFERENCE)
    office.audit(1, lambda sample: sample.measure_id)
    audited = session.scalars(select(AuditSample).where(AuditSample.outcome == Outcome.AGREED)).one()
    other = session.scalars(
        select(Comment).where(Comment.id.not_in(select(AuditSample.comment_id))).limit(1)
    ).one()
    with transaction(session):
        triage.dismiss(session, other.id, reason="重复", version=2, actor=office.clerk, now=office.now)
    one = office.take_back(one.id)
    assert (one.taken_back, one.finished_at) == (38, office.now)
    assert office.states() == {"assigned": 1, "dismissed": 1, "suggested": 38}
    assert audited.comment.state == CommentState.ASSIGNED
    assert {s.outcome for s in session.scalars(select(AuditSample))} == {Outcome.AGREED, Outcome.LAPSED}
    letters = session.scalars(select(Comment).where(Comment.state == CommentState.SUGGESTED)).all()
    assert {one.submission.state for one in letters} == {SubmissionState.RECEIVED}
    with pytest.raises(Conflict):
        office.take_back(one.id)
    assert office.accept(Kind.REFERENCE).accepted == 38, (
        "what only an acceptance touched can be accepted again"
    )


def test_the_first_acceptance_is_no_larger_than_its_audit(
    session: Session, consultation: Consultation, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptance, "ONE_IN", 2)
    monkeypatch.setattr(acceptance, "NEEDED", 10)
    add_waiting(session, consultation, 50, source="reference")
    offer = offers.offer(session, consultation.id, Kind.REFERENCE)
    assert (offer.waiting, offer.at_once) == (50, 20)
    assert office.accept(Kind.REFERENCE).accepted == 20
    office.audit(10, lambda sample: sample.measure_id)
    assert offers.offer(session, consultation.id, Kind.REFERENCE).at_once == 30
    assert office.accept(Kind.REFERENCE).accepted == 30


def unsampled(session: Session) -> Comment:
    """Return a comment that was accepted and is not audited."""
    return session.scalars(select(Comment).where(Comment.id.not_in(select(AuditSample.comment_id)))).all()[0]


def test_a_reopened_comment_waits_for_a_person(
    session: Session, consultation: Consultation, office: Office
) -> None:
    add_waiting(session, consultation, 2, source="reference")
    office.accept(Kind.REFERENCE)
    with transaction(session):
        triage.reopen(session, unsampled(session).id, version=2, actor=office.clerk, now=office.now)
    assert offers.count(session, consultation.id, Kind.REFERENCE, None) == 0


def test_a_comment_that_changed_since_it_was_looked_at_is_left(
    session: Session, consultation: Consultation, office: Office
) -> None:
    add_waiting(session, consultation, 1, source="reference")
    comment = unsampled(session)
    with transaction(session):
        triage.assign(session, comment.id, office.wrong, version=1, actor=office.clerk, now=office.now)
        triage.reopen(session, comment.id, version=2, actor=office.clerk, now=office.now)
    with transaction(session):
        values = triage.assigned(office.right, office.clerk, office.now)
        assert moved(session, [comment.id], 1, CommentState.SUGGESTED, values) == set()
    assert comment.measure_id is None


def test_an_answered_letter_stays_answered_when_its_last_comment_is_accepted(
    session: Session, consultation: Consultation, office: Office
) -> None:
    add_waiting(session, consultation, 1, source="reference")
    letter = unsampled(session).submission
    with transaction(session):
        session.add(
            OutboundMail(
                consultation_id=consultation.id,
                submission_id=letter.id,
                kind="reply",
                to_address="a@b.example",
                subject="答复",
                body="谢谢。",
                message_id="<1@x>",
                created_at=office.now,
            )
        )
    office.accept(Kind.REFERENCE)
    assert letter.state == SubmissionState.ANSWERED


def test_scores_earn_their_offer_by_blind_decisions_only(
    session: Session, consultation: Consultation, office: Office
) -> None:
    add_waiting(session, consultation, 100, confidence=0.96)
    for comment in session.scalars(select(Comment).limit(30)).all():
        with transaction(session):
            triage.assign(session, comment.id, office.right, version=1, actor=office.clerk, now=office.now)
    assert office.verdict().audited == 0, "the suggestion was seen"
    with pytest.raises(Conflict):
        office.begin(Kind.SCORE, 0.95)
    assert office.draw(60) == 60
    assert offers.count(session, consultation.id, Kind.SCORE, 0.95) == 10, "what was drawn is not accepted"
    office.audit(49, lambda sample: sample.measure_id)
    assert (office.verdict().standing, office.verdict().audited) == (Standing.TOO_FEW, 49)
    office.audit(1, lambda sample: sample.measure_id)
    assert office.verdict().standing is Standing.UNSURE
    office.audit(9, lambda sample: sample.measure_id)
    assert (office.verdict().standing, office.verdict().threshold) == (Standing.OFFERED, 0.7)


def test_an_audit_that_fails_ends_the_offer_and_corrects_the_comment(
    session: Session, consultation: Consultation, office: Office
) -> None:
    add_waiting(session, consultation, 100, confidence=0.96)
    office.draw(60)
    office.audit(60, lambda sample: sample.measure_id)
    one = office.accept(Kind.SCORE, 0.7)
    assert office.verdict().standing is Standing.OWED
    assert office.verdict().owed == 2
    office.audit(2, lambda sample: office.wrong)
    verdict = office.verdict()
    assert (verdict.standing, verdict.audited, verdict.wrong) == (Standing.UNSURE, 62, 2)
    sample = session.scalars(select(AuditSample).where(AuditSample.outcome == Outcome.DIFFERED)).first()
    assert sample is not None
    assert (sample.comment.measure_id, sample.measure_id) == (office.wrong, office.right)
    assert [e.action for e in audit.for_comment(session, sample.comment_id)] == ["assign", "assign", "audit"]
    add_waiting(session, consultation, 5, confidence=0.96)
    with pytest.raises(Conflict):
        office.begin(Kind.SCORE, 0.7)
    assert office.take_back(one.id).taken_back == 38


def test_a_planted_model_that_turns_bad_switches_itself_off(
    session: Session, consultation: Consultation, office: Office
) -> None:
    chance, truth, batches = Random(11), dict[int, int](), list[int]()

    def arrive(number: int, right: float) -> None:
        add_waiting(session, consultation, number, confidence=0.96)
        added = session.scalars(select(Comment.id).where(Comment.id.not_in(truth)).order_by(Comment.id))
        for comment_id in added.all():
            truth[comment_id] = office.right if chance.random() < right else office.wrong

    def says(sample: AuditSample) -> int:
        return truth[sample.comment_id]

    arrive(80, 1.0)
    office.draw(80)
    office.audit(80, says)
    for _ in range(2):
        arrive(60, 1.0)
        batches.append(office.accept(Kind.SCORE, 0.7).id)
        office.audit(60, says)
    while office.verdict().offered and len(batches) < 20:
        arrive(60, 0.7)
        batches.append(office.accept(Kind.SCORE, 0.7).id)
        office.audit(60, says)
    assert office.verdict().standing in {Standing.BELOW, Standing.TURNED, Standing.UNSURE}
    assert len(batches) < 8, "a few audits tell"
    with pytest.raises(Conflict):
        office.begin(Kind.SCORE, 0.7)
    for one in batches[2:]:
        office.take_back(one)
    wrong = [c for c in session.scalars(select(Comment)) if c.measure_id and c.measure_id != truth[c.id]]
    assert wrong == [], "nothing that the bad model did is left"
    assert office.states()["suggested"] > 0


def test_work_stops_when_the_audit_falls_meanwhile(
    session: Session, consultation: Consultation, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptances, "PORTION", 20)
    add_waiting(session, consultation, 60, source="reference")
    begun = office.begin(Kind.REFERENCE)
    for _ in range(2):
        with transaction(session):
            acceptances.carry_on(session, begun, chance=office.chance, now=office.now)
    office.audit(2, lambda sample: office.wrong)
    one = office.work(begun)
    assert (one.stopped, one.accepted) == (True, 40)
    assert office.verdict(Kind.REFERENCE).standing is Standing.BELOW


def test_a_correction_elsewhere_counts_against_the_machine(
    session: Session, consultation: Consultation, office: Office
) -> None:
    add_waiting(session, consultation, 20, source="reference")
    office.accept(Kind.REFERENCE)
    sample = session.scalars(select(AuditSample)).one()
    with transaction(session):
        triage.assign(session, sample.comment_id, office.wrong, version=2, actor=office.clerk, now=office.now)
    assert desk.next_sample(session, consultation.id) is None
    with transaction(session):
        offers.sweep(session, consultation.id, office.now)
    assert (sample.outcome, sample.decided_measure_id) == (Outcome.DIFFERED, office.wrong)


def test_a_drawn_comment_decided_elsewhere_tells_nothing(
    session: Session, consultation: Consultation, office: Office
) -> None:
    add_waiting(session, consultation, 1, confidence=0.9)
    office.draw(1)
    sample = session.scalars(select(AuditSample)).one()
    with transaction(session):
        triage.assign(session, sample.comment_id, office.wrong, version=1, actor=office.clerk, now=office.now)
    with pytest.raises(Conflict), transaction(session):
        desk.decide(
            session, consultation.id, sample.id, office.right, version=2, actor=office.clerk, now=office.now
        )
    with transaction(session):
        offers.sweep(session, consultation.id, office.now)
    assert sample.outcome == Outcome.LAPSED


def test_setting_a_sample_aside_needs_a_reason(
    session: Session, consultation: Consultation, office: Office
) -> None:
    add_waiting(session, consultation, 1, confidence=0.9)
    office.draw(1)
    sample = session.scalars(select(AuditSample)).one()
    with pytest.raises(Invalid, match="reason_missing"), transaction(session):
        desk.decide(session, consultation.id, sample.id, None, version=1, actor=office.clerk, now=office.now)
    office.audit(1, lambda sample: None)
    assert (sample.outcome, sample.comment.state) == (Outcome.DIFFERED, CommentState.DISMISSED)


def test_a_campaign_is_offered_once_a_person_has_confirmed_it_and_decided_its_first_letter(
    session: Session, consultation: Consultation, office: Office
) -> None:
    first = add_letter(session, consultation, "请多种树。", "请多装灯。")
    same = add_letter(session, consultation, "请多种树。", "请多装灯。", minutes_ago=50)
    other = add_letter(session, consultation, "请多种花。", "请多装灯。", minutes_ago=40)
    with transaction(session):
        campaign = Campaign(
            consultation_id=consultation.id, representative_id=first.id, size=3, created_at=office.now
        )
        session.add(campaign)
        session.flush()
        for letter in (first, same, other):
            letter.campaign_id = campaign.id
    assert offers.count(session, consultation.id, Kind.CAMPAIGN, None) == 0
    with transaction(session):
        triage.assign(
            session, first.comments[0].id, office.wrong, version=1, actor=office.clerk, now=office.now
        )
    with transaction(session):
        for comment in (*same.comments, *other.comments):
            comment.confidence = 0.99
    scored = offers.candidates(consultation.id, Kind.SCORE, 0.9)
    ids = {row[0] for row in session.execute(scored)}
    assert same.comments[0].id not in ids, "a person has said otherwise of the same words"
    assert same.comments[1].id in ids
    assert offers.count(session, consultation.id, Kind.CAMPAIGN, None) == 0, "nobody confirmed the campaign"
    with transaction(session):
        campaigns.decide(session, campaign.id, "confirmed", version=1, actor=office.clerk, now=office.now)
    one = office.accept(Kind.CAMPAIGN)
    assert one.accepted == 1
    assert same.comments[0].measure_id == office.wrong
    assert other.comments[0].measure_id is None
    assert session.scalars(select(BulkItem.comment_id)).all() == [same.comments[0].id]
    suggestion = first.comments[1].suggestions[0]
    with transaction(session):
        suggestion.source, first.comments[1].confidence = "reference", 0.99
    assert office.accept(Kind.REFERENCE).accepted == 1
    assert first.comments[1].measure_id == office.right
    assert offers.count(session, consultation.id, Kind.CAMPAIGN, None) == 0, "no person has decided it"
    assert session.scalar(select(func.count()).where(AuditEntry.action == "bulk")) == 2
