"""What becomes of a mail: is it a submission, and is it acknowledged. Two decisions, apart.

Only header fields decide (RFC 3834, RFC 3464 and the habits of Chinese providers); what a letter says never
makes it automatic. The first decision is narrow, the second broad. Nothing here drops a mail: what is
ignored is stored and can be taken in after all.
"""

from __future__ import annotations

import re
from enum import StrEnum

from commentbox.core.mail.reports import DELAYED, FAILED, STATUS_TYPES, read_report
from commentbox.core.types import MailFacts, ParsedMail, Verdict

MAX_PER_DAY = 3
"""Acknowledgements to one address in 24 hours."""

_SAFE_ID = re.compile(r"<[^<>\s]{1,250}>")
_ADDRESS = re.compile(r"[^\s<>@,;\"]+@[^\s<>@,;\"]+")
_SYSTEM = re.compile(r"^(mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|bounces?)([-+=_.].*)?@", re.I)
_NO_REPLY = re.compile(r"^(no[-_.]?reply|do[-_.]?not[-_.]?reply|.*[-_.]no[-_.]?reply)([-+=_.].*)?@", re.I)
_AUTO_SUBJECT = re.compile(
    r"自动(回复|答复|应答|回覆)|外出(答复|回复)|out of (the )?office|auto(matic)?[- ]?(reply|response)"
    r"|autoreply|vacation",
    re.I,
)
_BOUNCE_SUBJECT = re.compile(
    r"退信|无法(投递|送达)|投递失败|未送达|未传递|未能(投递|送达|传递)"
    r"|undeliver|delivery (status|failure|has failed)"
    r"|mail delivery (failed|subsystem|system)|returned mail|failure notice|could not be delivered"
    r"|delivery (un)?success|not delivered|non[- ]?delivery|bounce",
    re.I,
)
_QUIET_PRECEDENCE = {"bulk", "list", "junk", "auto_reply", "auto-reply"}
_AUTORESPONDERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply")


class Reason(StrEnum):
    """Name why a mail is not taken in as a submission."""

    OWN = "own"
    DELIVERY_REPORT = "delivery_report"
    DELAY_NOTICE = "delay_notice"
    DELIVERY_NOTICE = "delivery_notice"
    FEEDBACK_REPORT = "feedback_report"
    READ_RECEIPT = "read_receipt"
    AUTO_REPLY = "auto_reply"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    NO_CONSULTATION = "no_consultation"


class Silence(StrEnum):
    """Name why a submission is not acknowledged."""

    AUTO_SUBMITTED = "auto_submitted"
    NULL_SENDER = "null_sender"
    REPORT = "report"
    PRECEDENCE = "precedence"
    MAILING_LIST = "mailing_list"
    AUTORESPONDER = "autoresponder"
    LOOP = "loop"
    SUPPRESSED = "suppressed"
    AUTO_SUBJECT = "auto_subject"
    SYSTEM_SENDER = "system_sender"
    OWN_ADDRESS = "own_address"
    NO_SENDER = "no_sender"
    JUNK_FOLDER = "junk_folder"
    TOO_MANY = "too_many"
    TOO_EARLY = "too_early"
    BOUNCED = "bounced"
    SET_ASIDE = "set_aside"
    NO_ADDRESS = "no_address"


def verdict(mail: ParsedMail, facts: MailFacts) -> Verdict:
    """Return what becomes of this mail, and why."""
    ignored = _not_a_submission(mail, facts)
    if ignored:
        return Verdict("ignored", str(ignored))
    if not mail.text.strip() and not mail.attachments:
        return Verdict("held", str(Reason.EMPTY))
    return Verdict("submission", silence=str(silence(mail, facts) or ""))


def safe_message_id(value: str) -> str:
    """Return a message id that may be written into a header of ours, "" for any other."""
    return value if _SAFE_ID.fullmatch(value) else ""


def _not_a_submission(mail: ParsedMail, facts: MailFacts) -> Reason | None:
    if _is_own_address(mail, facts) and (
        mail.message_id in facts.own_message_ids or "auto-generated" in _words(mail, "auto-submitted")
    ):
        return Reason.OWN  # an answer of ours, or an alarm to the operator
    report = _report_type(mail)
    if report == "disposition-notification":
        return Reason.READ_RECEIPT
    if report == "feedback-report":
        return Reason.FEEDBACK_REPORT
    if report == "delivery-status" or (report and _has_status(mail)) or _is_bounce(mail):
        return _delivery_reason(mail)
    if _is_auto_reply(mail, facts):
        return Reason.AUTO_REPLY
    return None


def _has_status(mail: ParsedMail) -> bool:
    return any(item.media_type in STATUS_TYPES for item in mail.attachments)


def _delivery_reason(mail: ParsedMail) -> Reason:
    """Tell mail that came back from mail that is late and mail that arrived (RFC 3464, 2.3.3)."""
    action = read_report(mail).action
    named = {FAILED: Reason.DELIVERY_REPORT, DELAYED: Reason.DELAY_NOTICE}
    return named.get(action, Reason.DELIVERY_NOTICE)


def silence(mail: ParsedMail, facts: MailFacts) -> Silence | None:
    """Return the first reason not to acknowledge this mail, None where it is acknowledged."""
    return _silent_by_header(mail) or _silent_by_sender(mail, facts)


def _silent_by_header(mail: ParsedMail) -> Silence | None:
    checks = (
        (Silence.AUTO_SUBMITTED, _auto_submitted(mail)),
        (Silence.NULL_SENDER, _null_sender(mail)),
        (Silence.REPORT, bool(_report_type(mail))),
        (Silence.PRECEDENCE, not _QUIET_PRECEDENCE.isdisjoint(_words(mail, "precedence"))),
        (Silence.MAILING_LIST, _has(mail, "list-id")),
        (Silence.AUTORESPONDER, any(_has(mail, name) for name in _AUTORESPONDERS)),
        (Silence.LOOP, _has(mail, "x-loop")),
        (Silence.SUPPRESSED, _suppresses(mail)),
        (Silence.AUTO_SUBJECT, bool(_AUTO_SUBJECT.search(mail.subject))),
    )
    return next((code for code, holds in checks if holds), None)


def _silent_by_sender(mail: ParsedMail, facts: MailFacts) -> Silence | None:
    sender = mail.from_address
    checks = (
        (Silence.NO_SENDER, not _ADDRESS.fullmatch(sender)),
        (Silence.SYSTEM_SENDER, bool(_SYSTEM.match(sender) or _NO_REPLY.match(sender))),
        (Silence.OWN_ADDRESS, _is_own_address(mail, facts)),
        (Silence.JUNK_FOLDER, facts.junk_folder),
    )
    found = next((code for code, holds in checks if holds), None)
    return found or address_silence(facts.bounced_address, facts.sent_to_address_24h)


def address_silence(bounced: bool, sent_24h: int) -> Silence | None:
    """Return why an address gets no acknowledgement, whichever way its letter came."""
    if bounced:
        return Silence.BOUNCED
    return Silence.TOO_MANY if sent_24h >= MAX_PER_DAY else None


def _is_own_address(mail: ParsedMail, facts: MailFacts) -> bool:
    return mail.from_address.lower() in {address.lower() for address in facts.own_addresses}


def _is_bounce(mail: ParsedMail) -> bool:
    """Tell a delivery report that does not call itself one: from the system, saying so in its subject."""
    if _has(mail, "x-failed-recipients"):
        return True
    system = bool(_SYSTEM.match(mail.from_address)) or not mail.from_address or _null_sender(mail)
    return (system or _auto_submitted(mail)) and bool(_BOUNCE_SUBJECT.search(mail.subject))


def _is_auto_reply(mail: ParsedMail, facts: MailFacts) -> bool:
    """Tell an automatic reply to mail of ours, or one that its headers and its subject both show."""
    precedence = _words(mail, "precedence")
    replied = (
        _auto_submitted(mail)
        or any(_has(mail, name) for name in _AUTORESPONDERS)
        or not {"auto_reply", "auto-reply"}.isdisjoint(precedence)
    )
    automatic = (
        replied or _null_sender(mail) or _suppresses(mail) or not {"bulk", "junk"}.isdisjoint(precedence)
    )
    answers_ours = any(value in facts.own_message_ids for value in (*mail.in_reply_to, *mail.references))
    return (replied and answers_ours) or (automatic and bool(_AUTO_SUBJECT.search(mail.subject)))


def _report_type(mail: ParsedMail) -> str:
    """Return the report-type of a multipart/report ("unknown" where it names none), "" for other mail."""
    value = mail.header("content-type").lower()
    if not value.startswith("multipart/report"):
        return ""
    found = re.search(r"report-type\s*=\s*\"?([a-z-]+)", value)
    return found.group(1) if found else "unknown"


def _null_sender(mail: ParsedMail) -> bool:
    return re.sub(r"\s", "", mail.header("return-path")) == "<>"


def _auto_submitted(mail: ParsedMail) -> bool:
    return bool(_words(mail, "auto-submitted") - {"", "no"})


def _suppresses(mail: ParsedMail) -> bool:
    return bool(_words(mail, "x-auto-response-suppress") - {"", "none"})


def _words(mail: ParsedMail, name: str) -> set[str]:
    """Return the first word of each field of a name, in lower case, without parameters and comments."""
    values = (value for key, value in mail.headers if key == name)
    return {re.split(r"[;,(\s]", value.strip().lower(), maxsplit=1)[0] for value in values}


def _has(mail: ParsedMail, name: str) -> bool:
    return any(key == name for key, _ in mail.headers)
