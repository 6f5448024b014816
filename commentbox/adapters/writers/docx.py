"""The comment sheet as a Word document: A4 landscape, one table, its header row on every page.

python-docx makes the shell (page, styles, title, footer); the rows are written as XML straight into
its place in the file, because a cell at a time through python-docx takes thirty times as long.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips

from commentbox.adapters.writers.layout import clean_head, head_line, paper_text, row_lines
from commentbox.adapters.writers.target import Target, opened
from commentbox.core.sheets import Column
from commentbox.core.types import SheetHead, SheetRow

_MAIN = "word/document.xml"
_PLACE = "@@rows@@"
_PROPERTY_LIMIT = 255
_TABLE_TWIPS = 15_308  # 270 mm: A4 landscape less margins of 13.5 mm
_PADDING = 1.0
_KEPT_WHOLE = 15
"""A row of at most so many lines is not split over two pages; a taller one would leave white space."""
_CENTRED = frozenset({"number", "disposition"})


def write_docx(target: Target, head: SheetHead, columns: Sequence[Column], rows: Iterable[SheetRow]) -> int:
    """Write a document with one table; return the number of rows."""
    count = 0
    with (
        zipfile.ZipFile(_shell(clean_head(head))) as shell,
        opened(target) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for entry in shell.infolist():
            if entry.filename != _MAIN:
                out.writestr(entry.filename, shell.read(entry))
        before, after = _around_place(shell.read(_MAIN).decode())
        with out.open(_MAIN, "w", force_zip64=True) as main:
            main.write((before + _table_start(columns)).encode())
            for row in rows:
                count += 1
                main.write(_row(row, columns).encode())
            main.write(("</w:tbl>" + after).encode())
    return count


# --- the shell -------------------------------------------------------------------------------------


def _shell(head: SheetHead) -> io.BytesIO:
    document = Document()
    document.core_properties.title = head.title[:_PROPERTY_LIMIT]
    document.core_properties.author = head.unit[:_PROPERTY_LIMIT]
    document.core_properties.comments = ""
    for day in ("dcterms:created", "dcterms:modified"):  # those of python-docx's own template
        document.core_properties._element.remove(document.core_properties._element.find(qn(day)))
    _set_page(document)
    _add_styles(document)
    for text, style in ((head.title, "Sheet Title"), ("\t".join(head_line(head)), "Sheet Head")):
        for run in document.add_paragraph(text, style).runs:
            run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
    document.add_paragraph(_PLACE, "Sheet Text")
    # Word wants a paragraph after the last table; this one takes no room that would start a page.
    document.add_paragraph("", "Sheet End")
    file = io.BytesIO()
    document.save(file)
    return file


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(13.5)
    section.top_margin, section.bottom_margin = Mm(20), Mm(18)
    section.header_distance, section.footer_distance = Mm(10), Mm(9)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, code in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES"), (" 页", "")):
        footer.add_run(text)
        if code:
            footer._p.append(_field(code))


def _field(code: str) -> Any:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    return field


def _add_styles(document: Any) -> None:
    _set_font(document.styles["Normal"], "仿宋", 9)
    _set_font(document.styles["Footer"], "宋体", 9)
    title = _style(document, "Sheet Title", "方正小标宋简体", 18)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(8)
    line = _style(document, "Sheet Head", "仿宋", 10.5)
    line.paragraph_format.space_after = Pt(4)
    line.paragraph_format.tab_stops.add_tab_stop(Twips(_TABLE_TWIPS // 2), WD_TAB_ALIGNMENT.CENTER)
    line.paragraph_format.tab_stops.add_tab_stop(Twips(_TABLE_TWIPS), WD_TAB_ALIGNMENT.RIGHT)
    _style(document, "Sheet Text", "仿宋", 9)
    _style(document, "Sheet Middle", "仿宋", 9).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _style(document, "Sheet Header", "黑体", 9).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _style(document, "Sheet End", "仿宋", 1)


def _style(document: Any, name: str, font: str, points: float) -> Any:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.0
    _set_font(style, font, points)
    return style


def _set_font(style: Any, chinese: str, points: float) -> None:
    style.font.name, style.font.size = "Times New Roman", Pt(points)
    properties = style.element.get_or_add_rPr()
    properties.rFonts.set(qn("w:eastAsia"), chinese)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)


def _around_place(xml: str) -> tuple[str, str]:
    """Return the XML before and after the paragraph that holds the table's place."""
    place = xml.rindex(_PLACE)
    start = max(xml.rfind("<w:p>", 0, place), xml.rfind("<w:p ", 0, place))
    return xml[:start], xml[xml.index("</w:p>", place) + len("</w:p>") :]


# --- the table -------------------------------------------------------------------------------------

_EDGES = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_TABLE = (
    f'<w:tbl><w:tblPr><w:tblW w:w="{_TABLE_TWIPS}" w:type="dxa"/><w:jc w:val="center"/>'
    f'<w:tblBorders>{_EDGES}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
    '<w:top w:w="30" w:type="dxa"/><w:left w:w="40" w:type="dxa"/>'
    '<w:bottom w:w="30" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar></w:tblPr>'
)
_SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="E7E6E6"/><w:vAlign w:val="center"/>'


def _widths(columns: Sequence[Column]) -> list[int]:
    total = sum(column.width for column in columns)
    return [_TABLE_TWIPS * column.width // total for column in columns]


def _table_start(columns: Sequence[Column]) -> str:
    widths = _widths(columns)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    cells = "".join(
        _cell(column.heading, width, "SheetHeader", _SHADE)
        for column, width in zip(columns, widths, strict=True)
    )
    header = f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"
    return f"{_TABLE}<w:tblGrid>{grid}</w:tblGrid>{header}"


def _row(row: SheetRow, columns: Sequence[Column]) -> str:
    texts = [paper_text(row, column) for column in columns]
    whole = row_lines(texts, [column.width - _PADDING for column in columns]) <= _KEPT_WHOLE
    properties = "<w:trPr><w:cantSplit/></w:trPr>" if whole else ""
    return f"<w:tr>{properties}{''.join(_cells(texts, columns))}</w:tr>"


def _cells(texts: Sequence[str], columns: Sequence[Column]) -> Iterator[str]:
    for text, column, width in zip(texts, columns, _widths(columns), strict=True):
        yield _cell(text, width, "SheetMiddle" if column.key in _CENTRED else "SheetText")


def _cell(text: str, width: int, style: str, properties: str = "") -> str:
    content = escape(text).replace("\n", _BREAK).replace("\t", _TAB)
    hint = _HINT if _CHINESE.search(text) else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr><w:p><w:pPr>'
        f'<w:pStyle w:val="{style}"/></w:pPr><w:r>{hint}<w:t xml:space="preserve">{content}</w:t></w:r>'
        "</w:p></w:tc>"
    )


_CHINESE = re.compile("[\u4e00-\u9fff]")
# Without it Word sets “ ” … — in the Latin font, half as wide as the Chinese text around them.
_HINT = '<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB = '</w:t><w:tab/><w:t xml:space="preserve">'
