"""Workers killed and cut off at any moment: every letter is one submission.

`make crash-test` is the long form.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns.crash import play
from tests.campaigns.letters import made
from tests.campaigns.survival import Plan
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.dovecot, pytest.mark.timeout(300)]

SEED = 20260510


@pytest.mark.parametrize(
    ("workers", "kills"),
    [
        pytest.param(1, 2, id="sqlite"),
        pytest.param(2, 3, id="postgres", marks=pytest.mark.postgres),
    ],
)
def test_intake_01_killed_and_cut_off_every_letter_is_one_submission(
    dovecot: Dovecot, tmp_path: Path, request: pytest.FixtureRequest, workers: int, kills: int
) -> None:
    url = request.getfixturevalue("postgres_url") if workers > 1 else ""
    plan = Plan(made(48, SEED), kills, cuts=3, workers=workers, seed=SEED)
    told, books = play(tmp_path, url, dovecot, plan, print)

    assert not books.violations
    assert (books.submissions, told.kills, told.cuts) == (48, kills, 3)
