"""The labels that Word counts by itself (w:numPr), as a reader sees them: 第三章, （二）, 4."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

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
_LEGAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_WHOLE = re.compile(r"-?[0-9]{1,6}")
_DEEPEST_STYLE = 12
"""Styles at most that one is based on; Word allows no more."""
_FORMS: dict[str, Callable[[int], str]] = {
    "decimalEnclosedCircle": lambda n: chr(0x2460 + n - 1) if 1 <= n <= 20 else str(n),
    "decimalEnclosedCircleChinese": lambda n: chr(0x2460 + n - 1) if 1 <= n <= 20 else str(n),
    "upperLetter": lambda n: chr(ord("A") + (n - 1) % 26),
    "lowerLetter": lambda n: chr(ord("a") + (n - 1) % 26),
    "chineseLegalSimplified": lambda n: chinese(n).translate(_LEGAL) if 0 < n < 10_000 else str(n),
    "decimalFullWidth": lambda n: str(n).translate(_WIDE),
    "none": lambda n: "",
    "bullet": lambda n: "",
}


def style_elements(root: Any) -> dict[str, Any]:
    """Return the elements of a document's styles by their ids; root is that of styles.xml or None."""
    return {} if root is None else {style.get(qn("w:styleId")): style for style in root.iter(qn("w:style"))}


def based_on(styles: dict[str, Any], name: str | None) -> Iterator[Any]:
    """Yield a style and those that it is based on, the nearest first."""
    for _ in range(_DEEPEST_STYLE):
        element = styles.get(name or "")
        if element is None:
            return
        yield element
        parent = element.find(qn("w:basedOn"))
        name = parent.get(qn("w:val")) if parent is not None else None


def whole(element: Any, default: int) -> int:
    """Return the whole number that an element holds, the default where it holds none."""
    value = element.get(qn("w:val")) if element is not None else None
    return int(value) if value is not None and _WHOLE.fullmatch(value) else default


class Numbering:
    """Count a document's automatic labels, paragraph by paragraph in order."""

    def __init__(self, styles: dict[str, Any], numbering: Any) -> None:
        """Take the styles by their ids and the root of numbering.xml, None for a document without one."""
        self._styles = styles
        self._levels: dict[str, dict[int, Any]] = {}
        self._abstract: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if numbering is not None:
            self._read(numbering)

    def _read(self, root: Any) -> None:
        abstracts = {a.get(qn("w:abstractNumId")): a for a in root.findall(qn("w:abstractNum"))}
        linked = {num.get(qn("w:numId")): _abstract(num) for num in root.findall(qn("w:num"))}
        for num in root.findall(qn("w:num")):
            number = num.get(qn("w:numId"))
            abstract = self._resolved(abstracts, linked, linked[number])
            if abstract in abstracts:
                self._levels[number] = _by_depth(abstracts[abstract])
                self._abstract[number] = abstract
                self._override(number, num)

    def _resolved(self, abstracts: dict[str, Any], linked: dict[str, str], abstract: str) -> str:
        """Return the list behind one that only names a list style."""
        link = abstracts[abstract].find(qn("w:numStyleLink")) if abstract in abstracts else None
        style = self._styles.get(link.get(qn("w:val"))) if link is not None else None
        place = _num_pr(style.find(qn("w:pPr"))) if style is not None else None
        return linked.get(place[0], abstract) if place else abstract

    def _override(self, number: str, num: Any) -> None:
        """Take over the levels and the starts that a list sets for itself."""
        for override in num.findall(qn("w:lvlOverride")):
            depth = int(override.get(qn("w:ilvl")) or 0)
            if (level := override.find(qn("w:lvl"))) is not None:
                self._levels[number][depth] = level
            if (start := override.find(qn("w:startOverride"))) is not None:
                self._restarts.setdefault(number, {})[depth] = whole(start, 1)

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
        if (start := self._restarts.get(number, {}).pop(depth, None)) is not None:
            counts[depth] = start - 1
        counts[depth] = counts.get(depth, _start(levels[depth]) - 1) + 1
        for deeper in [key for key in counts if key > depth]:
            del counts[deeper]
        return self._text(levels, depth, counts)

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """Return the list and the depth of a paragraph, its own or its style's."""
        found = _num_pr(paragraph.find(qn("w:pPr")))
        style = paragraph.find(f"./{qn('w:pPr')}/{qn('w:pStyle')}")
        if found is None and style is not None:
            chain = based_on(self._styles, style.get(qn("w:val")))
            found = next((place for s in chain if (place := _num_pr(s.find(qn("w:pPr"))))), None)
        return None if found is None or found[0] == "0" else found

    def _text(self, levels: dict[int, Any], depth: int, counts: dict[int, int]) -> str:
        pattern = levels[depth].find(qn("w:lvlText"))
        template = pattern.get(qn("w:val")) or "" if pattern is not None else ""

        legal = levels[depth].find(qn("w:isLgl")) is not None

        def number(match: re.Match[str]) -> str:
            level = int(match[1]) - 1
            if level not in levels:
                return ""
            count = counts.get(level, _start(levels[level]))
            return str(count) if legal else _written(levels[level], count)

        return re.sub(r"%([1-9])", number, template) if _form(levels[depth]) != "bullet" else ""


def _abstract(num: Any) -> str:
    found = num.find(qn("w:abstractNumId"))
    return (found.get(qn("w:val")) or "") if found is not None else ""


def _by_depth(abstract: Any) -> dict[int, Any]:
    return {int(level.get(qn("w:ilvl")) or 0): level for level in abstract.findall(qn("w:lvl"))}


def _num_pr(properties: Any) -> tuple[str, int] | None:
    found = properties.find(qn("w:numPr")) if properties is not None else None
    number = found.find(qn("w:numId")) if found is not None else None
    if number is None:
        return None
    return number.get(qn("w:val")) or "0", whole(found.find(qn("w:ilvl")), 0)


def _start(level: Any) -> int:
    return whole(level.find(qn("w:start")), 1)


def _form(level: Any) -> str:
    form = level.find(qn("w:numFmt"))
    return str(form.get(qn("w:val"))) if form is not None else "decimal"


def _written(level: Any, number: int) -> str:
    form = _form(level)
    if form in _CHINESE:
        return chinese(number) if 0 < number < 10_000 else str(number)
    return _FORMS[form](number) if form in _FORMS else str(number)
