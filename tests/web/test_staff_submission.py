"""One submission: what its page shows, and every act on it with its way back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.states import CommentState, Role, SubmissionState, TextStatus
from commentbox.core.types import Actor
from commentbox.db import transaction
from commentbox.models import (
    Attachment,
    Campaign,
    Comment,
    Consultation,
    OutboundMail,
    Submission,
    Suggestion,
)
from commentbox.services import triage
from commentbox.web.labels import LABELS
from tests.fixtures.desk import RAW, Desk, add_letter, measure

SignIn = Callable[[Role], FlaskClient]
OTHER = Actor("另一位同事")


@pytest.fixture
def letter(session: Session, consultation: Consultation) -> Submission:
    return add_letter(
        session, consultation, "建议增加口袋公园的座椅。", "路灯太暗，老人夜里看不清。", raw=RAW
    )


@pytest.fixture
def desk(letter: Submission, sign_in: SignIn) -> Desk:
    return Desk(sign_in(Role.HANDLER), f"/staff/parks/s/{letter.receipt}")


def comment_path(desk: Desk, comment: Comment, act: str) -> str:
    return f"{desk.page}/c/{comment.id}/{act}"


def assign(desk: Desk, session: Session, letter: Submission, path: str = "2.1.1.1") -> Comment:
    comment = letter.comments[0]
    desk.post(
        comment_path(desk, comment, "assign"), measure=measure(session, path).id, version=comment.version
    )
    session.rollback()
    return comment


def test_the_letter_marks_each_comment_with_its_number(desk: Desk, letter: Submission) -> None:
    page = desk.get(desk.page)
    marks = re.findall(r"<mark[^>]*><a[^>]*>(\d+)</a>([^<]+)</mark>", page)
    assert marks == [("1", letter.comments[0].excerpt), ("2", letter.comments[1].excerpt)]
    assert "未核实" in page
    assert "系统建议" in page
    assert "口袋公园</span>" in page


def test_the_first_suggestion_says_how_sure_it_is_and_no_other_does(
    desk: Desk, session: Session, letter: Submission
) -> None:
    with transaction(session):
        for comment, sure in zip(letter.comments, (0.836, None), strict=True):
            comment.confidence = sure
            second = measure(session, "2.1.1.2").id
            session.add(
                Suggestion(comment_id=comment.id, rank=2, measure_id=second, score=0.2, source="model")
            )
    page = desk.get(desk.page)
    assert re.findall(r'<meter[^>]*value="([\d.]+)"', page) == ["0.84"]
    assert page.count("把握 84%") == page.count("把握 ") == 1
    first, _, other = page.partition(f'id="c{letter.comments[1].id}"')
    assert first.index("系统建议") < first.index("把握 84%") < first.rindex("系统建议")
    assert "系统建议" in other


def test_a_quotation_is_folded_where_it_stood(
    session: Session, consultation: Consultation, sign_in: SignIn
) -> None:
    body = "建议增加座椅。\n\n> 各单位：\n> 请反馈。\n\n路灯太暗。\n\n发自我的iPhone"
    letter = add_letter(session, consultation, "建议增加座椅。", "路灯太暗。", body=body)
    page = sign_in(Role.HANDLER).get(f"/staff/parks/s/{letter.receipt}").get_data(as_text=True)
    folded = re.findall(r'<details class="fold"><summary>([^<]+)</summary><div[^>]*>([^<]+)</div>', page)
    assert folded == [
        ("折叠的引文或签名，2 行", "&gt; 各单位：\n&gt; 请反馈。"),
        ("折叠的引文或签名，1 行", "发自我的iPhone"),
    ]
    assert (
        page.index(">建议增加座椅。")
        < page.index("各单位")
        < page.index(">路灯太暗。")
        < page.index("发自我的")
    )


def test_a_span_of_an_attachment_is_not_marked_in_the_letter(
    desk: Desk, session: Session, letter: Submission
) -> None:
    with transaction(session):
        file = Attachment(
            submission_id=letter.id,
            position=0,
            filename="扫描件.pdf",
            media_type="application/pdf",
            size=9,
            sha256="0" * 64,
            text_status=TextStatus.EMPTY,
        )
        session.add(file)
        session.flush()
        letter.comments[1].attachment_id = file.id
    page = desk.get(desk.page)
    assert page.count("<mark") == 1
    assert "需人工阅读" in page


@pytest.mark.parametrize("status", [s for s in TextStatus if s != TextStatus.OK])
def test_intake_23_each_file_nobody_could_read_says_what_to_do(
    desk: Desk, session: Session, letter: Submission, status: TextStatus
) -> None:
    with transaction(session):
        session.add(
            Attachment(
                submission_id=letter.id,
                position=0,
                filename="意见.rar",
                media_type="application/x-rar",
                size=9,
                sha256="0" * 64,
                text_status=status,
            )
        )
    page = desk.get(desk.page)
    assert "意见.rar" in page
    assert str(LABELS["text_status"][status]) in page
    assert str(LABELS["text_advice"][status]) in page


def test_assigning_leads_back_to_the_comment_and_offers_to_undo(
    desk: Desk, session: Session, letter: Submission
) -> None:
    comment = letter.comments[0]
    answer = desk.post(
        comment_path(desk, comment, "assign") + "?state=received",
        measure=measure(session, "2.1.1.1").id,
        version=1,
    )
    assert answer.location.endswith(f"{letter.receipt}?state=received#c{comment.id}")
    page = desk.get(answer.location)
    assert "意见已分办" in page
    audit = re.search(r'name="audit" value="(\d+)"', page)
    assert audit
    session.rollback()
    assert (comment.state, comment.measure.path) == (CommentState.ASSIGNED, "2.1.1.1")
    back = desk.post("/staff/undo", audit=audit[1], back=desk.page)
    assert back.location == desk.page
    session.rollback()
    assert (comment.state, comment.measure_id) == (CommentState.SUGGESTED, None)


def test_undo_is_refused_once_something_else_happened(
    desk: Desk, session: Session, letter: Submission
) -> None:
    comment = assign(desk, session, letter)
    with transaction(session):
        audit_id = triage.reopen(
            session, comment.id, version=comment.version, actor=OTHER, now=datetime.now(UTC)
        )
        triage.assign(
            session, comment.id, measure(session, "3.1").id, version=3, actor=OTHER, now=datetime.now(UTC)
        )
    desk.post("/staff/undo", audit=audit_id, back=desk.page)
    assert "无法撤销" in desk.get(desk.page)
    session.rollback()
    assert comment.measure.path == "3.1"


def test_nobody_undoes_what_another_did(desk: Desk, session: Session, letter: Submission) -> None:
    where = measure(session, "3.1").id
    with transaction(session):
        audit_id = triage.assign(
            session, letter.comments[0].id, where, version=1, actor=OTHER, now=datetime.now(UTC)
        )
    desk.post("/staff/undo", audit=audit_id, back=desk.page)
    session.rollback()
    assert letter.comments[0].measure_id == where


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/staff/", "/elsewhere", "\\staff/"])
def test_undo_leads_only_to_pages_of_ours(desk: Desk, back: str) -> None:
    answer = desk.post("/staff/undo", audit=999, back=back)
    assert answer.location == "/staff/"


def test_the_second_of_two_people_gets_409_and_keeps_what_was_typed(
    desk: Desk, session: Session, letter: Submission
) -> None:
    comment = letter.comments[0]
    with transaction(session):
        triage.assign(
            session, comment.id, measure(session, "3.1").id, version=1, actor=OTHER, now=datetime.now(UTC)
        )
    answer = desk.post(
        comment_path(desk, comment, "dismiss"), status=409, reason="与本方案无关，是寻人启事", version=1
    )
    assert "另一位同事" in answer.text
    assert "与本方案无关，是寻人启事</textarea>" in answer.text
    assert 'name="version" value="2"' in answer.text
    session.rollback()
    assert comment.state == CommentState.ASSIGNED


def test_a_move_that_is_not_allowed_is_a_conflict_too(
    desk: Desk, session: Session, letter: Submission
) -> None:
    desk.post(comment_path(desk, letter.comments[0], "reopen"), status=409, version=1)


def test_dismissing_needs_a_reason_and_can_be_taken_up_again(
    desk: Desk, session: Session, letter: Submission
) -> None:
    comment = letter.comments[0]
    desk.post(comment_path(desk, comment, "dismiss"), reason=" ", version=1)
    assert "请写明理由" in desk.get(desk.page)
    desk.post(comment_path(desk, comment, "dismiss"), reason="问候语", version=1)
    assert "问候语" in desk.get(desk.page)
    desk.post(comment_path(desk, comment, "reopen"), version=2)
    session.rollback()
    assert comment.state == CommentState.SUGGESTED


def test_another_point_is_cut_out_and_marked(desk: Desk, session: Session, letter: Submission) -> None:
    with transaction(session):
        session.delete(letter.comments[1])
    desk.post(f"{desk.page}/comments", excerpt="老人夜里看不清", measure=measure(session, "2.1.1.4").id)
    page = desk.get(desk.page)
    assert re.search(r"<mark[^>]*><a[^>]*>2</a>老人夜里看不清</mark>", page)
    assert "公园夜间照明" in page


def test_spam_is_marked_with_a_reason_and_restored(desk: Desk, session: Session, letter: Submission) -> None:
    desk.post(f"{desk.page}/spam", reason="广告", version=1)
    session.rollback()
    assert letter.state == SubmissionState.SPAM
    assert "广告" in desk.get(desk.page)
    desk.post(f"{desk.page}/restore", version=letter.version)
    session.rollback()
    assert letter.state == SubmissionState.RECEIVED


def test_a_form_without_its_version_is_not_ours(desk: Desk, letter: Submission) -> None:
    desk.post(comment_path(desk, letter.comments[0], "reopen"), status=400)


def test_a_form_without_the_token_is_refused(desk: Desk, letter: Submission) -> None:
    answer = desk.open(comment_path(desk, letter.comments[0], "reopen"), method="POST", data={"version": 1})
    assert answer.status_code == 400


def test_the_answer_is_previewed_changed_and_queued(desk: Desk, session: Session, letter: Submission) -> None:
    page = desk.get(f"{desk.page}/reply")
    assert letter.receipt in page
    desk.post(f"{desk.page}/reply", subject="关于您的意见", body="已采纳，谢谢。")
    session.rollback()
    mail = session.scalars(select(OutboundMail)).one()
    assert (mail.to_address, mail.subject, mail.body) == (letter.email, "关于您的意见", "已采纳，谢谢。")
    assert "待发送" in desk.get(desk.page)


def test_an_answer_that_cannot_go_keeps_its_text(desk: Desk, session: Session, letter: Submission) -> None:
    with transaction(session):
        letter.email = ""
    answer = desk.post(f"{desk.page}/reply", status=422, subject="主题", body="写了很久的答复")
    assert "写了很久的答复" in answer.text
    assert "没有留下" in answer.text


def test_files_and_mail_are_only_ever_saved(
    app: Flask, desk: Desk, session: Session, letter: Submission
) -> None:
    content = b"<html><script>alert(1)</script>"
    with transaction(session):
        session.add(
            Attachment(
                submission_id=letter.id,
                position=0,
                filename="意见 一.html",
                media_type="text/html",
                size=len(content),
                sha256=app.extensions["blobs"].put(content),
                text_status=TextStatus.UNSUPPORTED,
            )
        )
    for path, expected in ((f"{desk.page}/files/0", content), (f"{desk.page}/mail.eml", RAW)):
        answer = desk.open(path)
        assert answer.data == expected
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype == "application/octet-stream"
    desk.get(f"{desk.page}/files/1", status=404)


def test_a_copy_names_its_campaign_and_its_representative(
    desk: Desk, session: Session, consultation: Consultation, letter: Submission
) -> None:
    first = add_letter(session, consultation, "同一封信。", minutes_ago=500)
    with transaction(session):
        campaign = Campaign(
            consultation_id=consultation.id, representative_id=first.id, size=2, created_at=datetime.now(UTC)
        )
        session.add(campaign)
        session.flush()
        first.campaign_id = letter.campaign_id = campaign.id
    page = desk.get(desk.page)
    assert "同源意见，共 2 件" in page
    assert f'href="/staff/parks/s/{first.receipt}"' in page


def test_neighbours_follow_the_filters(
    desk: Desk, session: Session, consultation: Consultation, letter: Submission
) -> None:
    add_letter(session, consultation, "网上的意见。", minutes_ago=70, channel="web")
    older = add_letter(session, consultation, "更早的邮件。", minutes_ago=80)
    page = desk.get(f"{desk.page}?channel=mail")
    assert f'rel="next" data-key="n" href="/staff/parks/s/{older.receipt}?channel=mail"' in page
    assert "处理下一件" in page


@pytest.mark.parametrize(
    ("role", "act", "status"),
    [
        (Role.VIEWER, "assign", 403),
        (Role.VIEWER, "dismiss", 403),
        (Role.VIEWER, "reopen", 403),
        (Role.DRAFTER, "reopen", 409),
        (Role.ADMIN, "reopen", 409),
    ],
)
def test_who_may_act_on_a_comment(
    sign_in: SignIn, letter: Submission, role: Role, act: str, status: int
) -> None:
    desk = Desk(sign_in(role), f"/staff/parks/s/{letter.receipt}")
    desk.post(comment_path(desk, letter.comments[0], act), status=status, version=1)


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (Role.VIEWER, "/spam", 403),
        (Role.VIEWER, "/restore", 403),
        (Role.VIEWER, "/comments", 403),
        (Role.VIEWER, "/reply", 403),
        (Role.DRAFTER, "/reply", 403),
    ],
)
def test_who_may_act_on_a_submission(
    sign_in: SignIn, letter: Submission, role: Role, path: str, status: int
) -> None:
    desk = Desk(sign_in(role), f"/staff/parks/s/{letter.receipt}")
    desk.post(desk.page + path, status=status, version=1)


def test_a_viewer_is_shown_no_buttons_that_would_be_refused(sign_in: SignIn, letter: Submission) -> None:
    page = Desk(sign_in(Role.VIEWER), f"/staff/parks/s/{letter.receipt}").get(
        f"/staff/parks/s/{letter.receipt}"
    )
    assert "/assign" not in page
    assert "/reply" not in page
    assert "/spam" not in page
