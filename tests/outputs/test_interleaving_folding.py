"""Which steps of a long order are shown: the decisive ones, always, and what stands beside them."""

from __future__ import annotations

import pytest

from manychefs.outputs.interleavings.folding import MOST_DECISIVE, ROWS, Folded, Row, Shown, fold
from manychefs.report import Step


def steps(count: int, decisive: tuple[int, ...] = (), actors: int = 1) -> list[Step]:
    """Steps 0 to count - 1, which `actors` actors take in turn."""
    return [
        Step(actor=f"p{index % actors + 1}", action=f"reads {index}", decisive=index in decisive)
        for index in range(count)
    ]


def numbers(rows: list[Row]) -> list[int]:
    return [row.number for row in rows if isinstance(row, Shown)]


def test_what_fits_is_shown_whole() -> None:
    assert numbers(fold(steps(ROWS))) == list(range(1, ROWS + 1))
    assert fold([]) == []


@pytest.mark.parametrize("actors", [1, 2, 5])
@pytest.mark.parametrize("decisive", [(), (0,), (299,), (150,), (10, 150, 290), (20, 60, 100, 140, 180)])
def test_a_long_order_fits_a_screen_with_its_decisive_steps(decisive: tuple[int, ...], actors: int) -> None:
    order = steps(300, decisive, actors)
    rows = fold(order)
    assert len(rows) <= ROWS
    shown = set(numbers(rows))
    for index in decisive:
        assert {number for number in (index, index + 1, index + 2) if 1 <= number <= 300} <= shown
    left = sum(row.steps for row in rows if isinstance(row, Folded))
    assert left + len(shown) == 300


def test_all_steps_are_there_in_order_shown_or_counted() -> None:
    at = 1
    for row in fold(steps(300, (7, 150, 151, 288), 3)):
        if isinstance(row, Shown):
            assert row.number == at
        at += 1 if isinstance(row, Shown) else row.steps
    assert at == 301


def test_runs_of_one_actor_are_folded_apart_as_long_as_they_fit() -> None:
    one_by_one = [Step(actor=f"p{index // 100 + 1}", action="reads") for index in range(300)]
    folded = [row.counts for row in fold(one_by_one) if isinstance(row, Folded)]
    assert [list(counts) for counts in folded] == [["p1"], ["p2"], ["p3"]]
    in_turn = [row.counts for row in fold(steps(300, actors=3)) if isinstance(row, Folded)]
    assert [sorted(counts) for counts in in_turn] == [["p1", "p2", "p3"]]


def test_a_single_step_is_never_folded() -> None:
    rows = fold(steps(60, tuple(range(0, 60, 4))))
    assert not [row for row in rows if isinstance(row, Folded) and row.steps == 1]


def test_more_decisive_steps_than_anyone_reads_are_counted_in_the_middle() -> None:
    rows = fold(steps(4000, tuple(range(4000))))
    assert sum(row.decisive for row in rows if isinstance(row, Folded)) > 3900
    assert len(rows) <= MOST_DECISIVE * 4
