"""A short campaign in every test run; `make fuzz` runs the long one."""

from __future__ import annotations

import random

import pytest
from flask import Flask

from commentbox.jobs.runtime import make_runtime
from commentbox.models import Consultation
from tests.fuzz.__main__ import CORPUS
from tests.fuzz.campaign import run
from tests.fuzz.mutations import MUTATIONS, mutated

RAW = [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]


@pytest.mark.timeout(300)
def test_intake_07_damaged_mails_are_stored_and_settled(app: Flask, consultation: Consultation) -> None:
    result = run(make_runtime(app), RAW, number=150, seed=20260603, progress=lambda done: None)
    assert result.faults == []
    assert result.outcomes.total() > 140
    assert result.outcomes["submission"] > 100


def test_a_seed_always_makes_the_same_mails() -> None:
    first, second = random.Random(7), random.Random(7)
    assert [mutated(first, RAW) for _ in range(50)] == [mutated(second, RAW) for _ in range(50)]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_each_mutation_damages_and_takes_any_bytes(mutation: object) -> None:
    assert callable(mutation)
    rng = random.Random(1)
    assert any(mutation(rng, raw, RAW) != raw for raw in RAW)
    assert isinstance(mutation(rng, b"", [b""]), bytes)
