"""Tests of commentbox.adapters.drafts and docx_numbering: files as word processors write them."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from commentbox.adapters.drafts import DraftUnreadable, read_blocks
from commentbox.core.drafts import read_draft

LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "（%3）"))


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
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


def test_headings_have_levels(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("任务", level=2)
    document.add_paragraph("文字")
    assert document.element.body.find(qn("w:p")) is not None
    document.save(str(tmp_path / "draft.docx"))
    assert [b.level for b in read_blocks(tmp_path / "draft.docx")] == [2, None]
