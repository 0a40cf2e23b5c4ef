"""The words of an Interleaving, the same in every picture of it; all of them one-line and harmless."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from rich.cells import cell_len, set_cell_size

from manychefs.outputs.interleavings.folding import Folded, Row, Shown
from manychefs.report import Interleaving, Step, Waiting, clean

SIGN = "●"  # stands beside each decisive step: colour is never the only sign
LEGEND = f"{SIGN} the steps that make this order go wrong"
NAME, ACTION, TARGET, SOURCE, ENDING = 16, 60, 40, 100, 200  # columns that each may take
MOST_ALLOWED = 6
MOST_WAITING = 12
MOST_LINKS = 6  # of a circle
FINDINGS = {
    "wrong-result": "A wrong result",
    "deadlock": "A deadlock",
    "exception": "An exception",
    "leftovers": "Something is left behind",
    "livelock": "A livelock, busy without end",
}
UNINTERRUPTED = "No step is marked: nobody is interrupted in this order."
LATENT = "Latent: it goes wrong only once more is put into a pipe or queue than your program puts there now."


def short(text: str, limit: int) -> str:
    """A student's words as one line of at most `limit` columns, its middle left out if it is longer."""
    # These two are no characters; clean leaves them, and XML forbids them.
    line = " ".join(clean(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd").split())
    if len(line) > limit:
        start = limit * 2 // 3
        line = f"{line[:start]}…{line[start + 1 - limit :]}"
    # Wide characters take two columns, and combining ones none.
    return line if cell_len(line) <= limit else f"{set_cell_size(line, limit - 1).rstrip()}…"


def name(actor: str) -> str:
    """An actor's name."""
    return short(actor, NAME) or "?"


def lanes(interleaving: Interleaving, rows: Sequence[Row]) -> list[str]:
    """The actors that get a column: those with a step to show, and those that wait or are waited for."""
    seen = [row.step.actor for row in rows if isinstance(row, Shown)]
    for waiting in interleaving.waiting[:MOST_WAITING]:
        seen += [waiting.actor, *filter(None, [holder(waiting)])]
    known = [actor.name for actor in interleaving.actors if actor.name in set(seen)]
    return list(dict.fromkeys(known + seen))


def runs(interleaving: Interleaving, actor: str) -> str:
    """The name of the function that an actor runs, or nothing."""
    return next((short(each.runs, 20) for each in interleaving.actors if each.name == actor), "")


def happened(interleaving: Interleaving) -> str:
    """`A wrong result: the program returned 3. Right would be 4.`"""
    allowed = [short(each, TARGET) for each in interleaving.allowed[:MOST_ALLOWED]]
    right = f" Right would be {_either(allowed, len(interleaving.allowed))}." if allowed else ""
    told = short(interleaving.ending, ENDING).rstrip(".")
    return f"{FINDINGS[interleaving.finding]}: the program {told}.{right}"


def _either(shown: list[str], count: int) -> str:
    if count > len(shown):
        return f"{', '.join(shown)} or one of {count - len(shown)} others"
    return listed(shown, "or")


def found(interleaving: Interleaving) -> str:
    """`Found in schedule 7 with seed 0: 1 interruption, 3 switches. Both replays went the same way.`"""
    where = f"Found in schedule {interleaving.schedule:,} with seed {interleaving.seed}: "
    facts = (
        f"{counted(interleaving.preemptions, 'interruption')}, {counted(interleaving.switches, 'switch')}."
    )
    told = [where.rstrip() if interleaving.schedule else "", facts, replayed(interleaving.replays)]
    if not interleaving.preemptions and interleaving.finding in ("wrong-result", "exception"):
        told.append(UNINTERRUPTED)
    return " ".join(filter(None, told))


def replayed(replays: int) -> str:
    """Whether both replays of the order went the same way."""
    if replays >= 2:
        return "Both replays went the same way."
    same = "only one of two replays" if replays else "neither of two replays"
    return f"Nondeterministic: {same} went the same way."


def what(step: Step) -> str:
    """`reads 41`"""
    return short(step.action, ACTION)


def action(step: Step) -> str:
    """`line 14  reads 41`"""
    return what(step) if step.line is None else f"line {step.line}  {what(step)}"


def more(row: Folded) -> str:
    """`… 12 more steps of p1`"""
    names = [name(actor) for actor in sorted(row.counts)[:4]]
    if len(row.counts) > len(names):
        names.append(f"{len(row.counts) - len(names)} others")
    return f"… {row.steps:,} more steps of {listed(names)}{signs(row)}"


def signs(row: Folded) -> str:
    """How many of the steps left out are decisive ones, if any are."""
    return f", {row.decisive:,} of them {SIGN}" if row.decisive else ""


def sources(interleaving: Interleaving, rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """For each line of a decisive step: `tally.py:14`, its source, what it works with. Each once."""
    file = short(PurePath(interleaving.file).name, TARGET)
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if isinstance(row, Shown) and row.step.decisive and row.step.line is not None:
            line = (f"{file}:{row.step.line}", short(row.step.source, SOURCE))
            found.setdefault(line, []).append(short(row.step.target, TARGET))
    return [(*line, listed([*dict.fromkeys(filter(None, with_))])) for line, with_ in found.items()]


def holder(waiting: Waiting) -> str:
    """The actor that holds what another one waits for, who may be that one `itself`; or nothing."""
    return waiting.actor if waiting.held_by == "itself" else waiting.held_by


def waits(waiting: Waiting) -> str:
    """`p1 waits for the lock of line 8, held by p2 since line 12`"""
    what_for = waited_for(waiting)
    if what_for.startswith(f"{name(waiting.held_by)} "):  # `p2 to end`: nothing that p2 holds
        return f"{name(waiting.actor)} waits for {what_for}"
    since = f" since line {waiting.held_since}" if waiting.held_since is not None else ""
    by = "itself" if holder(waiting) == waiting.actor else name(waiting.held_by)
    held = f", held by {by}{since}" if waiting.held_by else ""
    return f"{name(waiting.actor)} waits for {what_for}{held}"


def waited_for(waiting: Waiting) -> str:
    """`the lock of line 8`"""
    return short(waiting.waits_for.removeprefix("waits for "), ACTION) or "something"


def stands(waiting: Waiting) -> str:
    """`line 14: with second:`, or nothing."""
    return "" if waiting.line is None else f"line {waiting.line}: {short(waiting.source, SOURCE)}"


def circle(interleaving: Interleaving) -> str:
    """The sentence on those who wait for each other in a circle; empty where there is none."""
    names = [name(actor) for actor in in_circle(interleaving.waiting)]
    if not names:
        return ""
    if len(names) == 1:
        return f"{names[0]} waits for what it holds itself: it can never go on."
    after = [*names[1:], names[0]]
    first, *others = zip(names, after, strict=True)
    links = [f"{first[0]} waits for {first[1]}", *(f"{one} for {other}" for one, other in others)]
    if len(links) > MOST_LINKS:
        links = [*links[: MOST_LINKS - 1], "…", links[-1]]
    return f"In a circle: {listed(links)}. {'Neither' if len(names) == 2 else 'None of them'} can go on."


def in_circle(waiting: Sequence[Waiting]) -> list[str]:
    """The actors of the first circle of waiting and holding, in order; empty where there is none."""
    held: dict[str, str] = {}
    for each in waiting:
        if holder(each):
            held.setdefault(each.actor, holder(each))
    for start in held:
        path = [start]
        while (following := held.get(path[-1])) and following not in path:
            path.append(following)
        if following:
            return path[path.index(following) :]
    return []


def listed(parts: Sequence[str], last: str = "and") -> str:
    """`a, b and c`"""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def counted(number: int, noun: str) -> str:
    """`1 switch`, `3 switches`"""
    plural = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
