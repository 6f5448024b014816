"""Sparse rows of counted and of weighted words; knows no measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from commentbox.core.classifier.features import features

Array = np.ndarray[Any, Any]


class Row(NamedTuple):
    """Hold what one row of a matrix holds; bare arrays are many times as fast as a matrix of one row."""

    columns: Array
    values: Array


def row_of(matrix: sparse.csr_matrix, place: int) -> Row:
    """Return one row of a matrix."""
    inside = slice(matrix.indptr[place], matrix.indptr[place + 1])
    return Row(matrix.indices[inside], matrix.data[inside])


def shared(one: Row, other: Row) -> tuple[list[int], list[float]]:
    """Return the columns that both rows hold, and the products there; columns are in order in both."""
    if not len(other.columns):
        return [], []
    found = np.minimum(np.searchsorted(other.columns, one.columns), len(other.columns) - 1)
    hit = other.columns[found] == one.columns
    return one.columns[hit].tolist(), (one.values[hit] * other.values[found[hit]]).tolist()


def count(texts: Sequence[str], vocabulary: Sequence[str]) -> sparse.csr_matrix:
    """Return how often each text holds each word of the vocabulary, dampened: 1 + log."""
    if not vocabulary or not texts:
        return sparse.csr_matrix((len(texts), len(vocabulary)))
    vectorizer = TfidfVectorizer(
        analyzer=features, vocabulary=vocabulary, sublinear_tf=True, use_idf=False, norm=None
    )
    return vectorizer.fit_transform(texts).tocsr()


def weighted(rows: sparse.csr_matrix, weights: Array) -> sparse.csr_matrix:
    """Return the rows times the weights, each of length 1, its columns in order."""
    return normalized(rows @ sparse.diags(weights)) if rows.shape[1] else rows


def normalized(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the rows, each of length 1, its columns in order."""
    return normalize(rows).tocsr().sorted_indices()


def widened(rows: sparse.csr_matrix, width: int) -> sparse.csr_matrix:
    """Return the same rows with empty columns to the right."""
    return sparse.csr_matrix((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], width))
