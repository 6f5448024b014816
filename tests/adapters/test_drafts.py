"""Tests of commentbox.adapters.drafts and docx_numbering: files as word processors write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph

from commentbox.adapters.drafts import DraftUnreadable, read_blocks
from commentbox.core.drafts import read_draft
from commentbox.core.types import Block

LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "（%3）"))


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_text_in_each_charset(tmp_path: Path, charset: str) -> None:
    file = tmp_path / "draft.txt"
    file.write_bytes("一、任务\r\n（一）镕喆公园。".encode(charset))
    assert [block.text for block in read_blocks(file)] == ["一、任务", "（一）镕喆公园。"]


def test_other_files_are_refused_with_advice(tmp_path: Path) -> None:
    for name, content in (("draft.pdf", b"%PDF"), ("draft.docx", b"not a zip")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DraftUnreadable, match="draft"):
            read_blocks(tmp_path / name)


def numbered(tmp_path: Path) -> Path:
    """Write a document whose labels Word counts by itself, with a table of merged cells."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(LEVELS)
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>')
    )
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for depth, text in (
        (0, "主要任务"),
        (1, "建设公园"),
        (2, "口袋公园。每年二十处。"),
        (2, "照明。装路灯。"),
        (1, "种树"),
        (2, "行道树。一万棵。"),
    ):
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>')
        )
    document.add_paragraph("附件")
    table = document.add_table(rows=3, cols=5)
    rows = (
        ("序号", "工作任务", "工作举措", "牵头单位", "责任单位"),
        ("1", "口袋公园", "每年二十处", "市园林局", "市财政局、各县（市、区）政府"),
        ("2", "", "步行十分钟可达", "市园林局", "市财政局"),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(2, 1))
    document.save(str(tmp_path / "draft.docx"))
    return tmp_path / "draft.docx"


def test_automatic_numbers_and_merged_cells(tmp_path: Path) -> None:
    draft = read_draft(read_blocks(numbered(tmp_path)))
    assert [(n.path, n.label, n.title) for n in draft.nodes[1:]] == [
        ("1", "一、", "主要任务"),
        ("1.1", "（一）", "建设公园"),
        ("1.1.1", "（1）", "口袋公园"),
        ("1.1.2", "（2）", "照明"),
        ("1.2", "（二）", "种树"),
        ("1.2.1", "（1）", "行道树"),
    ]
    assert [(i.number, i.title, i.measure) for i in draft.annex] == [
        (1, "口袋公园", "1.1.1"),
        (2, "口袋公园", "1.1.1"),
    ]
    assert draft.annex[0].responsible_agencies == ("市财政局", "各县（市、区）政府")


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("第一条 公园")
    attributes = 'w:id="1" w:author="x" w:date="2026-01-01T00:00:00Z"'
    paragraph._p.append(
        parse_xml(f"<w:ins {nsdecls('w')} {attributes}><w:r><w:t>应当免费</w:t></w:r></w:ins>")
    )
    paragraph._p.append(
        parse_xml(f"<w:del {nsdecls('w')} {attributes}><w:r><w:delText>收费</w:delText></w:r></w:del>")
    )
    paragraph.add_run("开放。")
    document.save(str(tmp_path / "draft.docx"))
    assert read_blocks(tmp_path / "draft.docx")[0].text == "第一条 公园应当免费开放。"


def numbering(document: Document, *levels: str) -> None:
    """Add a list of a document's own with the given w:lvl elements."""
    root = document.part.numbering_part.element
    root.insert(0, xml(f'<w:abstractNum NS w:abstractNumId="77">{"".join(levels)}</w:abstractNum>'))
    root.append(xml('<w:num NS w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))


def level(depth: int, form: str, text: str) -> str:
    """Return one level of a list."""
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def counted(paragraph: Paragraph, number: int = 77, depth: int = 0) -> None:
    """Let Word count a paragraph."""
    place = f'<w:numPr NS><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(xml(place))


def xml(text: str) -> Any:
    """Return an element; NS stands for the namespace of Word."""
    return parse_xml(text.replace("NS", nsdecls("w"), 1))


def saved(document: Document, tmp_path: Path) -> list[Block]:
    """Return the blocks of a document."""
    document.save(str(tmp_path / "draft.docx"))
    return read_blocks(tmp_path / "draft.docx")


@pytest.mark.parametrize(
    ("form", "text", "labels"),
    [
        ("chineseCounting", "第%1条 ", ["第一条 ", "第二条 "]),
        ("chineseLegalSimplified", "%1、", ["壹、", "贰、"]),
        ("decimalFullWidth", "（%1）", ["（１）", "（２）"]),
        ("decimalEnclosedCircleChinese", "%1", ["①", "②"]),
        ("bullet", "●", ["", ""]),
    ],
)
def test_forms_of_numbers(tmp_path: Path, form: str, text: str, labels: list[str]) -> None:
    document = docx.Document()
    numbering(document, level(0, form, text))
    for word in ("甲", "乙"):
        counted(document.add_paragraph(word))
    assert [b.text for b in saved(document, tmp_path)] == [f"{labels[0]}甲", f"{labels[1]}乙"]


def test_empty_paragraph_is_counted_and_stays_empty(tmp_path: Path) -> None:
    document = docx.Document()
    numbering(document, level(0, "decimal", "%1."))
    for word in ("甲", "", "乙"):
        counted(document.add_paragraph(word))
    assert [b.text for b in saved(document, tmp_path)] == ["1.甲", "", "3.乙"]


def test_list_that_starts_anew(tmp_path: Path) -> None:
    document = docx.Document()
    numbering(document, level(0, "decimal", "%1."))
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    document.part.numbering_part.element.append(
        xml(f'<w:num NS w:numId="78"><w:abstractNumId w:val="77"/>{again}</w:num>')
    )
    for number in (77, 77, 78, 78):
        counted(document.add_paragraph("甲"), number)
    assert [b.text for b in saved(document, tmp_path)] == ["1.甲", "2.甲", "5.甲", "6.甲"]


def test_labels_and_levels_of_a_style_that_is_based_on_another(tmp_path: Path) -> None:
    document = docx.Document()
    numbering(document, level(0, "chineseCounting", "%1、"))
    heading = document.styles["Heading 2"]
    heading.element.get_or_add_pPr().append(xml('<w:numPr NS><w:numId w:val="77"/></w:numPr>'))
    style = document.styles.add_style("条目", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = heading
    document.add_paragraph("甲", style=style)
    body = document.add_paragraph("乙", style=style)
    body._p.get_or_add_pPr().append(xml('<w:outlineLvl NS w:val="9"/>'))
    assert [(b.text, b.level) for b in saved(document, tmp_path)] == [("一、甲", 2), ("二、乙", None)]


def test_moved_text_stands_where_it_is_now(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("第一条 ")
    for tag in ("moveFrom", "moveTo"):
        paragraph._p.append(xml(f'<w:{tag} NS w:id="1" w:author="x"><w:r><w:t>公园</w:t></w:r></w:{tag}>'))
    assert [b.text for b in saved(document, tmp_path)] == ["第一条 公园"]


def test_deleted_paragraph_mark_joins_and_deleted_row_goes(tmp_path: Path) -> None:
    document = docx.Document()
    first = document.add_paragraph("第一条 公园")
    first._p.get_or_add_pPr().append(xml('<w:rPr NS><w:del w:id="1" w:author="x"/></w:rPr>'))
    document.add_paragraph("应当免费。")
    table = document.add_table(rows=2, cols=1)
    table.cell(0, 0).text, table.cell(1, 0).text = "留", "删"
    table.rows[1]._tr.get_or_add_trPr().append(xml('<w:del NS w:id="2" w:author="x"/>'))
    blocks = saved(document, tmp_path)
    assert (blocks[0].text, blocks[1].rows) == ("第一条 公园应当免费。", (("留",),))


def test_numbers_that_word_counts_in_a_tables_cells(tmp_path: Path) -> None:
    document = docx.Document()
    numbering(document, level(0, "decimal", "%1"))
    table = document.add_table(rows=2, cols=2)
    for row in table.rows:
        row.cells[0].text, row.cells[1].text = "", "公园"
        counted(row.cells[0].paragraphs[0])
    assert saved(document, tmp_path)[0].rows == (("1", "公园"), ("2", "公园"))


def test_paragraphs_in_content_controls_come_once(tmp_path: Path) -> None:
    document = docx.Document()
    inner = "<w:sdt><w:sdtContent><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(0, xml(f"<w:sdt NS><w:sdtContent>{inner}</w:sdtContent></w:sdt>"))
    assert [b.text for b in saved(document, tmp_path)] == ["甲"]


def test_headings_alone_make_a_draft(tmp_path: Path) -> None:
    document = docx.Document()
    for text, depth in (("主要任务", 1), ("口袋公园", 2), ("行道树", 2), ("保障措施", 1)):
        document.add_heading(text, level=depth)
        document.add_paragraph(f"{text}的内容。")
    draft = read_draft(saved(document, tmp_path))
    assert [(n.path, str(n.kind)) for n in draft.nodes] == [
        ("whole", "whole"),
        ("1", "part"),
        ("1.1", "measure"),
        ("1.2", "measure"),
        ("2", "part"),
    ]


@pytest.mark.parametrize("cut", [0, 100, 3000])
def test_damaged_documents_are_refused(tmp_path: Path, cut: int) -> None:
    document = docx.Document()
    document.save(str(tmp_path / "draft.docx"))
    content = (tmp_path / "draft.docx").read_bytes()
    (tmp_path / "draft.docx").write_bytes(content[:cut])
    with pytest.raises(DraftUnreadable):
        read_blocks(tmp_path / "draft.docx")


def test_headings_have_levels(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("任务", level=2)
    document.add_paragraph("文字")
    assert document.element.body.find(qn("w:p")) is not None
    document.save(str(tmp_path / "draft.docx"))
    assert [b.level for b in read_blocks(tmp_path / "draft.docx")] == [2, None]
