"""Is a mail a submission, and is it acknowledged: two decisions, by header fields."""

from __future__ import annotations

import pytest

from commentbox.core.mail import parse_mail
from commentbox.core.rules.mail import safe_message_id, verdict
from commentbox.core.types import MailFacts, Verdict

FACTS = MailFacts(own_addresses=frozenset({"Box@Office.example"}), own_message_ids=frozenset({"<ours@x>"}))


def decide(
    fields: str, facts: MailFacts = FACTS, body: str = "text", sender: str = "a@example.org"
) -> Verdict:
    """Return the verdict on a mail with these fields."""
    return verdict(parse_mail(f"From: {sender}\n{fields}\n\n{body}".encode()), facts)


def test_intake_17_an_ordinary_mail_is_acknowledged() -> None:
    assert decide("Subject: 建议").acknowledge
    assert decide("Auto-Submitted: no").acknowledge


@pytest.mark.parametrize(
    ("fields", "silence"),
    [
        ("Auto-Submitted: auto-generated", "auto_submitted"),
        ("Return-Path: <>", "null_sender"),
        ("Content-Type: multipart/report; boundary=x", "report"),
        ("Precedence: bulk", "precedence"),
        ("Precedence: list", "precedence"),
        ("Precedence: junk", "precedence"),
        ("Precedence: auto_reply", "precedence"),
        ("Precedence: first-class\nPrecedence: Bulk", "precedence"),
        ("Auto-Submitted: no\nAuto-Submitted: auto-notified; owner-email=a@b", "auto_submitted"),
        ("List-Id: <l.example.org>", "mailing_list"),
        ("X-Autoreply: yes", "autoresponder"),
        ("X-Loop: a@example.org", "loop"),
        ("X-Auto-Response-Suppress: All", "suppressed"),
        ("Subject: 自动回复: 外出", "auto_subject"),
    ],
)
def test_intake_18_a_submission_without_acknowledgement(fields: str, silence: str) -> None:
    assert decide(fields) == Verdict("submission", silence=silence)


@pytest.mark.parametrize(
    ("sender", "silence"),
    [
        ("MAILER-DAEMON@example.org", "system_sender"),
        ("no-reply@example.org", "system_sender"),
        ("service-noreply@example.org", "system_sender"),
        ("box@office.example", "own_address"),
        ("nobody", "no_sender"),
        ("", "no_sender"),
    ],
)
def test_intake_18_senders_that_get_no_acknowledgement(sender: str, silence: str) -> None:
    assert decide("Subject: x", sender=sender) == Verdict("submission", silence=silence)


def test_intake_18_no_acknowledgement_to_junk_nor_more_than_three_a_day() -> None:
    assert decide("X: y", MailFacts(junk_folder=True)).silence == "junk_folder"
    assert decide("X: y", MailFacts(sent_to_address_24h=2)).acknowledge
    assert decide("X: y", MailFacts(sent_to_address_24h=3)).silence == "too_many"
    assert decide("X: y", MailFacts(bounced_address=True)).silence == "bounced"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=x", "delivery_report"),
        (
            'Content-Type: multipart/report; report-type="disposition-notification"; boundary=x',
            "read_receipt",
        ),
        ("X-Failed-Recipients: b@example.org", "delivery_report"),
        ("Return-Path: <>\nSubject: 系统退信", "delivery_report"),
        ("Auto-Submitted: auto-replied\nIn-Reply-To: <ours@x>", "auto_reply"),
        ("Precedence: auto_reply\nReferences: <other@x> <ours@x>", "auto_reply"),
        ("X-Autoreply: yes\nSubject: 自动回复：已收到", "auto_reply"),
        ("Auto-Submitted: auto-generated\nIn-Reply-To: <ours@x>", "auto_reply"),
        ("Auto-Submitted: auto-replied\nSubject: 无法投递：公告", "delivery_report"),
        ("Content-Type: multipart/report; report-type=feedback-report; boundary=x", "feedback_report"),
        ("X-Auto-Response-Suppress: All\nSubject: 自动答复: 外出", "auto_reply"),
    ],
)
def test_intake_19_not_a_submission(fields: str, reason: str) -> None:
    assert decide(fields) == Verdict("ignored", reason)


@pytest.mark.parametrize(
    "fields",
    [
        "Subject: 关于退信问题的建议",
        "Auto-Submitted: auto-replied\nIn-Reply-To: <theirs@x>",
        "In-Reply-To: <ours@x>",
        "Subject: 自动回复系统应当更人性化",
        "X-Auto-Response-Suppress: All\nIn-Reply-To: <ours@x>",
        "X-Auto-Response-Suppress: All\nSubject: 意见",
        "Precedence: bulk\nSubject: 关于退信问题的建议",
    ],
)
def test_intake_19_what_people_write_stays_a_submission(fields: str) -> None:
    assert decide(fields).outcome == "submission"


def test_intake_20_our_own_mail_is_ignored_but_not_one_that_only_says_so() -> None:
    assert decide("Message-ID: <ours@x>", sender="box@office.example") == Verdict("ignored", "own")
    assert decide("Message-ID: <other@x>", sender="box@office.example").outcome == "submission"


def test_a_mail_without_content_is_held() -> None:
    assert decide("Subject: x", body=" \n") == Verdict("held", "empty")


@pytest.mark.parametrize("value", ["<a@b>\n", "<a b>", "a@b", "<a>b>", f"<{'x' * 251}>", "<\r\nBcc: x>", ""])
def test_unsafe_message_ids_are_dropped(value: str) -> None:
    assert safe_message_id(value) == ""


def test_a_safe_message_id_stays() -> None:
    assert safe_message_id("<a.b$c@d>") == "<a.b$c@d>"
