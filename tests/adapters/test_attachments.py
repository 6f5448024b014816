"""The text of every kind of file that offices send, and the honest word about what nobody could read."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import date
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import docx
import pypdfium2
import pytest
import xlsxwriter
from docx.document import Document

from commentbox.adapters.extraction import extract
from commentbox.core.splitting import split
from tests.adapters.test_extraction import MC, W, document, paragraph, pdf, zipped

needs_soffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="soffice is not installed")
ROWS = [("第三条", "改为三十日 并写明起算日"), ("第三条", "删去第二款")]


def saved(letter: Document) -> bytes:
    target = io.BytesIO()
    letter.save(target)
    return target.getvalue()


@cache
def returned_docx() -> bytes:
    """Return a form as an office fills it in: a numbered list, merged cells, a line over all columns."""
    letter = docx.Document()
    letter.add_paragraph("意见反馈表")
    letter.add_paragraph("总则应当写明适用范围。", style="List Number")
    letter.add_paragraph("附则应当写明施行日期。", style="List Number")
    table = letter.add_table(4, 4)
    for cell, text in zip(table.rows[0].cells, ["序号", "条款", "修改意见", "理由"], strict=True):
        cell.text = text
    table.cell(1, 1).merge(table.cell(2, 1)).text = "第三条"
    for place, text in {
        (1, 0): "1",
        (2, 0): "2",
        (1, 2): "改为三十日\n并写明起算日",
        (2, 2): "删去第二款",
    }.items():
        table.cell(*place).text = text
    table.cell(3, 0).merge(table.cell(3, 3)).text = "填报单位：某某局"
    remarked = letter.add_paragraph("期限为十日。")
    letter.add_comment(remarked.runs, text="应为三十日", author="张三")
    return saved(letter)


@cache
def returned_xlsx() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("说明")
        sheet.write(0, 0, "请各单位填写第二张表")
        sheet = book.add_worksheet("反馈")
        sheet.merge_range(0, 0, 0, 3, "意见反馈表")
        sheet.write_row(1, 0, ["序号", "条款", "修改意见", "日期"])
        sheet.merge_range(2, 1, 3, 1, "第三条")
        sheet.write_row(2, 2, ["改为三十日\n并写明起算日"])
        sheet.write_datetime(2, 3, date(2026, 5, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write(3, 2, "删去第二款")
        sheet.write_formula(3, 3, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 0, "=0+1", None, 1)
        sheet.write_formula(3, 0, "=1+1", None, 2)
    return target.getvalue()


@cache
def converted(content: bytes, extension: str, form: str) -> bytes:
    """Return a file in another format, as LibreOffice writes it."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / f"a.{extension}"
        source.write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            form,
            "--outdir",
            f"{folder}/out",
            source,
        ]
        subprocess.run(command, check=True, capture_output=True)
        return next(Path(folder, "out").iterdir()).read_bytes()


def rows_in(text: str) -> list[tuple[str, str]]:
    return [(p.reference, p.proposal) for p in split(text) if p.proposal]


def test_intake_23_docx_as_it_shows() -> None:
    found = extract("反馈表.docx", "", returned_docx())
    assert found.status == "ok"
    assert found.text.split("\n") == [
        "意见反馈表",
        "1.总则应当写明适用范围。",
        "2.附则应当写明施行日期。",
        "序号 | 条款 | 修改意见 | 理由",
        "1 | 第三条 | 改为三十日 并写明起算日 | ",
        "2 | 第三条 | 删去第二款 | ",
        "填报单位：某某局",
        "期限为十日。",
        "【批注（张三）“期限为十日。”：应为三十日】",
    ]


def test_intake_25_rows_of_a_docx_and_a_remark() -> None:
    text = extract("反馈表.docx", "", returned_docx()).text
    assert rows_in(text) == ROWS
    assert split(text)[-1].excerpt == "应为三十日"


@needs_soffice
@pytest.mark.parametrize(
    ("name", "form"),
    [("a.doc", "doc:MS Word 97"), ("a.wps", "doc:MS Word 97"), ("a.rtf", "rtf"), ("a.odt", "odt")],
)
def test_intake_23_and_25_other_word_files_read_as_the_docx_does(name: str, form: str) -> None:
    found = extract(name, "", converted(returned_docx(), "docx", form))
    assert (found.status, rows_in(found.text)) == ("ok", ROWS)
    assert "1.总则应当写明适用范围。" in found.text
    assert "应为三十日" in found.text


def test_intake_23_and_25_sheets_with_merged_cells_and_dates() -> None:
    found = extract("反馈表.xlsx", "", returned_xlsx())
    assert found.text.split("\n") == [
        "请各单位填写第二张表",
        "意见反馈表",
        "序号 | 条款 | 修改意见 | 日期",
        "1 | 第三条 | 改为三十日 并写明起算日 | 2026-05-01",
        "2 | 第三条 | 删去第二款 |",
    ]
    assert rows_in(found.text) == ROWS


@needs_soffice
@pytest.mark.parametrize("name", ["a.xls", "a.et"])
def test_intake_23_and_25_old_sheets_read_as_the_xlsx_does(name: str) -> None:
    found = extract(name, "", converted(returned_xlsx(), "xlsx", "xls"))
    assert (found.status, found.text) == ("ok", extract("a.xlsx", "", returned_xlsx()).text)


@needs_soffice
def test_intake_23_a_pdf_with_a_password() -> None:
    form = (
        'pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},'
        '"DocumentOpenPassword":{"type":"string","value":"x"}}'
    )
    assert extract("a.pdf", "", converted(returned_docx(), "docx", form)).status == "encrypted"


def test_intake_23_old_word_and_opendocument_with_a_password() -> None:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    for flags, status in ((0x0100, "encrypted"), (0, "failed")):
        stream = b"\xec\xa5" + bytes(8) + flags.to_bytes(2, "little")
        ole = head + stream.ljust(512, b"\0") + "WordDocument".encode("utf-16-le")
        if status == "encrypted" or shutil.which("soffice"):
            assert extract("a.doc", "", ole).status == status
    locked = {"META-INF__manifest_dot_xml": "<manifest:encryption-data/>", "content_dot_xml": b"\x00"}
    assert extract("a.odt", "", zipped(mimetype="opendocument.text", **locked)).status == "encrypted"


def test_intake_23_docx_with_moves_boxes_and_deleted_rows() -> None:
    box = f"<w:txbxContent>{paragraph('框内')}</w:txbxContent>"
    body = (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent><w:t>框外</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>上半</w:t></w:r></w:p>"
        f"{paragraph('下半')}"
        f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraph('删去的行')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{paragraph('甲|乙')}</w:tc><w:tc>{paragraph('丙')}</w:tc></w:tr></w:tbl>"
    )
    head = f"<w:hdr {W} {MC}>{paragraph('页眉')}</w:hdr>"
    found = extract("a.docx", "", document(body, word__header1_dot_xml=head))
    assert found.text.split("\n") == ["框外", "框内", "上半下半", "甲｜乙 | 丙"]


def test_intake_23_docx_of_the_strict_kind() -> None:
    body = f"<w:document {W}><w:body>{paragraph('严格格式')}</w:body></w:document>".replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert extract("a.docx", "", zipped(word__document_dot_xml=body)).text == "严格格式"


def pages(*singles: bytes) -> bytes:
    """Return one PDF of the pages of several."""
    whole, target = pypdfium2.PdfDocument.new(), io.BytesIO()
    for single in singles:
        whole.import_pages(pypdfium2.PdfDocument(single))
    whole.save(target)
    return target.getvalue()


def scanned(text: str = "") -> bytes:
    """Return a page that a picture covers, with what the scanner wrote on it."""
    return pdf(text, "300 0 0 100 0 0")


def test_intake_23_a_scan_never_counts_as_read() -> None:
    assert extract("scan.pdf", "", scanned()).status == "empty"
    assert extract("scan.pdf", "", scanned("Scanned 2026-05-01 by CamScanner")).status == "empty"
    assert (
        extract("letter.pdf", "", scanned(") Tj 0 15 Td (".join(["please widen the bridge"] * 3))).status
        == "ok"
    )
    assert extract("letter.pdf", "", pdf("Please widen it")).status == "ok"


def test_intake_23_one_scanned_page_is_named_and_a_person_reads_it() -> None:
    found = extract("a.pdf", "", pages(pdf("Please widen the bridge"), scanned(), pdf("and the road, too")))
    assert found.status == "empty"
    assert found.text.split("\n") == ["Please widen the bridge", "[2/3 需人工阅读]", "and the road, too"]


def ofd(*contents: str) -> bytes:
    """Return an OFD of these pages."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    listed = "".join(
        f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(contents))
    )
    return zipped(
        OFD_dot_xml=f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>/Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        Doc_0__Document_dot_xml=f"<ofd:Document {space}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        **{
            f"Doc_0__Pages__Page_{n}__Content_dot_xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer>{content}"
            "</ofd:Layer></ofd:Content></ofd:Page>"
            for n, content in enumerate(contents)
        },
    )


def run_of(text: str, top: int) -> str:
    code = f'<ofd:TextCode X="0" Y="4">{text}</ofd:TextCode>'
    return f'<ofd:TextObject Boundary="20 {top} 100 5">{code}</ofd:TextObject>'


def test_intake_23_ofd() -> None:
    picture = '<ofd:ImageObject Boundary="0 0 210 297" ResourceID="1"/>'
    text = run_of("关于第三条", 20) + run_of("的意见", 20) + run_of("改为三十日", 30)
    found = extract("函.ofd", "", ofd(text))
    assert (found.status, found.text) == ("ok", "关于第三条的意见\n改为三十日")
    found = extract("函.ofd", "", ofd(text, picture))
    assert (found.status, found.text) == ("empty", "关于第三条的意见\n改为三十日\n[2/2 需人工阅读]")
    assert extract("函.ofd", "", zipped(OFD_dot_xml="<broken")).status == "failed"


def test_intake_23_a_mail_with_its_own_files() -> None:
    mail = EmailMessage()
    mail["Subject"] = "意见"
    mail.set_content("见附件")
    mail.add_attachment("改为三十日", filename="意见.txt")
    mail.add_attachment(b"Rar!", maintype="application", subtype="x-rar", filename="图.rar")
    found = extract("转来.eml", "", mail.as_bytes())
    assert found.status == "unsupported"
    assert found.text == "见附件\n\n[意见.txt]\n改为三十日\n\n[图.rar 需人工阅读]"


def test_intake_23_a_zip_of_files_gives_their_comments_but_not_their_names() -> None:
    table = "条款,修改意见\n第三条,改为三十日\n".encode("gbk")
    found = extract("意见.zip", "", zipped(a_dot_csv=table, b_dot_txt="路灯应当晚点再关。"))
    assert (found.status, [p.excerpt for p in split(found.text)]) == (
        "ok",
        ["改为三十日", "路灯应当晚点再关。"],
    )


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.rar", b"Rar!\x1a\x07\x00", "unsupported"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "unsupported"),
        ("a.exe", b"MZ\x90\x00", "unsupported"),
        ("a.epub", zipped(mimetype="application/epub+zip", a_dot_xml="<a/>"), "unsupported"),
        ("a.pptx", zipped(ppt__presentation_dot_xml="<p/>"), "empty"),
        ("a.zip", zipped(), "empty"),
        ("a.xlsx", zipped(xl__workbook_dot_xml="<broken"), "failed"),
        ("a.pdf", b"%PDF-1.7\n" + b"\0" * 5000, "failed"),
    ],
)
def test_intake_23_what_cannot_be_read_has_its_word(name: str, content: bytes, status: str) -> None:
    assert extract(name, "", content).status == status


def test_slides() -> None:
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    slide = f"<p {a}><a:p><a:r><a:t>拓宽</a:t></a:r><a:r><a:t>桥面</a:t></a:r></a:p></p>"
    content = zipped(ppt__presentation_dot_xml="<p/>", ppt__slides__slide1_dot_xml=slide)
    assert extract("a.pptx", "", content).text == "拓宽桥面"
