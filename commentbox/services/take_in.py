"""Mail that was read, judged and recorded: a batch in one transaction, with few questions to the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core import states
from commentbox.core.quoting import own_text
from commentbox.core.rules.letters import respondent_kind
from commentbox.core.rules.mail import Reason, Silence, safe_message_id, silence, verdict
from commentbox.core.rules.period import takes_mail, too_early
from commentbox.core.rules.retry import ingest_delay
from commentbox.core.rules.routing import Destination, destination
from commentbox.core.rules.senders import sender_check
from commentbox.core.splitting import organisation
from commentbox.core.states import (
    Channel,
    ConsultationState,
    MailState,
    RespondentKind,
    SenderCheck,
)
from commentbox.core.types import MailFacts, ParsedMail, Verdict
from commentbox.models import Consultation, InboundMail, OutboundMail
from commentbox.services import bounces
from commentbox.services.acknowledge import Addresses
from commentbox.services.consultations import period
from commentbox.services.ingest import (
    Incoming,
    NewComment,
    StoredFile,
    letter_comments,
    linked_files,
    record_submissions,
)
from commentbox.services.threads import Firsts


@dataclass(frozen=True, slots=True)
class Read:
    """Hold a mail as read: its own words, its points and its files, which are stored already."""

    mail_id: int
    parsed: ParsedMail
    files: tuple[StoredFile, ...]
    own_text: str
    comments: tuple[NewComment, ...]
    organisation: str = ""
    """The one that a returned form names."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold what of the settings tells whose a mail is."""

    own_addresses: Collection[str]
    authserv_id: str


def read(mail_id: int, parsed: ParsedMail, files: tuple[StoredFile, ...]) -> Read:
    """Find the respondent's own words and points in a mail; touches no database."""
    own = own_text(parsed.text, parsed.marked)
    form = next(
        (name for text in (own, *(f.extracted.text for f in files)) if (name := organisation(text))), ""
    )
    return Read(mail_id, parsed, files, own, tuple(letter_comments(own, files)), form)


def record(
    session: Session, letters: Sequence[Read], settings: Settings, *, now: datetime
) -> dict[int, Verdict]:
    """Judge mails and make submissions of those that are some; a mail that another worker did is left out."""
    wanted = select(InboundMail).where(
        InboundMail.id.in_([letter.mail_id for letter in letters]), InboundMail.state == MailState.FETCHED
    )
    mails = {mail.id: mail for mail in session.scalars(wanted.order_by(InboundMail.id).with_for_update())}
    mine = [letter for letter in letters if letter.mail_id in mails]
    desk = _Desk(session, [letter.parsed for letter in mine], settings, now)
    verdicts, accepted = {}, []
    for letter in mine:
        mail = mails[letter.mail_id]
        _describe(mail, letter.parsed, settings.authserv_id)
        decision = verdicts[mail.id] = desk.decide(mail, letter.parsed)
        if decision.outcome == "submission":
            accepted.append((mail, desk.incoming(mail, letter, decision)))
            continue
        settle(mail, MailState(decision.outcome), decision.reason, decision.silence)
        if decision.reason == Reason.DELIVERY_REPORT:
            bounces.tie(session, mail, letter.parsed, now)
    arrived = [(desk.consultations[mail.consultation_id or 0], incoming) for mail, incoming in accepted]
    submissions = record_submissions(session, arrived, desk.addresses, now=now)
    for submission, (mail, _) in zip(submissions, accepted, strict=True):
        mail.submission_id = submission.id
        settle(mail, MailState.INGESTED, silence=submission.silence)
    session.flush()
    return verdicts


class _Desk:
    """Know what the rules must know of a batch of mails besides their bytes, asked for all at once."""

    def __init__(
        self, session: Session, mails: Sequence[ParsedMail], settings: Settings, now: datetime
    ) -> None:
        self.addresses = Addresses(session, (mail.from_address for mail in mails), now)
        self.firsts = Firsts(session, mails)
        self.consultations = {c.id: c for c in session.scalars(select(Consultation))}
        self._ours = _own_message_ids(session, mails)
        mailboxes = [c.mailbox for c in self.consultations.values()]
        self._own = frozenset(a.lower() for a in (*settings.own_addresses, *mailboxes) if a)
        self._destinations = _destinations(self.consultations.values())

    def decide(self, mail: InboundMail, parsed: ParsedMail) -> Verdict:
        """Return the verdict of the rules, then of the routing; a person's word stands above the rules."""
        known = self._facts(mail, parsed)
        decision = verdict(parsed, known)
        if mail.wanted:
            decision = Verdict("submission", silence=mail.silence or str(silence(parsed, known) or ""))
        if decision.outcome != "submission":
            return decision
        mail.consultation_id = self._route(mail, parsed)
        if mail.consultation_id is None:
            return Verdict(MailState.HELD, Reason.NO_CONSULTATION)
        if too_early(period(self.consultations[mail.consultation_id]), mail.received_at):
            return replace(decision, silence=decision.silence or Silence.TOO_EARLY)
        return decision

    def _facts(self, mail: InboundMail, parsed: ParsedMail) -> MailFacts:
        mentioned = {parsed.message_id, *parsed.in_reply_to, *parsed.references}
        return MailFacts(
            junk_folder=mail.junk,
            own_addresses=self._own,
            own_message_ids=frozenset(mentioned & self._ours),
            sent_to_address_24h=self.addresses.sent_to(parsed.from_address),
            bounced_address=self.addresses.is_none(parsed.from_address),
            size=mail.size,
        )

    def _route(self, mail: InboundMail, parsed: ParsedMail) -> int | None:
        """Return the consultation that a mail is for, None where a person must say.

        A letter that adds to an earlier one goes where that one went, as long as mail is taken there.
        """
        if mail.consultation_id is not None:
            return mail.consultation_id
        first = self.firsts.first_of(parsed)
        if first is not None:
            its = self.consultations[first.consultation_id]
            if takes_mail(ConsultationState(its.state)):
                return its.id
        return destination(self._destinations, parsed.to_addresses, parsed.subject)

    def incoming(self, mail: InboundMail, letter: Read, decision: Verdict) -> Incoming:
        """Return what a mail brings, whoever sent it."""
        parsed = letter.parsed
        kind = respondent_kind(parsed.from_name)
        named = kind != RespondentKind.UNKNOWN
        first = self.firsts.first_of(parsed)
        joins = first is not None and first.consultation_id == mail.consultation_id
        return Incoming(
            channel=Channel.MAIL,
            received_at=mail.received_at,
            own_text=letter.own_text,
            body=parsed.text,
            subject=parsed.subject,
            comments=letter.comments,
            sha256=mail.sha256,
            respondent="" if named else parsed.from_name,
            organisation=parsed.from_name if named else letter.organisation,
            kind=kind,
            email=parsed.from_address,
            files=(*letter.files, *linked_files(parsed.cloud_files)),
            warnings=parsed.warnings,
            doubtful=parsed.doubtful,
            silence=decision.silence,
            in_reply_to=safe_message_id(parsed.message_id),
            follows=first if joins else None,
            forged=mail.sender_check == SenderCheck.FAILED,
        )


def _own_message_ids(session: Session, mails: Sequence[ParsedMail]) -> set[str]:
    """Return those of the message ids that mails bear or mention that are ours."""
    mentioned = {n for mail in mails for n in (mail.message_id, *mail.in_reply_to, *mail.references)} - {""}
    ours = select(OutboundMail.message_id).where(OutboundMail.message_id.in_(mentioned))
    return set(session.scalars(ours)) if mentioned else set()


def _destinations(consultations: Collection[Consultation]) -> list[Destination]:
    """Return the consultations that take mail now; drafts only while nothing else does."""
    rows = [c for c in consultations if takes_mail(ConsultationState(c.state))]
    published = [c for c in rows if c.state != ConsultationState.DRAFT] or rows
    return [Destination(c.id, c.mailbox, c.subject_word) for c in published]


def _describe(mail: InboundMail, parsed: ParsedMail, authserv_id: str) -> None:
    """Put onto the row what a clerk sees of a mail in lists."""
    mail.sender_check = sender_check(parsed, authserv_id)
    mail.message_id = safe_message_id(parsed.message_id)
    mail.subject = parsed.subject
    mail.from_name = parsed.from_name
    mail.from_address = parsed.from_address
    mail.warnings = list(parsed.warnings)


def settle(
    mail: InboundMail, state: MailState, reason: str = "", silence: str = "", detail: str = ""
) -> None:
    """Bring a mail into the state in which it stays, and end its lease."""
    states.check_move(MailState(mail.state), state)
    mail.state, mail.reason, mail.silence, mail.detail = state, reason, silence, detail
    mail.lease_until = mail.retry_at = None


def failed(session: Session, mail: InboundMail, reason: str, detail: str, now: datetime) -> None:
    """Note that a mail could not be read: try it again later, or hold it for a person."""
    mail.attempts += 1
    delay = ingest_delay(mail.attempts)
    if delay is None:
        settle(mail, MailState.HELD, reason, detail=detail)
    else:
        mail.detail, mail.retry_at, mail.lease_until = detail, now + delay, None
    session.flush()
