"""What exploring a script has found, for a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from manychefs.outputs import terminal
from manychefs.outputs.explorations import words
from manychefs.outputs.explorations.explored import Explored
from manychefs.outputs.interleavings.table import table
from manychefs.report import Feedback, Verdict

INDENT = len(terminal.PARTS[0]) + 2


def screen(found: Explored, width: int, is_given: bool) -> RenderableType:
    """The verdict in one line, what came out how often, and unless it passed the four parts.

    Args:
        is_given: whether it was said what is right.
    """
    sign, colour = terminal.SIGNS[Verdict(found.verdict)]
    parts: list[RenderableType] = [Text.assemble((f"{sign} ", colour), (found.claim, f"bold {colour}"))]
    if told := words.results(found.results):
        facts = f"{told}; {found.seconds:.1f} s, seed {found.seed}"
        parts.append(Text(f"  {facts}", "dim"))
    if found.verdict == "passed" and not is_given:
        parts += [Text(f"  {line}", "dim") for line in _what_was_right(found)]
    if found.feedback is not None:
        parts += [Text(), *_four_parts(found, found.feedback, width)]
    return Group(*parts)


def _what_was_right(found: Explored) -> list[str]:
    if found.allowed == ["None"]:
        return [
            "It returns None: only deadlocks, exceptions and what is left behind could be seen.",
            "Have it return what it computed, or explore a function that does.",
        ]
    return ["Right was what it returns while nobody is interrupted; --expect says what is right."]


def _four_parts(found: Explored, told: Feedback, width: int) -> list[RenderableType]:
    order = found.interleaving
    steps = [table(order, width)] if order is not None and len(order.actors) > 1 else []
    next_step, *commands = told.next_step.splitlines()
    before = Feedback(happened=told.happened, cause=told.cause, evidence=told.evidence)
    return [
        terminal.feedback(before, indent=0, below=bool(steps)),
        *steps,
        terminal.feedback(Feedback(happened="", next_step=next_step), indent=0, below=False),
        # In one piece, however long: they are there to be copied.
        *(Text(f"{' ' * INDENT}{command}", no_wrap=True, overflow="ignore") for command in commands),
    ]
