"""The tally of repeated runs: what came out, and how often."""

from __future__ import annotations

import pytest

from manychefs.interleavings.repeated import Tally, repeated, shown
from manychefs.sandbox.host import Outcome


def test_runs_are_made_one_by_one_and_only_as_many_as_are_asked_for():
    made: list[int] = []

    def run(seed: int) -> Outcome:
        made.append(seed)
        return Outcome("value", value=seed)

    runs = repeated(run, repeats=3, first_seed=7)
    assert not made
    assert next(runs).value == 7
    assert made == [7]
    assert [outcome.value for outcome in runs] == [8, 9]


def test_a_seed_is_never_zero_by_default():
    """Zero means: no pauses."""
    assert [outcome.value for outcome in repeated(lambda seed: Outcome("value", value=seed), 2)] == [1, 2]


def test_the_tally_counts_results_the_commonest_first():
    tally = Tally()
    for result in ["5", "6", "6", "6", "5", "4"]:
        tally.add(result)
    evidence = tally.evidence("6")
    assert (evidence.runs, evidence.counts, evidence.expected) == (6, [("6", 3), ("5", 2), ("4", 1)], "6")


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (Outcome("value", value=5), "<5>"),
        (Outcome("raised", error={"type": "KeyError"}), "KeyError"),
        (Outcome("deadline"), "did not end"),
        (Outcome("ended"), "ended"),
        (Outcome("limit"), "limit"),
    ],
)
def test_every_kind_of_outcome_has_a_word(outcome, text):
    assert shown(outcome, lambda value: f"<{value}>") == text
