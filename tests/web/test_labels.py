"""Every code that can reach a page has words."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask

from commentbox.core import states
from commentbox.core.rules import health
from commentbox.core.rules.acceptance import Kind
from commentbox.core.rules.mail import Reason, Silence
from commentbox.core.rules.period import Phase
from commentbox.services.errors import Invalid
from commentbox.services.organisations import Answer
from commentbox.web.labels import LABELS, REFUSALS, invalid, label

PACKAGE = Path(__file__).parents[2] / "commentbox"
CODES: dict[str, type[StrEnum]] = {
    "consultation_state": states.ConsultationState,
    "phase": Phase,
    "submission_state": states.SubmissionState,
    "campaign_state": states.CampaignState,
    "comment_state": states.CommentState,
    "mail_state": states.MailState,
    "outbound_state": states.OutboundState,
    "channel": states.Channel,
    "measure_kind": states.MeasureKind,
    "respondent_kind": states.RespondentKind,
    "disposition": states.Disposition,
    "text_status": states.TextStatus,
    "role": states.Role,
    "bounce_kind": states.BounceKind,
    "sender_check": states.SenderCheck,
    "sender_check_hint": states.SenderCheck,
    "organisation_by": states.OrganisationMatch,
    "organisation_answer": Answer,
    "mail_reason": Reason,
    "silence": Silence,
    "check": health.Check,
    "severity": health.Severity,
    "bulk_kind": Kind,
}


@pytest.mark.parametrize("kind", CODES)
def test_intake_19_every_value_has_a_name(kind: str) -> None:
    assert {member.value for member in CODES[kind]} <= set(LABELS[kind])


def test_every_refusal_has_words() -> None:
    raised = {
        code
        for file in PACKAGE.rglob("*.py")
        for code in re.findall(r'Invalid\(\s*"([a-z_]+)"', file.read_text(encoding="utf-8"))
    }
    assert raised >= {"nothing_said", "file_type"}
    assert raised == set(REFUSALS)


def test_what_nobody_named_shows_as_it_is(app: Flask) -> None:
    assert label("role", "emperor") == "emperor"
    assert label("role", None) == ""
    assert "mystery" in invalid(Invalid("mystery"))


def test_a_refusal_names_what_it_is_about(app: Flask) -> None:
    assert "“a%s.exe”" in invalid(Invalid("file_empty", name="a%s.exe"))
