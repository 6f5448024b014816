"""Lines that stand in a document's text and are not its own words: how to write them and how to find them.

A reviewer's remark; the name of a file within an archive; a page that only a person can read.
"""

from __future__ import annotations

import re

_LINE = re.compile(
    r"【批注(?:（(?P<author>[^）\n]{0,40})）)?(?:“(?P<about>[^”\n]{0,240})”)?：(?P<words>[^\n]*)】"
)


def remark_line(author: str, words: str, about: str) -> str:
    """Return a remark as one line: who made it, the words it is about, and what it says."""
    who = " ".join(author.translate(_PLAIN).split())[:40]
    anchor = " ".join(about.translate(_PLAIN).split())
    return (
        f"【批注{f'（{who}）' if who else ''}{f'“{anchor}”' if anchor else ''}：{' '.join(words.split())}】"
    )


_PLAIN = str.maketrans({"（": "(", "）": ")", "“": "‘", "”": "’"})


def find_remark(line: str) -> tuple[int, int, str] | None:
    """Return where the words of a remark lie in a line, and the words it is about; None for another line."""
    match = _LINE.fullmatch(line.strip())
    if match is None or not match["words"].strip():
        return None
    lead = len(line) - len(line.lstrip())
    return lead + match.start("words"), lead + match.end("words"), match["about"] or ""


_MARK = re.compile(r"\[(\d+/\d+ 需人工阅读|[^\[\]\n]{1,255}\.[A-Za-z0-9]{1,5}( 需人工阅读)?)\]")


def file_line(name: str, read: bool) -> str:
    """Return the line above the text of a file within a file."""
    plain = " ".join(name.replace("[", "(").replace("]", ")").split())
    return f"[{plain}]" if read else f"[{plain} 需人工阅读]"


def page_line(number: int, total: int) -> str:
    """Return the line that stands for a page whose text could not be read."""
    return f"[{number}/{total} 需人工阅读]"


def is_mark(line: str) -> bool:
    """Tell whether a line only names a file, or a page that was not read."""
    return len(line) < 300 and bool(_MARK.fullmatch(line.strip()))
