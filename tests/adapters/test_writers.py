"""The comment sheet in each format, read back by another library."""

from __future__ import annotations

import csv
import gc
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from commentbox.adapters.writers import MEDIA_TYPES, WRITERS, write_sheet
from commentbox.core import sheets
from commentbox.core.types import SheetHead, SheetRow

HEAD = sheets.head(
    "南江市科技强市意见", "南江市科技局", date(2026, 4, 28), date(2026, 5, 27), date(2026, 6, 1)
)
AWKWARD = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    " \n=1+1",
    "\tx",
    "https://example.org/",
    "123",
    '_x0041_ & <b>"粗"</b>',
    "<r><t>x</t></r>",
    "𠮷野家 😀👨‍👩‍👧",
    "一行\n二行\t后",
)
Table = list[list[str]]


def make_row(number: int, comment: str, remarks: str = "回执号 7K3Q-M9TD-2X4V") -> SheetRow:
    rest = ("建议", "王*", "电子邮件 2026-05-06", "采纳", "", "", "市科技局", remarks)
    return SheetRow(number, "（一）总则", "原文", comment, *rest)


def awkward_rows() -> Iterator[SheetRow]:
    return (make_row(number, text) for number, text in enumerate(AWKWARD, 1))


def written(form: str, rows: Iterator[SheetRow], head: SheetHead = HEAD) -> bytes:
    file = io.BytesIO()
    write_sheet(form, file, head, sheets.COLUMNS, rows)
    return file.getvalue()


def read_xlsx(data: bytes) -> Table:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(min_row=3, values_only=True)]


def read_docx(data: bytes) -> Table:
    (table,) = docx.Document(io.BytesIO(data)).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def read_csv(data: bytes) -> Table:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_json(data: bytes) -> Table:
    sheet = json.loads(data)
    keys = [column["key"] for column in sheet["columns"]]
    rows = [[str(row[key]) for key in keys] for row in sheet["rows"]]
    return [[column["heading"] for column in sheet["columns"]], *rows]


READERS: dict[str, Callable[[bytes], Table]] = {
    "xlsx": read_xlsx,
    "docx": read_docx,
    "csv": read_csv,
    "json": read_json,
}


def comments_of(form: str, data: bytes) -> list[str]:
    return [row[3] for row in READERS[form](data)[1:]]


def test_every_format_has_a_reader_here_and_a_media_type() -> None:
    assert set(WRITERS) == set(READERS) == set(MEDIA_TYPES)
    with pytest.raises(ValueError, match="pdf"):
        write_sheet("pdf", io.BytesIO(), HEAD, sheets.COLUMNS, iter(()))


@pytest.mark.parametrize("form", WRITERS)
def test_headings_and_cells_come_back(form: str) -> None:
    heading, first, second = READERS[form](written(form, iter([make_row(1, "一"), make_row(2, "二")])))
    assert heading == [column.heading for column in sheets.COLUMNS]
    assert [first[0], first[3], second[0], second[3]] == ["1", "一", "2", "二"]
    assert first[5:8] in (
        ["王*", "电子邮件 2026-05-06", "采纳"],
        ["王*", "电子邮件\n2026-05-06", "采纳"],
    )


@pytest.mark.parametrize("form", WRITERS)
def test_no_rows_make_a_sheet_with_its_headings(form: str) -> None:
    assert len(READERS[form](written(form, iter(())))) == 1


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("preset", sheets.PRESETS)
def test_each_preset_fits_each_format(form: str, preset: str, tmp_path: Path) -> None:
    path, columns = tmp_path / f"表.{form}", sheets.columns(preset)
    assert write_sheet(form, path, HEAD, columns, awkward_rows()) == len(AWKWARD)
    table = READERS[form](path.read_bytes())
    assert table[0] == [column.heading for column in columns]
    assert len(table) == len(AWKWARD) + 1
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("form", ["docx", "json"])
def test_awkward_texts_come_back_as_they_were(form: str) -> None:
    assert comments_of(form, written(form, awkward_rows())) == list(AWKWARD)


def test_awkward_texts_are_texts_in_excel() -> None:
    data = written("xlsx", awkward_rows())
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    cells = [row[3] for row in sheet.iter_rows(min_row=4)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)
    # openpyxl does not undo Excel's own escape of "_x0041_", Excel does.
    texts = [cell.value.replace("_x005F_x", "_x").rstrip(" ") for cell in cells]
    assert texts == list(AWKWARD)
    assert "_x005F_x0041_" in cells[9].value


def test_csv_disarms_formulas_and_nothing_else() -> None:
    data = written("csv", awkward_rows())
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == len(AWKWARD) + 1
    disarmed = [f"'{text}" for text in AWKWARD[:7]]
    assert comments_of("csv", data) == disarmed + list(AWKWARD[7:])


@pytest.mark.parametrize("form", WRITERS)
def test_control_characters_and_lone_surrogates_are_left_out(form: str) -> None:
    head = SheetHead("题\x0b\ud800", "单位\x00", "期\x1f", "日\x7f")
    assert comments_of(form, written(form, iter([make_row(1, "甲\x0b乙\x00丙\ud83d丁\uffff")]), head)) == [
        "甲乙丙丁"
    ]


@pytest.mark.parametrize("form", ["docx", "csv", "json"])
def test_a_very_long_text_is_whole(form: str) -> None:
    csv.field_size_limit(10**7)
    text = "意见很长。" * 40_000
    assert comments_of(form, written(form, iter([make_row(1, text)]))) == [text]


@pytest.mark.parametrize(
    ("remarks", "where"),
    [("回执号 7K3Q-M9TD-2X4V；逾期 5分钟", "全文见回执 7K3Q-M9TD-2X4V"), ("", "全文见来件原文")],
)
@pytest.mark.parametrize("text", ["意" * 32_768, "𠮷" * 16_384])
def test_excel_says_where_the_rest_of_a_very_long_text_is(text: str, remarks: str, where: str) -> None:
    (shown,) = comments_of("xlsx", written("xlsx", iter([make_row(1, text, remarks)])))
    assert shown.startswith(text[:16_000])
    assert where in shown
    assert len(shown.encode("utf-16-le")) // 2 in (32_766, 32_767)


def test_excel_keeps_a_text_that_just_fits() -> None:
    text = "意" * 32_767
    assert comments_of("xlsx", written("xlsx", iter([make_row(1, text)]))) == [text]


def test_the_workbook_is_ready_to_print() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", awkward_rows()))).active
    assert sheet["A1"].value == "《南江市科技强市意见》意见汇总处理表"
    line = "".join(str(cell.value or "") for cell in sheet[2])
    assert line == (
        "征求意见单位：南江市科技局征求意见时间：2026年4月28日至2026年5月27日制表日期：2026年6月1日"
    )
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "C4"
    assert sheet.auto_filter.ref == f"A3:L{3 + len(AWKWARD)}"
    assert sheet["A4"].value == 1


def test_row_heights_grow_with_the_text_up_to_excels_limit() -> None:
    rows = iter([make_row(1, "短"), make_row(2, "长" * 100), make_row(3, "长" * 9_000)])
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", rows))).active
    short, long, longest = (sheet.row_dimensions[line].height for line in (4, 5, 6))
    assert short < 40 < 80 < long < 408 < longest <= 409


def test_the_document_is_landscape_with_its_header_row_on_every_page() -> None:
    rows = iter([make_row(1, "短"), make_row(2, "长" * 2_000)])
    document = docx.Document(io.BytesIO(written("docx", rows)))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    assert document.paragraphs[0].text == "《南江市科技强市意见》意见汇总处理表"
    assert "征求意见单位：南江市科技局" in document.paragraphs[1].text
    header, short, long = document.tables[0].rows
    assert header._tr.trPr.find(qn("w:tblHeader")) is not None
    assert short._tr.trPr.find(qn("w:cantSplit")) is not None
    assert long._tr.trPr is None
    assert document.styles["Sheet Text"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"
    assert "PAGE" in section.footer.paragraphs[0]._p.xml
    assert document.element.body[-2].tag == qn("w:p")


def test_the_documents_container_is_sound() -> None:
    with zipfile.ZipFile(io.BytesIO(written("docx", awkward_rows()))) as parts:
        assert parts.testzip() is None
        assert len(parts.namelist()) == len(set(parts.namelist()))


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("head", [SheetHead("", "", "", ""), SheetHead("题" * 300, "@@rows@@", "期", "日")])
def test_any_head_can_be_written(form: str, head: SheetHead) -> None:
    assert comments_of(form, written(form, iter([make_row(1, "一")]), head)) == ["一"]


def test_json_holds_the_head() -> None:
    assert json.loads(written("json", iter(())))["head"]["period"] == "2026年4月28日至2026年5月27日"


def failing_rows() -> Iterator[SheetRow]:
    yield make_row(1, "一")
    raise RuntimeError("the database went away")


@pytest.mark.parametrize("form", WRITERS)
def test_a_failed_export_leaves_the_old_file_and_nothing_else(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"sheet.{form}"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="went away"):
        write_sheet(form, path, HEAD, sheets.COLUMNS, failing_rows())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def counted_rows(alive: list[int]) -> Iterator[SheetRow]:
    for number in range(1, 201):
        yield make_row(number, "一")
    alive.append(sum(isinstance(each, SheetRow) for each in gc.get_objects()))


@pytest.mark.parametrize("form", WRITERS)
def test_rows_are_not_kept(form: str, tmp_path: Path) -> None:
    alive: list[int] = []
    assert write_sheet(form, str(tmp_path / "sheet"), HEAD, sheets.COLUMNS, counted_rows(alive)) == 200
    assert alive[0] < 5
