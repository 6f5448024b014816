"""The one normal form of text, for the classifier, duplicates and search; and its fingerprint.

Everything that reports spans works on the original text; `fold` keeps the length, `normalise` does not.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Any

import opencc

_CJK = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORDS = re.compile(rf"[{_CJK}]+|[^\W{_CJK}_]+")
_NOT_WORD = re.compile(r"[\W_]+")
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=1)
def _converter() -> Any:
    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Return a text with traditional characters turned into simplified ones."""
    if not any(ord(c) > 0x3400 for c in text):
        return text
    # The converter trips over half a surrogate pair, which broken mail can hold.
    return str(_converter().convert(text.encode("utf-8", "replace").decode("utf-8")))


def normalise(text: str) -> str:
    """Return the normal form: simplified, half-width, lower case, spaces folded into one."""
    plain = unicodedata.normalize("NFKC", simplified(text)).lower()
    return _SPACES.sub(" ", plain).strip()


def fold(text: str) -> str:
    """Return a text of the same length with full-width letters, digits and brackets made half-width."""
    return "".join(map(_fold_char, text))


def even(text: str) -> str:
    """Return the normal form that keeps each character's place: simplified, half-width, lower case."""
    plain = simplified(text)
    return fold(plain if len(plain) == len(text) else text)


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char)
    return plain.lower() if len(plain) == 1 and len(plain.lower()) == 1 else char


def bare(text: str) -> str:
    """Return the letters and figures of a text's normal form, whatever its spaces and punctuation."""
    return _NOT_WORD.sub("", normalise(text))


def fingerprint(text: str) -> str:
    """Return the hash of a text's letters and figures; "" for a text without any."""
    plain = bare(text)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest() if plain else ""


def bigrams(text: str) -> list[str]:
    """Return a normalised text's tokens: characters and pairs of Chinese, other words whole."""
    tokens: list[str] = []
    for word in _WORDS.findall(text):
        if re.match(rf"[{_CJK}]", word):
            tokens += [*word, *(word[n : n + 2] for n in range(len(word) - 1))]
        else:
            tokens.append(word)
    return tokens
