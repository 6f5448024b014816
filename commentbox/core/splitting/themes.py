"""Where an unmarked paragraph wishes for one thing and then, in other words, for another.

Careful: a cut needs a wish on either side, no word that refers back, and not a pair of characters in common.
"""

from __future__ import annotations

import re

from commentbox.core.splitting.asides import sentences
from commentbox.core.text import even

LEAST = 14
"""Characters of a theme."""
ALIKE = 0.15
"""Share of words that two paragraphs about two things may have in common."""
LONGEST = 3000
"""Characters of a paragraph in which themes are looked for."""
_WISHES = re.compile(
    r"建议|希望|应[当该由]|(?<![申邀聘宴])请(?![来到过])|要求|最好|盼|恳|\b(?:should|please|suggest|propose|recommend)\b"
)
_ASKS = re.compile(r"[?]\s*$")
_GOES_ON = re.compile(
    r"建议|希望|应|请|要求|最好|能[不否]|可[否以]|是否|不[要能然]|别|盼|或者|如果|若|否则|这|那|它|其|此|该|因|所以|由于"
    r"|[比例]如|同[样时]|另一方面|也|并|而|但|当然|毕竟|哪怕|尤其|特别|像|原因|理由|再|就|都|还|只|一[方样]|具体|即|让|对此|为此|以免"
    r"|以便|避免|总之|文件"
    r"|(?:this|that|it|they|these|those|so|otherwise|if|because|for example|and|but|or|please|i|we)\b"
)
_PLAIN = re.compile(r"[\u4e00-\u9fff]+|[a-z]{4,}")
_EMPTY = re.compile(r"[的了是在和我们不有就这那也都要能请与及个一]")
_USUAL = frozenset(re.findall("..", "建议希望可以企业应当应该没有政策单位市里规定问题明确增加草案文件"))


def theme_cuts(paragraph: str) -> list[int]:
    """Return where another theme begins."""
    if len(paragraph) > LONGEST:
        return []
    plain = even(paragraph)
    wishes = _runs(plain)
    cuts = [end for _, end in wishes[:-1]]
    kept: list[int] = []
    begin = 0
    for cut, (_, end) in zip(cuts, wishes[1:], strict=True):
        above, below = plain[begin:cut], plain[cut:end]
        if _is_another(above, below):
            kept.append(cut)
            begin = cut
    return kept


def _runs(plain: str) -> list[tuple[int, int]]:
    """Return the spans of sentences down to one that wishes for something, each span with one wish."""
    runs: list[tuple[int, int]] = []
    begin = 0
    for start, end in sentences(plain):
        said = plain[start:end]
        if _WISHES.search(said) and not _ASKS.search(said):
            runs.append((begin, end))
            begin = end
    return runs


def _is_another(above: str, below: str) -> bool:
    if min(len(above), len(below)) < LEAST or _GOES_ON.match(below.lstrip()):
        return False
    return not _words(above) & _words(below)


def is_another(above: str, below: str) -> bool:
    """Tell whether two paragraphs both wish for something, in other words."""
    plain, other = even(above[-LONGEST:]), even(below[:LONGEST])
    if not (_WISHES.search(plain) and _WISHES.search(other)) or _GOES_ON.match(other.lstrip()):
        return False
    one, two = _words(plain), _words(other)
    return min(len(plain), len(other)) >= LEAST and len(one & two) <= ALIKE * min(len(one), len(two))


def _words(plain: str) -> set[str]:
    """Return pairs of characters that say something, and English words."""
    found: set[str] = set()
    for word in _PLAIN.findall(plain):
        found |= {word} if word.isascii() else {word[n : n + 2] for n in range(len(word) - 1)}
    return {one for one in found - _USUAL if not _EMPTY.search(one)}
