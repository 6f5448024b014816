"""Who was asked and who has answered, as the office sees it; and what a letter's page says of its sender."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select
from sqlalchemy.orm import Session

from commentbox.core.states import Role
from commentbox.db import transaction
from commentbox.models import Consultation, InboundMail, OutboundMail, Submission
from commentbox.services import organisations
from tests.fixtures.desk import RAW, Desk, add_letter

SignIn = Callable[[Role], FlaskClient]
PAGE = "/staff/parks/organisations"
LIST = "云栖市科学技术局，@kjj.yunqi.gov.cn\r\n云栖市教育局\r\n云栖大学"


@pytest.fixture
def desk(consultation: Consultation, sign_in: SignIn) -> Desk:
    return Desk(sign_in(Role.HANDLER), PAGE)


@pytest.fixture
def letters(session: Session, consultation: Consultation) -> list[Submission]:
    return [
        add_letter(
            session, consultation, "无意见", email="a@kjj.yunqi.gov.cn", no_opinion=True, minutes_ago=9
        ),
        add_letter(session, consultation, "多种树。", "多装灯。", organisation="云栖市教育局", minutes_ago=8),
    ]


def rows(page: str) -> list[str]:
    """Return the lines of the table."""
    found = LexborHTMLParser(page).css("table.organisations tbody tr")
    return [" ".join(row.text(separator=" ").split()) for row in found]


def test_intake_26_the_list_is_pasted_and_shows_who_has_not_answered(
    desk: Desk, letters: list[Submission]
) -> None:
    assert "还没有征求意见单位名单" in desk.get(PAGE)
    desk.post(PAGE, list=LIST)
    page = desk.get(PAGE)
    assert "共 3 个单位" in page
    first, second, third = rows(page)
    assert first.startswith("云栖市科学技术局 无意见 1 件")
    assert second.startswith("云栖市教育局 有意见 2 条 1 件")
    assert third == "云栖大学 未反馈"
    assert "已反馈 2 个，共 3 个" in page
    assert rows(desk.get(f"{PAGE}?answer=waiting")) == ["云栖大学 未反馈"]
    area = LexborHTMLParser(page).css_first("textarea[readonly]")
    assert area is not None
    assert area.text() == "云栖大学"


def test_a_list_comes_from_a_file(desk: Desk) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("序号", "单位名称", "简称"), (1, "云栖市科学技术局", "市科技局"), (2, "云栖市教育局", "")):
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    desk.post(PAGE, list="云栖大学", file=(BytesIO(content.getvalue()), "名单.xlsx"))
    desk.post(PAGE, list="云栖大学", file=(BytesIO("云栖医院\n公司，qq.com".encode("gb18030")), "名单.csv"))
    page = desk.get(PAGE)
    assert [row.split()[0] for row in rows(page)] == ["云栖大学", "云栖医院", "公司"]
    assert "公共邮箱的域名不能用来认定单位" in page


def test_a_file_that_cannot_be_read_keeps_what_was_typed(desk: Desk) -> None:
    for name, content in (("x.exe", b"MZ"), ("x.xlsx", b"PK\x03\x04nonsense")):
        answer = desk.post(PAGE, status=422, list="云栖大学", file=(BytesIO(content), name))
        assert "云栖大学</textarea>" in answer.text
    assert "没有读出单位名称" in desk.post(PAGE, status=422, list="a@b.example").text


def test_the_table_is_given_as_a_file(desk: Desk, letters: list[Submission]) -> None:
    desk.post(PAGE, list=f"{LIST}\r\n=HYPERLINK(1)")
    text = desk.open(f"{PAGE}.csv").data.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("1,云栖市科学技术局,无意见,1,0,")
    assert text.splitlines()[4] == "4,'=HYPERLINK(1),未反馈,0,0,"


def test_a_clerk_corrects_whose_letter_it_is(desk: Desk, session: Session, letters: list[Submission]) -> None:
    desk.post(PAGE, list=LIST)
    letter = Desk(desk.client, f"/staff/parks/s/{letters[1].receipt}")
    assert "按单位名称" in letter.get(letter.page)
    university = organisations.listed(session, letters[1].consultation_id)[2].id
    session.rollback()
    letter.post(f"{letter.page}/organisation", organisation=university)
    assert "人工确认" in letter.get(letter.page)
    queue = desk.get(f"/staff/parks/?organisation={university}")
    assert letters[1].receipt in queue
    assert letters[0].receipt not in queue
    letter.post(f"{letter.page}/organisation", organisation="")
    assert rows(desk.get(PAGE))[1:] == ["云栖市教育局 未反馈", "云栖大学 未反馈"]
    letter.post(f"{letter.page}/organisation", organisation="99999")
    assert "名单中没有这个单位" in letter.get(letter.page)


def test_a_viewer_reads_and_changes_nothing(sign_in: SignIn, consultation: Consultation) -> None:
    desk = Desk(sign_in(Role.VIEWER), "/staff/held")
    assert "保存名单" not in desk.get(PAGE)
    desk.post(PAGE, status=403, list=LIST)
    assert desk.open(f"{PAGE}.csv").status_code == 403


# --- what a letter's page says -----------------------------------------------------------------------


def test_intake_21_the_page_says_how_far_a_sender_is_known(
    session: Session, consultation: Consultation, sign_in: SignIn
) -> None:
    letter = add_letter(session, consultation, raw=RAW)
    desk = Desk(sign_in(Role.HANDLER), f"/staff/parks/s/{letter.receipt}")
    for check, words in (("unverified", "未核实"), ("verified", "发件域名属实"), ("failed", "疑似冒用地址")):
        with transaction(session):
            mail = session.scalars(select(InboundMail)).one()
            mail.sender_check = check
            mail_id = mail.id
        assert f">{words}</span>" in desk.get(desk.page)
        assert f">{words}</span>" in desk.get(f"/staff/held/{mail_id}")


def test_intake_22_letters_that_belong_together_are_shown_both_ways(
    session: Session, consultation: Consultation, sign_in: SignIn
) -> None:
    first = add_letter(session, consultation, "多种树。", minutes_ago=9)
    same = add_letter(session, consultation, "多装灯。", minutes_ago=8, follows_id=first.id)
    other = add_letter(
        session, consultation, "我也说。", minutes_ago=7, follows_id=first.id, email="li@b.example"
    )
    desk = Desk(sign_in(Role.HANDLER), "/staff/parks/")
    for letter in (first, same, other):
        thread = LexborHTMLParser(desk.get(f"/staff/parks/s/{letter.receipt}")).css_first("nav.thread")
        assert thread is not None
        links = [link.text() for link in thread.css("a")]
        assert links == [one.receipt for one in (first, same, other) if one.id != letter.id]
        assert thread.text().count("发件人与首次来件不同") == 1
    queue = desk.get("/staff/parks/")
    assert queue.count(">补充来件</span>") == 2
    assert "有补充 2" in queue
    assert 'nav class="thread"' not in desk.get(f"/staff/parks/s/{add_letter(session, consultation).receipt}")


def test_a_bounce_is_shown_wherever_our_mail_is(
    session: Session, consultation: Consultation, sign_in: SignIn
) -> None:
    letter = add_letter(session, consultation, raw=RAW, silence="bounced")
    with transaction(session):
        report = session.scalars(select(InboundMail)).one()
        ours = OutboundMail(
            consultation_id=consultation.id,
            submission_id=letter.id,
            kind="reply",
            to_address=letter.email,
            subject="答复",
            body="谢谢。",
            message_id="<1@x>",
            state="sent",
            created_at=datetime.now(UTC),
            bounced_at=datetime.now(UTC),
            bounce_kind="no_address",
            bounce_code="5.1.1",
            bounce_words="550 <b>User</b> unknown",
            bounce_mail_id=report.id,
        )
        session.add(ours)
    desk = Desk(sign_in(Role.HANDLER), "/staff/parks/")
    one = desk.get(f"/staff/outbox/{ours.id}")
    assert "550 &lt;b&gt;User&lt;/b&gt; unknown" in one
    assert "对方没有收到这封邮件" in one
    places = (f"/staff/parks/s/{letter.receipt}", "/staff/outbox?state=bounced", f"/staff/held/{report.id}")
    for place in places:
        assert "地址不存在（5.1.1）" in " ".join(desk.get(place).split())
    assert "此前发往这个地址的邮件因地址不存在被退回" in desk.get(places[0])
    assert ">退信</span>" in desk.get("/staff/parks/")
