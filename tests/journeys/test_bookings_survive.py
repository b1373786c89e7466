"""Bookings while browser, worker and broker are killed and the site loses answers: none twice, elsewhere or forgotten."""

from __future__ import annotations

import pytest

from bench.booking_trial import run_trial


@pytest.mark.requirement("IZ-18", "IZ-18b")
@pytest.mark.timeout(900)
def test_bookings_agree_with_the_sites_ledger_whatever_is_killed() -> None:
    outcome = run_trial(18, seed=7, kill_after=(3.0, 8.0))
    assert outcome.bookings >= 18
    assert (outcome.wrong_slot, outcome.double, outcome.unknown, outcome.differing) == (0, 0, 0, [])
    assert outcome.states["proved"] >= outcome.bookings * 0.6
    assert sum(outcome.kills.values()) >= 6
