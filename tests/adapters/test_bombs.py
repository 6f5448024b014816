"""Small files that unpack to gigabytes: each is ended in time, this process stays small, the next is read."""

from __future__ import annotations

import io
import resource
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commentbox.adapters.child import ReaderChild

GIGABYTE = 1 << 30
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BODY = f"<w:document {WORD}><w:body><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body></w:document>"
LETTER = b"From: a@example.org\n\nsee file"
MOST_GROWN = 100_000_000
"""Bytes by which this process may grow, at its most; a bomb itself has some 10 MB."""


@pytest.fixture(scope="module")
def child() -> Iterator[ReaderChild]:
    with ReaderChild() as reader:
        reader.read(LETTER)
        yield reader


def blanks(size: int) -> bytes:
    """Return a deflated stream of so many blanks, made of one block again and again."""
    step = 1 << 24
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * step) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (size // step) + packer.flush()


def archive(members: dict[str, tuple[bytes, int]]) -> bytes:
    """Return a zip of deflated streams, each with the size that it is to declare."""
    out, central = b"", b""
    for name, (packed, size) in members.items():
        fields = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 0, 0, len(packed), size, len(name), 0)
        central += (
            b"PK\x01\x02\x14\x00" + fields + struct.pack("<HHHLL", 0, 0, 0, 0, len(out)) + name.encode()
        )
        out += b"PK\x03\x04" + fields + name.encode() + packed
    end = struct.pack("<HHHHLLH", 0, 0, len(members), len(members), len(central), len(out), 0)
    return out + central + b"PK\x05\x06" + end


def deflated(text: str) -> tuple[bytes, int]:
    return zlib.compress(text.encode(), 9)[2:-4], len(text.encode())


def zipped(**files: bytes | str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


def sheet(rows: bytes, size: int) -> bytes:
    """Return an .xlsx whose only sheet is this stream."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = (
        f'<workbook xmlns="{main}" xmlns:r="{relation}">'
        '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    tied = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    )
    return archive(
        {
            "xl/workbook.xml": deflated(book),
            "xl/_rels/workbook.xml.rels": deflated(tied),
            "xl/worksheets/sheet1.xml": (rows, size),
        }
    )


def pdf(stream: bytes, filters: str) -> bytes:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R>>",
        b"<</Length %d/Filter%s>>stream\n%s\nendstream" % (len(stream), filters.encode(), stream),
    ]
    body = b"".join(b"%d 0 obj%sendobj\n" % (n, one) for n, one in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Size 5/Root 1 0 R>>\n%%EOF"


def entities(first: str, *more: str) -> str:
    """Return a document with entities that name each other."""
    defined = "".join(f'<!ENTITY e{n} "{text}">' for n, text in enumerate([first, *more]))
    return f"<!DOCTYPE d [{defined}]>" + BODY % f"&e{len(more)};"


def nested() -> bytes:
    inner = zipped(**{f"{n}_dot_zip": archive({"0": (blanks(GIGABYTE), 0)}) for n in range(4)})
    return zipped(**{f"{n}_dot_zip": inner for n in range(4)})


def doubly_packed() -> bytes:
    return pdf(zlib.compress(zlib.compress(b" " * 400_000_000, 1), 9), "[/FlateDecode/FlateDecode]")


DEEP = BODY.replace("<w:p>", "<w:tbl><w:tr><w:tc>" * 50_000 + "<w:p>") % ""
LAUGHS = ["lol", *(f"&e{n};" * 10 for n in range(12))]
BOMBS: dict[str, Callable[[], bytes]] = {
    "sheet.xlsx": lambda: sheet(blanks(10 * GIGABYTE), 3 * GIGABYTE),
    "lying.xlsx": lambda: sheet(blanks(10 * GIGABYTE), 5_000),
    "letter.docx": lambda: archive({"word/document.xml": (blanks(5 * GIGABYTE), 4 * GIGABYTE - 1)}),
    "lying.docx": lambda: archive({"word/document.xml": (blanks(5 * GIGABYTE), 5_000)}),
    "official.ofd": lambda: archive({"OFD.xml": (blanks(5 * GIGABYTE), 5_000)}),
    "lying.zip": lambda: archive({f"{n}.txt": (blanks(GIGABYTE), 5_000) for n in range(3)}),
    "nested.zip": nested,
    "many.zip": lambda: zipped(**{f"{n}_dot_txt": b"0" for n in range(3_000)}),
    "stream.pdf": doubly_packed,
    "laughs.docx": lambda: zipped(word__document_dot_xml=entities(*LAUGHS)),
    "blowup.docx": lambda: zipped(word__document_dot_xml=entities("a" * 100_000, "&e0;" * 50_000)),
    "deep.docx": lambda: zipped(word__document_dot_xml=DEEP),
}


@pytest.mark.parametrize("name", BOMBS)
def test_intake_08_a_bomb_is_ended_in_time(child: ReaderChild, name: str) -> None:
    content = BOMBS[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    began = time.monotonic()
    letter = child.read(mail_with(name, content))
    assert time.monotonic() - began < 25
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before < MOST_GROWN
    (found,) = letter.texts
    assert found.status in ("too_large", "failed", "unsupported")
    assert len(found.text) < 3_000_000
    assert child.read(LETTER).mail.text == "see file"


def test_intake_08_a_sheet_that_lies_about_its_size_is_not_handed_on(child: ReaderChild) -> None:
    rows = deflated("<worksheet><sheetData/></worksheet>" + " " * 200_000_000)[0]
    assert child.extract("a.xlsx", "", sheet(rows, 5_000)).status == "too_large"


def mail_with(name: str, content: bytes) -> bytes:
    head = "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsee file\n--x\n"
    head += "Content-Type: application/octet-stream\n"
    head += f"Content-Disposition: attachment; filename={name}\nContent-Transfer-Encoding: 8bit\n\n"
    return head.encode() + content + b"\n--x--\n"


def test_intake_08_a_picture_is_never_unpacked(child: ReaderChild) -> None:
    size = struct.pack(">LLBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">L", 13) + b"IHDR" + size + b"\0\0\0\0" + blanks(GIGABYTE)
    assert child.extract("a.png", "", png).status == "empty"


def test_intake_08_a_letter_of_60_mb_is_read_within_its_limits(child: ReaderChild) -> None:
    letter = mail_with("a.bin", b"x" * 60_000_000)
    found = child.read(letter)
    assert (found.mail.text, found.texts[0].status) == ("see file", "too_large")


def test_intake_08_files_that_each_take_long_end_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "soffice"
    script.write_text("#!/bin/sh\nsleep 60\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    parts = b"".join(
        b"--x\nContent-Type: application/rtf; name=%d.rtf\nContent-Disposition: attachment\n\n{\\rtf1 a}\n"
        % n
        for n in range(9)
    )
    letter = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsee file\n" + parts + b"--x--\n"
    began = time.monotonic()
    with ReaderChild(seconds=2) as child:
        found = child.read(letter)
    assert time.monotonic() - began < 10
    assert [text.status for text in found.texts] == ["failed"] * 9
