"""Which steps of an Interleaving are shown, and which are folded into "… 12 more steps"."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from manychefs.report import Step

ROWS = 24  # as many as a usual terminal has lines
MOST_DECISIVE = 16  # shown of a long order; more than that explains nothing


@dataclass(frozen=True, slots=True)
class Shown:
    """A step that is shown, with its number in the whole order, from 1."""

    number: int
    step: Step


@dataclass(frozen=True, slots=True)
class Folded:
    """Steps that are left out, one after another: how many of each actor, how many decisive ones."""

    counts: dict[str, int]
    decisive: int = 0

    @property
    def steps(self) -> int:
        """How many steps these are."""
        return sum(self.counts.values())


Row = Shown | Folded


def fold(steps: Sequence[Step], rows: int = ROWS) -> list[Row]:
    """The steps as rows, if possible no more than `rows`.

    Decisive steps are kept with at least one neighbour on each side, and with as many as fit; so are the
    first and the last step. Only where there are very many decisive ones do those in the middle go.
    """
    if len(steps) <= rows:
        return [Shown(number, step) for number, step in enumerate(steps, 1)]
    folded: list[Row] = []
    # A row for each actor's stretch still shows who follows whom: better than more of the surroundings.
    for apart, around in itertools.product((True, False), range(rows // 2, 0, -1)):
        folded = _rows(steps, _kept(steps, around), apart)
        if len(folded) <= rows:
            break
    return folded


def _kept(steps: Sequence[Step], around: int) -> set[int]:
    """The indices of the steps to show: decisive ones and the two ends, with `around` neighbours."""
    decisive = [index for index, step in enumerate(steps) if step.decisive]
    if len(decisive) > MOST_DECISIVE:
        decisive = decisive[: MOST_DECISIVE // 2] + decisive[-MOST_DECISIVE // 2 :]
    kept = {near for index in decisive for near in range(index - around, index + around + 1)}
    return kept | set(range(around)) | set(range(len(steps) - around, len(steps)))


def _rows(steps: Sequence[Step], kept: set[int], apart: bool) -> list[Row]:
    """Kept steps as they are, each run of others as one row; `apart`: each actor's run by itself."""

    def stretch(index: int) -> tuple[bool, str]:
        return index in kept, steps[index].actor if apart else ""

    rows: list[Row] = []
    for (is_kept, _), group in itertools.groupby(range(len(steps)), stretch):
        indices = list(group)
        if is_kept or len(indices) == 1:  # "1 more step" would take as much room as the step
            rows += [Shown(index + 1, steps[index]) for index in indices]
        else:
            rows.append(_folded([steps[index] for index in indices]))
    return rows


def _folded(steps: list[Step]) -> Folded:
    return Folded(Counter(step.actor for step in steps), sum(step.decisive for step in steps))
