"""The labels that Word counts by itself (w:numPr), as a reader sees them: 第三章, （二）, 4."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

from commentbox.core.numerals import chinese

_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "ideographDigital",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
}
_FORMS: dict[str, Callable[[int], str]] = {
    "decimalEnclosedCircle": lambda n: chr(0x2460 + n - 1) if 1 <= n <= 20 else str(n),
    "decimalEnclosedCircleChinese": lambda n: chr(0x2460 + n - 1) if 1 <= n <= 20 else str(n),
    "upperLetter": lambda n: chr(ord("A") + (n - 1) % 26),
    "lowerLetter": lambda n: chr(ord("a") + (n - 1) % 26),
    "none": lambda n: "",
    "bullet": lambda n: "",
}


class Numbering:
    """Count a document's automatic labels, paragraph by paragraph in order."""

    def __init__(self, document: Document) -> None:
        self._styles = {style.style_id: style.element for style in document.styles}
        self._levels: dict[str, dict[int, Any]] = {}
        self._abstract: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._read(document)

    def _read(self, document: Document) -> None:
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstracts = {a.get(qn("w:abstractNumId")): a for a in root.findall(qn("w:abstractNum"))}
        for num in root.findall(qn("w:num")):
            number = num.get(qn("w:numId"))
            abstract = num.find(qn("w:abstractNumId")).get(qn("w:val"))
            if abstract in abstracts:
                levels = abstracts[abstract].findall(qn("w:lvl"))
                self._levels[number] = {int(level.get(qn("w:ilvl"))): level for level in levels}
                self._abstract[number] = abstract

    def label(self, paragraph: Any) -> str:
        """Return the label of a paragraph, "" where Word counts none; call it once for each, in order."""
        place = self._place(paragraph)
        if place is None or place[0] not in self._levels:
            return ""
        number, depth = place
        levels = self._levels[number]
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(self._abstract[number], {})
        counts[depth] = counts.get(depth, _start(levels[depth]) - 1) + 1
        for deeper in [key for key in counts if key > depth]:
            del counts[deeper]
        return self._text(levels, depth, counts)

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """Return the list and the depth of a paragraph, its own or its style's."""
        found = _num_pr(paragraph.find(qn("w:pPr")))
        style = paragraph.find(f"./{qn('w:pPr')}/{qn('w:pStyle')}")
        element = self._styles.get(style.get(qn("w:val"))) if style is not None else None
        if found is None and element is not None:
            found = _num_pr(element.find(qn("w:pPr")))
        return None if found is None or found[0] == "0" else found

    def _text(self, levels: dict[int, Any], depth: int, counts: dict[int, int]) -> str:
        pattern = levels[depth].find(qn("w:lvlText"))
        template = pattern.get(qn("w:val")) or "" if pattern is not None else ""

        def number(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            if level not in levels:
                return ""
            return _written(levels[level], counts.get(level, _start(levels[level])))

        return re.sub(r"%([1-9])", number, template) if _form(levels[depth]) != "bullet" else ""


def _num_pr(properties: Any) -> tuple[str, int] | None:
    found = properties.find(qn("w:numPr")) if properties is not None else None
    number = found.find(qn("w:numId")) if found is not None else None
    if number is None:
        return None
    depth = found.find(qn("w:ilvl"))
    return number.get(qn("w:val")), int(depth.get(qn("w:val"))) if depth is not None else 0


def _start(level: Any) -> int:
    start = level.find(qn("w:start"))
    return int(start.get(qn("w:val"))) if start is not None else 1


def _form(level: Any) -> str:
    form = level.find(qn("w:numFmt"))
    return str(form.get(qn("w:val"))) if form is not None else "decimal"


def _written(level: Any, number: int) -> str:
    form = _form(level)
    if form in _CHINESE:
        return chinese(number) if 0 < number < 10_000 else str(number)
    return _FORMS[form](number) if form in _FORMS else str(number)
