"""What an exploration has found, in words: the claim, and the four parts of what is told."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manychefs.grading import explain
from manychefs.grading.explain import Advice
from manychefs.interleavings.search import Call, Exploration
from manychefs.interleavings.words import ORPHANED
from manychefs.outputs.interleavings import words as pictures
from manychefs.report import Feedback, Finding, Interleaving, Step, clean

KINDS: dict[Finding, str] = {
    "wrong-result": "a wrong result",
    "deadlock": "a deadlock",
    "exception": "an exception",
    "leftovers": "something is left behind",
    "livelock": "a livelock",
}
LONGEST = 100  # characters of a result, or of an exception's message, in a sentence
MOST_FRAMES = 12
MOST_LEFT = 8  # of the things left behind that are named
MOST_ALLOWED = 4  # of the right values that a sentence names
KEEP = "schedule.json"

ADVICE = (
    Advice(
        r"EOF when reading a line",
        "It reads its standard input, which is empty here.",
        "Explore a function that is given its input as arguments (--args).",
    ),
    Advice(
        r"MemoryError",
        "The program asked for more memory than one explored process may have.",
        "Look for a list that grows without end, and explore with small input.",
    ),
    Advice(
        r"context has already been set",
        "The start method was set a second time: exploring sets it to fork.",
        "Leave `set_start_method` to the code under the `__main__` guard, or use `get_context`.",
    ),
    Advice(
        r"NotImplementedError",
        "This part of the program is still to be written.",
        "Replace the line that raises it by your own code.",
    ),
    Advice(
        r"takes \d+ positional argument|missing \d+ required|unexpected keyword argument|takes no arguments",
        "A function is called with other arguments than its `def` line has.",
        "Compare the call in the last line named above with that `def` line.",
    ),
)
"""Where a script is told something else than a submission (see explain.ADVICE)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: the call, the file's name as it was given, and the command that asks again.

    is_given: whether it was said what is right. command: without `--replay`. kept: the file in which a
    failing schedule is kept, if in any.
    """

    call: Call
    shown: str
    command: str
    is_given: bool = False
    is_replay: bool = False
    kept: str = ""

    def text(self) -> str:
        """`count_up(2, 3)`"""
        return explain.Call(self.call.name, self.call.args, self.call.kwargs or {}, "").text()


def claim(found: Exploration, asked: Asked, reason: str) -> str:
    """The verdict in one line."""
    if found.finding is not None and found.in_every_order:
        return f"{KINDS[found.finding]}, in every order tried ({found.in_every_order:,} schedules)"
    if found.finding is not None:
        where = "as recorded" if asked.is_replay else f"in schedule {_number(found):,}"
        return f"{KINDS[found.finding]}, {where}"
    if reason:
        return f"inconclusive, after {pictures.counted(found.schedules, 'schedule')}"
    if asked.is_replay:
        return "nothing wrong in the replayed schedule"
    if found.exhaustive:
        return f"{found.claim()}: {'right' if asked.is_given else 'nothing wrong'}"
    return f"nothing wrong in {found.claim()}"


def _number(found: Exploration) -> int:
    return found.interleaving.schedule if found.interleaving is not None else found.schedules


def nothing_to_order(found: Exploration) -> str:
    """Why a pass would mean nothing; empty where it means something."""
    if found.outcome != "passed" or found.sharing >= 2:
        return ""
    if found.processes < 2:
        return "it starts no process, so there is no order to vary"
    return "no two of its processes did anything that the other could see, so there was no order to vary"


def results(found: list[tuple[str, int]], most: int = 6) -> str:
    """`returned 4 (6x), returned 3 (1x)`"""
    shown = [f"{pictures.short(text, LONGEST)} ({count:,}x)" for text, count in found[:most]]
    return ", ".join([*shown, "…"] if len(found) > most else shown)


def feedback(found: Exploration, asked: Asked, reason: str) -> Feedback:
    """The four parts of a failing or inconclusive exploration."""
    if found.finding is None:
        return _inconclusive(found, asked, reason)
    told = _TOLD[found.finding](found, asked)
    told.evidence += explain.printed_lines(clean(found.printed))
    told.next_step = f"{told.next_step}\n{_again(asked)}"
    return told


def _again(asked: Asked) -> str:
    if asked.is_replay:
        return f"Mend it, then explore again: {asked.command}"
    if asked.kept:
        return f"Replay it: {asked.command} --replay {asked.kept}"
    return f"To keep it: {asked.command} --save {KEEP}\nThen to replay it: {asked.command} --replay {KEEP}"


# -- what is wrong ----------------------------------------------------------------------------


def _wrong_result(found: Exploration, asked: Asked) -> Feedback:
    order = found.interleaving
    right = pictures.listed(found.allowed[:MOST_ALLOWED], "or")
    more = len(found.allowed) - MOST_ALLOWED
    right += f" or one of {more} others" if more > 0 else ""
    if asked.is_given:
        happened = f"{asked.text()} returned {explain.brief(found.value)}; right is {right}."
    else:
        happened = (
            f"{asked.text()} returned {explain.brief(found.value)}; while nobody is interrupted "
            f"it returns {right}."
        )
    cause, next_step = _why(order) if order is not None and found.processes > 1 else _no_race(found)
    return Feedback(happened=happened, cause=cause, next_step=next_step)


def _no_race(found: Exploration) -> tuple[str, str]:
    """The cause of what is wrong in every order, and what to do."""
    if found.processes < 2:
        return (
            "No other process takes part: the function itself gives this.",
            "Look for the mistake in the function; there is no order of steps to vary.",
        )
    return (
        f"No race: it is wrong in all {found.in_every_order} orders tried, also in those in which the "
        f"processes run one after another ({found.uninterrupted} without interruption).",
        "Look for the mistake in what is worked out or handed over; no lock will mend it.",
    )


def _why(order: Interleaving) -> tuple[str, str]:
    """The likely cause of a wrong result, and what to do."""
    if lost := _lost_update(order):
        read, other = lost
        what = read.target or "a value"
        return (
            f"A lost update: {read.actor} reads {what} at line {read.line}, {other.actor} writes to it, and "
            f"{read.actor} then writes over that.",
            "Hold one lock around the read and the write together.",
        )
    if not order.preemptions:
        return (
            "Nobody has to be interrupted for this: it depends on which process comes first.",
            "Follow the steps from the top: where does the first wrong value come from?",
        )
    return (
        "It depends on where a process is interrupted: between the marked steps another one goes on.",
        "Hold one lock around the marked steps of one process, or have it wait for what must come first.",
    )


def _lost_update(order: Interleaving) -> tuple[Step, Step] | None:
    """The read of a value that is written over, and another actor's write that is lost by it."""
    for index, read in enumerate(order.steps):
        if not read.decisive or not read.action.startswith("reads "):
            continue
        between = list(_until_written(order.steps[index + 1 :], read))
        others = [step for step in between[:-1] if step.actor != read.actor and _writes(step, read.target)]
        if others and _writes(between[-1], read.target):
            return read, others[0]
    return None


def _until_written(steps: list[Step], read: Step) -> Iterator[Step]:
    """The steps after a read, up to the next one in which its actor uses the same thing."""
    for step in steps:
        yield step
        if step.actor == read.actor and step.target == read.target:
            return


def _writes(step: Step, target: str) -> bool:
    return step.target == target and step.action.startswith("writes ")


def _deadlock(found: Exploration, asked: Asked) -> Feedback:
    order = found.interleaving
    assert order is not None
    has_returned = found.ended is not None and found.ended.has_returned
    waits = " ".join(each.waits_for for each in order.waiting)
    cause = pictures.circle(order) or "Each waits for something that nobody is left to do."
    next_step = "Follow the lines: who is to do what the first one waits for, and can it?"
    if "put on a queue to be taken out" in waits:
        cause = "A process cannot end before what it has put on a queue is taken out, and nobody takes it."
        next_step = "Take everything out of the queue first, then join."
    elif ORPHANED in waits:
        cause = "An orphaned lock: its holder was ended, or left, before it gave it back; now nobody can."
        next_step = "Hold locks by `with`, and end a worker by a message or an Event, not by terminate()."
    elif len(pictures.in_circle(order.waiting)) > 1:
        next_step = "Take the locks in the same order in every process."
    elif pictures.in_circle(order.waiting):
        next_step = "Take the lock once, or use an RLock."
    end = "returned, but its processes can never end" if has_returned else "can never end"
    return Feedback(
        happened=f"{asked.text()} {end}: everybody who is left waits.",
        cause=cause,
        next_step=next_step,
    )


def _exception(found: Exploration, asked: Asked) -> Feedback:
    error = found.error
    if not error:
        return Feedback(
            happened=f"{asked.text()} {_end_without_answer(found)}.",
            cause="os._exit() stands in it, or a signal or a crash ended its process.",
            next_step="Return the result; let only the code under the `__main__` guard end the program.",
        )
    kind, what = str(error.get("type", "")), error_text(error)
    advice = _advise(f"{what}\n{error.get('remote', '')}\n{found.printed}")
    cause, next_step = "It is not caught anywhere in your program.", "Start at the last line named above."
    if kind in ("SystemExit", "KeyboardInterrupt"):
        cause = "sys.exit(), exit() or quit() stands in it."
        next_step = "Return the result instead."
    elif advice:
        cause, next_step = advice.cause, advice.next_step
    return Feedback(
        happened=f"{asked.text()} raised {pictures.short(what, 2 * LONGEST)}.",
        cause=cause,
        evidence=lines_of(error, asked.call.path),
        next_step=next_step,
    )


def _end_without_answer(found: Exploration) -> str:
    if found.ended is not None and found.ended.how == "channel":
        return "wrote into the channel by which it is explored"
    return "ended the interpreter instead of returning"


def error_text(error: dict[str, Any]) -> str:
    """`ValueError: message`"""
    kind = clean(str(error.get("type", "Exception")), 100)
    return explain.error_text({"type": kind, "message": clean(str(error.get("message", "")), 400)})


def lines_of(error: dict[str, Any], path: Path) -> list[str]:
    """The lines of a traceback, as the host describes it, that are of this file; those of a worker's too."""
    told = error.get("frames")
    own = [
        (frame[0], frame[1], clean(str(frame[2]), 100))
        for frame in (told if isinstance(told, list) else [])
        if isinstance(frame, list) and len(frame) == 3 and frame[0] == str(path) and isinstance(frame[1], int)
    ]
    lines = explain.student_frames(own, path)
    lines += explain.worker_frames(clean(str(error.get("remote", ""))), path)
    return _folded(lines)[-MOST_FRAMES:]


def _folded(lines: list[str]) -> list[str]:
    """Lines, one that comes again and again only once: endless recursion has many."""
    counted = [(line, len(list(same))) for line, same in itertools.groupby(lines)]
    return [f"{line}  ({times} times)" if times > 1 else line for line, times in counted]


def _advise(text: str) -> Advice | None:
    joined = " ".join(text.split())
    own = next((advice for advice in ADVICE if re.search(advice.pattern, joined)), None)
    return own or explain.advise(text)


def _leftovers(found: Exploration, asked: Asked) -> Feedback:
    left = found.ended.left if found.ended is not None else []
    blocks = [name for name in left if name.startswith("shared-memory")]
    cause = "A process was started and never joined, or a pool was never closed, or closed and not joined."
    next_step = "Join every process that you start; use `with Pool(…)`, or close() and join() it."
    if blocks and len(blocks) == len(left):
        cause = "A shared-memory block was made and never unlinked."
        next_step = "Call close() in every process and unlink() once, in a `finally`."
    names = ", ".join(clean(name, 80) for name in left[:MOST_LEFT])
    return Feedback(
        happened=f"When {asked.text()} had returned, something was left: {names}.",
        cause=cause,
        next_step=next_step,
    )


def _livelock(found: Exploration, asked: Asked) -> Feedback:
    steps = f" for {found.ended.points:,} steps" if found.ended is not None else ""
    return Feedback(
        happened=f"{asked.text()} went on{steps} without getting anywhere.",
        cause="A loop waits for a change that nobody makes, or two processes keep undoing each other's work.",
        next_step="See who is to make that change; wait by a call that blocks (Event, Condition, a queue).",
    )


_TOLD = {
    "wrong-result": _wrong_result,
    "deadlock": _deadlock,
    "exception": _exception,
    "leftovers": _leftovers,
    "livelock": _livelock,
}


# -- what could not be judged -----------------------------------------------------------------


def _inconclusive(found: Exploration, asked: Asked, reason: str) -> Feedback:
    cause, next_step = _undecided(found, reason)
    told = results(found.results.most_common())
    return Feedback(
        happened=f"{asked.text()} could not be judged.",
        cause=f"{reason[:1].upper()}{reason[1:]}. {cause}",
        evidence=[f"what came out: {told}"] if told else [],
        next_step=next_step,
    )


def _undecided(found: Exploration, reason: str) -> tuple[str, str]:
    if "what" in found.error:
        return explain.REFUSED.get(
            str(found.error["what"]),
            (
                "The function returns an object that lives only inside its process.",
                "Explore a function that returns plain data: numbers, strings, bytes, lists, tuples, dicts.",
            ),
        )
    if found.outcome == "passed":
        return (
            "What processes share through multiprocessing is seen (values, locks, queues, pipes, managers); "
            "files, databases, sockets and other programs are not.",
            "Explore a function that starts at least two processes and has them share something.",
        )
    if "recorded" in reason:
        return (
            "The file, its arguments or the Python version are not those of the recording.",
            "Explore again without --replay.",
        )
    return (
        "Exploring decides who goes on, and has to wait until each process comes back to it.",
        "Explore with less work: small input, few processes, no long calculation and no other program.",
    )
