"""What happened in a schedule, in the words that a person reads."""

from __future__ import annotations

import bisect
import linecache
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from manychefs.interleavings.scheduler import Actor, Ended, Entry, Turn
from manychefs.interleavings.shrink import preemptions, switches
from manychefs.report import Actor as Named
from manychefs.report import Finding, Interleaving, Step, Waiting, clean

SHOWN = 80  # characters of a value
ORPHANED = "an orphaned lock"
MOST_STEPS = 2_000  # of one interleaving that are kept

_ACTIONS = {
    "read": "reads {value}",
    "write": "writes {value}",
    "acquire": "takes it",
    "release": "gives it back",
    "send": "sends {value}",
    "recv": "receives",
    "put": "puts {value}",
    "get": "gets {value}",
    "empty": "asks if it is empty: {value}",
    "full": "asks if it is full: {value}",
    "qsize": "asks how many: {value}",
    "task_done": "says task_done",
    "join-queue": "waits until all tasks are done",
    "set": "sets it",
    "clear": "clears it",
    "is_set": "asks if it is set: {value}",
    "wait": "has waited: {value}",
    "notify": "notifies one",
    "notify_all": "notifies all",
    "call": "calls {value}",
    "sleep": "sleeps",
    "kill": "kills {ident}",
    "start": "starts {ident}",
    "join": "joins {ident}",
    "end": "ends",
}
_ALONE = frozenset({"blocked", "start", "join", "kill", "sleep", "end"})  # kinds that change nothing shared
_WAITS = {
    "acquire": "{label}",
    "join": "{ident} to end",
    "thread-join": "a thread to end",
    "get": "something on {label}",
    "recv": "a message on {label}",
    "poll": "a message on {label}",
    "send": "room in {label}",
    "put": "room in {label}",
    "wait": "a notify on {label}",
    "join-queue": "task_done for everything on {label}",
    "accept": "a connection",
    "call": "an answer of {label}",
    "sleep": "its time",
    "end": "child processes to end",
}


def short(value: object) -> str:
    """A value in a line."""
    text = repr(value) if not isinstance(value, int) or abs(value) < 10**60 else "a very large number"
    return clean(text if len(text) <= SHOWN else text[: SHOWN - 1] + "…", SHOWN + 20)


def ending_of(ended: Ended) -> str:
    """How a schedule ended, to follow "the program"."""
    if ended.how == "value":
        return f"returned {short(ended.value)}"
    if ended.how == "raised":
        message = clean(str(ended.error.get("message", "")), 200)
        kind = clean(str(ended.error.get("type", "Exception")), 100)
        return f"raised {kind}: {message}" if message else f"raised {kind}"
    return {
        "deadlock": "could not go on" if not ended.has_returned else "returned, but could not end",
        "livelock": "went on and on without getting anywhere",
        "ended": "ended the interpreter without an answer",
        "off-grid": "was away for too long",
        "refused": f"returned a {clean(str(ended.error.get('what', 'value')), 100)}, not plain data",
        "channel": "wrote into the scheduler's channel",
    }.get(ended.how, ended.how)


def interleaving_of(
    ended: Ended,
    path: Path,
    finding: Finding,
    allowed: Sequence[str],
    *,
    schedule: int,
    seed: int,
    replays: int,
    latent: bool,
) -> Interleaving:
    """A schedule that was run with its steps logged, as evidence."""
    source = _Source(path)
    people = {actor.name for actor in ended.actors}
    kept = _kept(ended.log, {actor.name: actor.process.name for actor in ended.actors})
    decisive = _decisive(ended, finding, kept)
    steps = []
    for index in kept[:MOST_STEPS]:
        steps.append(_step(ended.log[index], source, people))
        steps[-1].decisive = index in decisive
    seen = {entry.actor for entry in ended.log}
    ending = ending_of(ended)
    if finding == "leftovers":
        ending = f"left {len(ended.left)} behind: {', '.join(ended.left[:4])}"
    return Interleaving(
        file=clean(path.name, 100),
        actors=[
            Named(name=clean(each.name, 40), runs=clean(each.runs, 60))
            for each in ended.actors
            if each.name in seen
        ],
        steps=steps,
        finding=finding,
        ending=clean(ending, 400),
        allowed=list(allowed)[:8],
        waiting=waiting_of(ended, source) if finding in ("deadlock", "livelock") else [],
        preemptions=preemptions(ended.turns),
        switches=switches(ended.turns),
        schedule=schedule,
        seed=seed,
        replays=replays,
        latent=latent,
    )


class _Source:
    """Lines of the student's file."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def line(self, number: int) -> str:
        return clean(linecache.getline(self._path, number).strip(), 120) if number else ""


def _kept(log: Sequence[Entry], processes: Mapping[str, str]) -> list[int]:
    """The numbers of the steps that are told: all but those at instructions that touch nothing shared.

    Args:
        processes: the name of each actor's process.
    """
    # What is no shared bytes is seen by several only where several threads of one process are at it.
    threads = {(processes.get(each.actor, ""), each.actor) for each in log if _is_memory(each)}
    several = Counter(process for process, _ in threads)
    items = {(each.actor, each.line) for each in log if _is_memory(each) and each.kind != "call"}

    def is_told(entry: Entry) -> bool:
        if not _is_memory(entry):
            return entry.kind != "send" or bool(entry.ident)  # what has no name is the library's own
        if several[processes.get(entry.actor, "")] > 1:
            return True
        return bool(entry.label) and (entry.kind != "call" or (entry.actor, entry.line) not in items)

    return [index for index, entry in enumerate(log) if is_told(entry)]


def _is_memory(entry: Entry) -> bool:
    """Whether it is an instruction that may touch memory which others see (see inside/bytecode.py)."""
    return entry.ident.startswith("memory ")


def touches(entry: Entry, people: Container[str]) -> bool:
    """Whether a step does something that others can see, apart from starting, joining and sleeping.

    Args:
        people: the actors' names.
    """
    # A look at whether a process has ended has the process for its object.
    return entry.kind not in _ALONE and entry.ident not in people


def _step(entry: Entry, source: _Source, people: set[str]) -> Step:
    if entry.kind == "blocked":
        action = f"waits for {_waits_for(entry.value, entry.ident, entry.label)}"
    elif entry.kind == "acquire" and entry.value != "True":
        action = "finds it taken" if entry.value else "asks for it"
    elif entry.kind == "poll" and entry.ident in people:
        action = f"asks if {entry.ident} has ended: {entry.value}"
    elif entry.kind == "poll":
        action = "looks whether it is there" + (f": {entry.value}" if entry.value else "")
    else:
        action = _ACTIONS.get(entry.kind, entry.kind).format(value=entry.value, ident=entry.ident)
    return Step(
        actor=clean(entry.actor, 40),
        action=clean(action.strip().rstrip(":"), 160),
        target=clean(_target(entry), 80),
        line=entry.line or None,
        source=source.line(entry.line),
    )


def _target(entry: Entry) -> str:
    if _is_memory(entry):
        return entry.label or entry.ident.removeprefix("memory ")
    return "" if entry.kind == "blocked" else entry.label


def _waits_for(kind: str, ident: str, label: str) -> str:
    return _WAITS.get(kind, kind).format(
        ident=ident or "a child", label=label or "something of the library's"
    )


def waiting_of(ended: Ended, source: _Source) -> list[Waiting]:
    """Who waits for what, held by whom, since which line."""
    holders = _holders(ended.log)
    found = []
    for actor in ended.waiting:
        if not actor.is_blocked and not actor.is_spinning:
            continue
        held_by, since = holders.get(actor.ident, ("", 0)) if actor.kind == "acquire" else ("", 0)
        if actor.kind == "join" and actor.ident != "any child":
            held_by = actor.ident
        found.append(
            Waiting(
                actor=clean(actor.name, 40),
                waits_for=clean(_what_keeps(actor, ended.waiting) + _orphaned(held_by, actor, ended), 160),
                line=actor.line or None,
                source=source.line(actor.line),
                held_by=clean("itself" if held_by == actor.name else held_by, 40),
                held_since=since or None,
            )
        )
    return found


def _orphaned(holder: str, waiting: Actor, ended: Ended) -> str:
    """A lock whose holder has ended belongs to nobody who could give it back."""
    if waiting.kind != "acquire" or not any(each.name == holder and each.is_over for each in ended.actors):
        return ""
    return f" ({ORPHANED}: {holder} has ended)"


def _what_keeps(actor: Actor, everyone: list[Actor]) -> str:
    if actor.is_spinning:
        return f"a change that never comes (it asks {actor.kind} again and again)"
    mine = [each for each in everyone if each.process is actor.process and each is not actor]
    if actor.kind == "thread-join" and any(each.kind == "send" for each in mine):
        return "what it has put on a queue to be taken out"
    return _waits_for(actor.kind, actor.ident, actor.label)


def _holders(log: Sequence[Entry]) -> dict[str, tuple[str, int]]:
    """Who holds each lock at the end of the log, and since which line."""
    held: dict[str, list[tuple[str, int]]] = {}
    asked: dict[str, Entry] = {}
    for entry in log:
        if entry.kind != "blocked" and (before := asked.pop(entry.actor, None)) is not None:
            held.setdefault(before.ident, []).append((before.actor, before.line))
        if entry.kind == "acquire":
            if entry.value == "True":
                held.setdefault(entry.ident, []).append((entry.actor, entry.line))
            elif entry.value != "False":
                asked[entry.actor] = entry
        elif entry.kind == "release" and held.get(entry.ident):
            held[entry.ident].pop()
    return {ident: holders[-1] for ident, holders in held.items() if holders}


def _decisive(ended: Ended, finding: Finding, kept: Sequence[int]) -> set[int]:
    """The numbers of the steps that make the schedule go wrong; none where nobody is interrupted in it.

    Args:
        kept: the numbers of the steps that are told.
    """
    log = ended.log
    if finding == "deadlock":
        return _last_of_each(log, {actor.name for actor in ended.waiting}) | _takings(ended)
    people = {actor.name for actor in ended.actors}
    shared = [index for index in kept[:MOST_STEPS] if touches(log[index], people)]
    mine: dict[str, list[int]] = {}
    for index in shared:
        mine.setdefault(log[index].actor, []).append(index)
    windows = [
        _window(log, shared, mine.get(log[index].actor, []), index)
        for index in _interrupted(log, ended.turns)[:MOST_STEPS]
    ]
    # An interruption that nobody used, and one of who had done nothing yet, may be there and do no harm.
    harmful = [each for each in windows if len(each.ends) == 2 and each.between]
    found = harmful or [each for each in windows if each.between] or windows
    return {index for each in found for index in (*each.ends, *each.between)}


def _interrupted(log: Sequence[Entry], turns: Sequence[Turn]) -> list[int]:
    """For each preemption, the number of the last step before it."""
    places: list[int] = []
    counts: dict[str, int] = {}
    wanted: dict[str, set[int]] = {}
    for turn, following in zip(turns, list(turns[1:]), strict=False):
        counts[turn.actor] = counts.get(turn.actor, 0) + turn.points
        if turn.how == "point" and following.actor != turn.actor:
            wanted.setdefault(turn.actor, set()).add(counts[turn.actor])
    passed: dict[str, int] = {}
    for index, entry in enumerate(log):
        if entry.kind in ("blocked", "start", "end"):
            continue
        passed[entry.actor] = passed.get(entry.actor, 0) + 1
        if passed[entry.actor] in wanted.get(entry.actor, ()):
            places.append(index)
    return places


class _Window(NamedTuple):
    """The numbers of what the interrupted one did last and does next, and of what others do meanwhile."""

    ends: Sequence[int]
    between: Sequence[int]


def _window(log: Sequence[Entry], shared: Sequence[int], mine: Sequence[int], index: int) -> _Window:
    """The steps around an interruption.

    Args:
        shared: the numbers of the steps that others can see. mine: those of the interrupted one.
        index: the number of the last step before the interruption.
    """
    cut = bisect.bisect_right(mine, index)
    ends = mine[max(0, cut - 1) : cut + 1]
    if cut == len(mine):
        return _Window(ends, ())
    touched = {log[number].ident for number in ends} - {""}
    between = shared[bisect.bisect_right(shared, index) : bisect.bisect_left(shared, mine[cut])]
    return _Window(ends, [number for number in between if log[number].ident in touched])


def _last_of_each(log: Sequence[Entry], names: set[str]) -> set[int]:
    last: dict[str, int] = {}
    for index, entry in enumerate(log):
        if entry.actor in names and entry.kind != "end":
            last[entry.actor] = index
    return set(last.values())


def _takings(ended: Ended) -> set[int]:
    """Where the locks that are waited for were taken by those who hold them."""
    holders = _holders(ended.log)
    found = set()
    for actor in ended.waiting:
        if actor.kind == "acquire" and actor.ident in holders:
            name, line = holders[actor.ident]
            for index in range(len(ended.log) - 1, -1, -1):
                entry = ended.log[index]
                if (entry.actor, entry.line, entry.ident, entry.kind) == (name, line, actor.ident, "acquire"):
                    found.add(index)
                    break
    return found
