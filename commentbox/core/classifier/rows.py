"""Texts as sparse rows of counted and of weighted features; knows no measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import norm as norm_of
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from commentbox.core.classifier.bridge import NOWHERE, Bridge
from commentbox.core.classifier.features import features
from commentbox.core.classifier.lookup import Lookup
from commentbox.core.text import even

Array = np.ndarray[Any, Any]

SOON, LENGTH = 0.6, 0.75
"""BM25's k1, how soon it makes no difference how often a word stands, and b, what a text's length does."""
PIVOT = 0.1
"""How far a text's length is taken for the average one's: a long clause says more, not only the same."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Hold how often each text holds each feature, dampened: 1 + log; and where the features stand.

    What a text only means counts less than 1. ``places`` has a row (column, start, end) for each
    occurrence, those of text n from ``first[n]`` on.
    """

    rows: sparse.csr_matrix
    places: Array
    first: Array

    def occurrences(self, texts: Array) -> tuple[Array, Array]:
        """Return whose of some texts each of their occurrences is, and its row in ``places``."""
        begin, often = self.first[texts], self.first[texts + 1] - self.first[texts]
        owner = np.repeat(np.arange(len(texts)), often)
        before = np.cumsum(often) - often
        return owner, np.arange(len(owner)) - before[owner] + begin[owner]


class Reader:
    """Count the features of texts: those that stand there, and those that the bridge says are meant."""

    def __init__(self, columns: Mapping[str, int], bridge: Bridge = NOWHERE) -> None:
        self._lookup = Lookup(columns)
        self._width = len(columns)
        self._bridge = bridge

    def count(self, texts: Sequence[str]) -> Counted:
        """Return the counted rows of texts."""
        return self.count_even([even(text) for text in texts])

    def count_even(self, plains: Sequence[str]) -> Counted:
        """Return the counted rows of texts in their even form."""
        owner, places = self._lookup.find(plains)
        mentions = [
            (n, *mention) for n, plain in enumerate(plains) for mention in self._bridge.mentions(plain)
        ]
        return self._counted(len(plains), owner, places, np.array(mentions, dtype=np.int32).reshape(-1, 4))

    def _counted(self, texts: int, owner: Array, found: Array, mentions: Array) -> Counted:
        """Return the rows of what stands in the texts (``found``) and of what their words mean."""
        meant = self._bridge.meanings[mentions[:, 3]]
        each = np.diff(meant.indptr)
        owner = np.concatenate([owner, np.repeat(mentions[:, 0], each)])
        meant_places = np.column_stack([meant.indices, np.repeat(mentions[:, 1:3], each, axis=0)])
        values = np.concatenate([np.ones(len(found)), meant.data])
        places = np.concatenate([found, meant_places])
        order = np.argsort(owner.astype(np.int64) * self._width + places[:, 0], kind="stable")
        owner, places, values = owner[order], places[order], values[order]
        first = np.searchsorted(owner, np.arange(texts + 1))
        return Counted(_dampened(texts, self._width, owner, places[:, 0], values), places, first)


def _dampened(texts: int, width: int, owner: Array, columns: Array, values: Array) -> sparse.csr_matrix:
    """Return rows of sorted occurrences: 1 + log of how often, or the most that a meaning counts."""
    if not len(columns):
        return sparse.csr_matrix((texts, width))
    new = np.ones(len(columns), dtype=bool)
    new[1:] = (owner[1:] != owner[:-1]) | (columns[1:] != columns[:-1])
    starts = np.flatnonzero(new)
    often = np.add.reduceat((values >= 1.0).astype(float), starts)
    most = np.maximum.reduceat(values, starts)
    counted = np.where(often > 0, 1 + np.log(np.maximum(often, 1.0)), most)
    ends = np.concatenate(([0], np.cumsum(np.bincount(owner[starts], minlength=texts))))
    return sparse.csr_matrix((counted, columns[starts], ends), (texts, width))


def vocabulary_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the features of texts in order."""
    return tuple(sorted({found.feature for text in texts for found in features(even(text))}))


def often_in(rows: sparse.csr_matrix) -> Array:
    """Return in how many rows each feature stands, not only is meant."""
    return np.bincount(rows.indices[rows.data >= 1.0], minlength=rows.shape[1])


def values_at(matrix: sparse.csr_matrix, rows: Array, columns: Array) -> Array:
    """Return the values at many places of a matrix, 0 where it has none; its columns are in order."""
    if not matrix.nnz:
        return np.zeros(len(rows))
    width = np.int64(matrix.shape[1])
    known = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)) * width + matrix.indices
    wanted = rows * width + columns
    found = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[found] == wanted, matrix.data[found], 0.0)


def weighted(rows: sparse.csr_matrix, weights: Array, norm: str | None = "l2") -> sparse.csr_matrix:
    """Return the rows times the weights, each of length 1 where the norm is not None, columns in order."""
    if 0 in rows.shape:
        return rows
    tfidf = TfidfTransformer(norm=norm)
    tfidf.idf_ = weights
    return tfidf.transform(rows).tocsr().sorted_indices()


def pivoted(rows: sparse.csr_matrix, weights: Array) -> sparse.csr_matrix:
    """Return the rows times the weights, each of about length 1: a long text's a little longer.

    Source: Singhal, Buckley, Mitra, Pivoted document length normalization, SIGIR 1996.
    """
    products = weighted(rows, weights, norm=None)
    lengths = norm_of(products, axis=1)
    known = lengths > 0
    if not known.any():
        return products
    scale = np.where(known, (1 - PIVOT) * lengths + PIVOT * lengths[known].mean(), 1.0)
    return (sparse.diags(1 / scale) @ products).tocsr().sorted_indices()


def normalized(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the rows, each of length 1, its columns in order."""
    return normalize(rows).tocsr().sorted_indices()


def saturated(rows: sparse.csr_matrix, weights: Array, chosen: Array) -> sparse.csr_matrix:
    """Return the BM25 weights of the chosen columns, divided by the rows' average length.

    Source: Robertson, Zaragoza, The probabilistic relevance framework: BM25 and beyond, 2009.
    """
    often = rows.copy()
    often.data = np.exp(rows.data - 1) * chosen[rows.indices]
    often.eliminate_zeros()
    said = np.asarray(often.sum(axis=1)).ravel()
    if not said.any():
        return often
    longer = np.repeat(1 - LENGTH + LENGTH * said / said.mean(), np.diff(often.indptr))
    often.data = often.data * (SOON + 1) / (often.data + SOON * longer) * weights[often.indices]
    return (often / norm_of(often, axis=1).mean()).tocsr().sorted_indices()


def stressed(rows: sparse.csr_matrix, stress: Array) -> sparse.csr_matrix:
    """Return the rows, each column times the exponential of its stress."""
    return rows.multiply(np.exp(stress)).tocsr() if stress.any() else rows


def heaviest(rows: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """Return the rows with no more than their ``most`` greatest values, columns in order."""
    kept = rows.tocsr().copy()
    for start, end in zip(kept.indptr[:-1], kept.indptr[1:], strict=True):
        one = kept.data[start:end]
        if len(one) > most:
            one[one < np.partition(one, -most)[-most]] = 0.0
    kept.eliminate_zeros()
    return kept.sorted_indices()


def without(rows: sparse.csr_matrix, columns: Array) -> sparse.csr_matrix:
    """Return the rows with nothing in the columns of a mask."""
    kept = rows.copy()
    kept.data = np.where(columns[rows.indices], 0.0, rows.data)
    kept.eliminate_zeros()
    return kept


def moved(rows: sparse.csr_matrix, places: Array, width: int) -> sparse.csr_matrix:
    """Return the same rows in another vocabulary, in which column n lies at ``places[n]``."""
    return sparse.csr_matrix(
        (rows.data, places[rows.indices], rows.indptr), (rows.shape[0], width)
    ).sorted_indices()


def widened(rows: sparse.csr_matrix, width: int) -> sparse.csr_matrix:
    """Return the same rows with empty columns to the right."""
    return sparse.csr_matrix((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], width))
