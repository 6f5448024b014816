"""The text of attachments, and the honest word where there is none."""

from __future__ import annotations

import io
import shutil
import zipfile

import docx
import pytest
import xlsxwriter

from commentbox.adapters.extraction import extract

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def zipped(**files: bytes | str) -> bytes:
    """Return an archive; `__` in a name stands for `/`, `_dot_` for a dot."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


def document(body: str, **parts: str) -> bytes:
    """Return a .docx of this body and these other parts."""
    return zipped(
        word__document_dot_xml=f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>", **parts
    )


def paragraph(text: str) -> str:
    """Return a paragraph of one run."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(text: str, picture: str = "50 0 0 50 0 0") -> bytes:
    """Return a PDF of one page, 300 by 100, with a picture, and with this text where there is one."""
    show = f"BT /F1 12 Tf 20 50 Td ({text}) Tj ET" if text else ""
    stream = f"q {picture} cm /I Do Q {show}"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>/XObject<</I 6 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>"
        "stream\nx\nendstream",
    ]
    content, offsets = "%PDF-1.4\n", []
    for number, text_of_object in enumerate(objects, 1):
        offsets.append(len(content))
        content += f"{number} 0 obj{text_of_object}endobj\n"
    rows = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    xref = f"xref\n0 7\n0000000000 65535 f \n{rows}trailer<</Size 7/Root 1 0 R>>\n"
    return f"{content}{xref}startxref\n{len(content)}\n%%EOF".encode()


def test_docx_with_insertions_but_not_deletions() -> None:
    body = (
        "<w:p><w:r><w:t>期限为</w:t></w:r><w:ins><w:r><w:t>三十日</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>十日</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>旧处</w:t></w:r></w:moveFrom></w:p>"
    )
    assert extract("意见.docx", "", document(body)).text == "期限为三十日"


def test_docx_tables_boxes_and_footnotes() -> None:
    box = paragraph("框内")
    body = (
        f"<w:tbl><w:tr><w:tc>{paragraph('第三条')}</w:tc><w:tc>{paragraph('删去')}{paragraph('后半句')}</w:tc></w:tr></w:tbl>"
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    notes = f"<w:footnotes {W}><w:footnote>{paragraph('脚注')}</w:footnote></w:footnotes>"
    found = extract("a.docx", "", document(body, word__footnotes_dot_xml=notes))
    assert found.text.split("\n") == ["第三条 | 删去 后半句", "框内", "", "脚注"]


def test_docx_as_word_writes_it() -> None:
    target = io.BytesIO()
    letter = docx.Document()
    letter.add_paragraph("关于第三条的建议")
    letter.save(target)
    assert extract("a.docx", "", target.getvalue()).text == "关于第三条的建议"


def test_xlsx_rows() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["条款", "意见", "序号"])
        sheet.write_row(2, 0, ["第三条", "删去\n后半句", 3])
    assert (
        extract("反馈表.xlsx", "", target.getvalue()).text == "条款 | 意见 | 序号\n第三条 | 删去 后半句 | 3"
    )


def test_pdf_with_text_and_a_scan() -> None:
    assert extract("a.pdf", "", pdf("Please widen the bridge")).text == "Please widen the bridge"
    assert extract("scan.pdf", "", pdf("")).status == "empty"
    assert extract("scan.pdf", "", pdf("Page 1")).status == "empty"


@pytest.mark.parametrize(
    ("name", "media_type", "content", "text"),
    [
        ("a.txt", "", "建议修改第三条".encode("gb18030"), "建议修改第三条"),
        ("a.csv", "", "条款,意见".encode(), "条款 | 意见"),
        ("a.html", "", "<meta charset=gbk><p>建议<b>三</b>".encode("gbk"), "建议三"),
        ("a.doc", "", b"<html><body><p>saved by a web site</p>", "saved by a web site"),
        ("a.xls", "", b"<html><table><tr><td>a<td>b<tr><td>c<td>d</table>", "a | b\nc | d"),
        ("noname", "text/plain", b"text", "text"),
        ("a.eml", "", b"Subject: x\n\nbody", "body"),
    ],
)
def test_texts(name: str, media_type: str, content: bytes, text: str) -> None:
    assert extract(name, media_type, content).text == text


def test_zip_one_level_with_the_worst_status() -> None:
    inner = zipped(b_dot_txt="deep")
    found = extract("a.zip", "", zipped(a_dot_txt="one", c_dot_zip=inner))
    assert (found.status, found.text) == ("unsupported", "[a.txt]\none\n\n[c.zip 需人工阅读]")
    assert extract("a.zip", "", zipped(a_dot_txt="one", d_dot_txt="two")).status == "ok"


def test_zip_names_in_gbk() -> None:
    packed = zipped(xxxx_dot_txt="one").replace(b"xxxx", "意见".encode("gbk"))
    assert extract("a.zip", "", packed).text == "[意见.txt]\none"


def test_zip_bombs_are_too_large() -> None:
    assert extract("a.zip", "", zipped(a_dot_txt=b"0" * 20_000_000)).status == "too_large"
    assert extract("a.docx", "", document(" " * 20_000_000)).status == "too_large"
    assert extract("a.bin", "", bytes(50_000_001)).status == "too_large"


def test_encrypted_files() -> None:
    locked = bytearray(zipped(a_dot_txt="one"))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert extract("a.zip", "", bytes(locked)).status == "encrypted"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert extract("a.docx", "", ole).status == "encrypted"


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.docx", b"PK\x03\x04 cut off", "failed"),
        ("a.docx", b"no zip at all", "failed"),
        ("a.pdf", b"%PDF-1.4 cut off", "failed"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off", "failed"),
        ("a.xlsx", b"", "failed"),
        ("a.jpg", b"\xff\xd8\xff", "empty"),
        ("a.rar", b"Rar!", "unsupported"),
        ("a.txt", b" \n", "empty"),
    ],
)
def test_what_cannot_be_read_says_so(name: str, content: bytes, status: str) -> None:
    assert extract(name, "", content).status == status


@pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("antiword")), reason="no converter installed"
)
def test_old_word_files_through_a_converter() -> None:
    rtf = rb"{\rtf1\ansi Please widen the bridge}"
    expected = ("ok", "Please widen the bridge") if shutil.which("soffice") else ("unsupported", "")
    found = extract("a.rtf", "", rtf)
    assert (found.status, found.text.strip()) == expected
