"""The sample consultation holds what its README says; the letters are read with the standard library."""

from __future__ import annotations

import email
import html
import io
import json
import re
import zipfile
from collections import Counter
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest

DEMO = Path(__file__).parent.parent / "demo"
LABELS: list[dict[str, Any]] = json.loads((DEMO / "labels.json").read_text("utf-8"))
NAMES = [label["file"] for label in LABELS]


def read(name: str) -> Message:
    return email.message_from_bytes((DEMO / "letters" / name).read_bytes())


MAILS = {name: read(name) for name in NAMES}


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def office_text(data: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(data))
    wanted = [name for name in archive.namelist() if re.search(r"document\.xml|sharedStrings\.xml", name)]
    return "".join(html.unescape(re.sub(r"<[^>]+>", "", archive.read(name).decode())) for name in wanted)


def pdf_text(data: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


def part_text(part: Message) -> str:
    data, media_type = part.get_payload(decode=True), part.get_content_type()
    if media_type.startswith("text/"):
        # The sample's gb2312 and gbk are GB18030 in truth, as in real mail, and one HTML names none.
        charset = part.get_content_charset() or "gb18030"
        text = data.decode("gb18030" if charset.startswith("gb") else charset)
        return html.unescape(re.sub(r"<[^>]+>", "", text)) if media_type == "text/html" else text
    if media_type.startswith("image/"):
        return ""
    return pdf_text(data) if media_type == "application/pdf" else office_text(data)


def leaves(mail: Message) -> list[Message]:
    return [part for part in mail.walk() if not part.is_multipart()]


def kinds() -> Counter[str]:
    return Counter(label["kind"] for label in LABELS)


def test_every_letter_is_labelled_once() -> None:
    assert sorted(NAMES) == sorted(path.name for path in (DEMO / "letters").iterdir())
    assert len(NAMES) == 62


@pytest.mark.parametrize("name", NAMES)
def test_letter_parses(name: str) -> None:
    mail = MAILS[name]
    assert not [defect for part in mail.walk() for defect in part.defects]
    assert mail["Message-ID"]
    assert mail["From"]


@pytest.mark.parametrize("label", LABELS, ids=NAMES)
def test_quotes_stand_in_their_letter(label: dict[str, Any]) -> None:
    mail = MAILS[label["file"]]
    if label["kind"] in {"bounce", "scan"}:
        assert label["points"] == []
        return
    text = squeezed("".join(part_text(part) for part in leaves(mail)))
    assert "\ufffd" not in text
    assert [point for point in label["points"] if squeezed(point["quote"]) not in text] == []


def test_points_name_measures_of_the_draft() -> None:
    named = [measure for label in LABELS for point in label["points"] for measure in point["measures"]]
    assert {measure for measure in named if isinstance(measure, str)} == {"general", "none"}
    assert {measure for measure in named if isinstance(measure, int)} == set(range(1, 33))


def test_kinds() -> None:
    counted = kinds()
    assert counted["auto_reply"] == 3
    assert counted["bounce"] == 1
    assert counted["no_comment"] == 2
    assert counted["spam"] == 3
    assert counted["scan"] == counted["forged"] == counted["late"] == 1
    assert Counter(label["campaign"] for label in LABELS if "campaign" in label) == {"A": 5, "B": 4}


def test_only_automatic_mail_is_expected_to_be_ignored() -> None:
    ignored = {label["kind"] for label in LABELS if label["expect"] == "ignored"}
    assert ignored == {"auto_reply", "bounce"}
    for label in LABELS:
        automatic = MAILS[label["file"]].get("Auto-Submitted", "no") != "no"
        assert automatic == (label["expect"] == "ignored"), label["file"]


def test_campaign_letters_differ() -> None:
    bodies = [squeezed(part_text(leaves(MAILS[label["file"]])[0])) for label in LABELS if "campaign" in label]
    assert len(set(bodies)) == 9


def test_message_ids_are_unique_and_dates_lie_in_the_period() -> None:
    assert len({mail["Message-ID"] for mail in MAILS.values()}) == len(NAMES)
    days = {
        label["file"]: parsedate_to_datetime(MAILS[label["file"]]["Date"]).date().isoformat()
        for label in LABELS
    }
    late = {label["file"] for label in LABELS if label.get("late")}
    assert all("2026-11-10" <= day <= "2026-11-22" for name, day in days.items() if name not in late)
    assert {days[name] for name in late} == {"2026-12-13"}


def test_forms_are_varied() -> None:
    parts = [part for mail in MAILS.values() for part in leaves(mail)]
    charsets = {part.get_content_charset() for part in parts}
    assert {"gb2312", "gbk", "gb18030", "utf-8", None} <= charsets
    assert {"base64", "quoted-printable", "8bit"} <= {part.get("Content-Transfer-Encoding") for part in parts}
    media = Counter(part.get_content_type() for part in parts)
    assert media["application/pdf"] == 3
    assert sum(count for name, count in media.items() if "wordprocessingml" in name) == 4
    assert sum(count for name, count in media.items() if "spreadsheetml" in name) == 1
    html_only = [mail for mail in MAILS.values() if mail.get_content_type() == "text/html"]
    assert len(html_only) >= 4


def test_every_address_is_reserved() -> None:
    text = b"".join((DEMO / "letters" / name).read_bytes() for name in NAMES).decode("ascii", "replace")
    domains = re.findall(r"@([a-z0-9-]+(?:\.[a-z0-9-]+)+)", text, re.IGNORECASE)
    assert len(domains) > 120
    assert {domain for domain in domains if not domain.endswith(".example")} == set()


def test_subjects_are_readable_where_they_are_encoded() -> None:
    encoded = [mail["Subject"] for mail in MAILS.values() if isinstance(mail["Subject"], str)]
    whole = [subject for subject in encoded if "=?" in subject]
    assert len(whole) > 40
    assert any("骑手的三个要求" in str(make_header(decode_header(subject))) for subject in whole)


def test_draft_has_its_measures_and_a_real_annex_table() -> None:
    draft = docx.Document(str(DEMO / "draft.docx"))
    lines = [paragraph.text for paragraph in draft.paragraphs]
    numbers = [int(found[1]) for line in lines if (found := re.match(r"（(\d+)）", line))]
    assert numbers == list(range(1, 33))
    assert sum(line.startswith("〔") for line in lines) == 11
    rows = draft.tables[0].rows
    assert [cell.text for cell in rows[0].cells] == ["序号", "工作任务", "工作举措", "牵头单位", "责任单位"]
    assert [row.cells[0].text for row in rows[1:]] == [str(number) for number in range(1, 41)]
    assert draft.tables[0]._tbl.xml.count("<w:vMerge/>") == 8


def test_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < 1_500_000
