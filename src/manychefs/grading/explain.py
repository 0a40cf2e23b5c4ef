"""From an Outcome to Feedback: what happened, the likely cause, the evidence, the next step.

ADVICE is the list of errors that learners of multiprocessing meet, each with what it usually means.
The first entry whose pattern is found in `Type: message`, a worker's traceback or what was printed
gives the cause and the next step.
"""

from __future__ import annotations

import difflib
import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from manychefs.course import START_METHODS
from manychefs.grading.outcome import CheckFailed
from manychefs.interleavings.words import ORPHANED
from manychefs.report import (
    Deadlock,
    Evidence,
    Feedback,
    Interleaving,
    ProcessState,
    StudentTraceback,
    Waiting,
    clean,
    number,
)
from manychefs.sandbox.frames import read_untrusted
from manychefs.sandbox.host import Outcome
from manychefs.sandbox.stacks import IGNORES_SIGTERM, LONGEST_SOURCE

PRINTED_LINES = 12
_ENDED_BY = re.compile(  # as multiprocessing prints it; lines of a traceback are indented
    r"^Process .+:\nTraceback \(most recent call last\):\n(?:[ \t].*\n)+(?P<error>\w.*)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Advice:
    """What an error usually means to a learner."""

    pattern: str
    cause: str
    next_step: str


_OF_COMPREHENSIONS = (
    " This version of Python also does so if another comprehension in the function uses the name for its "
    "loop variable, which is a mistake of Python's (gh-118513), mended in 3.12.4."
    if (3, 12) <= sys.version_info < (3, 12, 4)
    else ""
)
UNGUARDED = Advice(
    r"before the current process has finished its bootstrapping phase",
    "The file starts processes while it is being imported. Under spawn and forkserver every child "
    "imports the file again, and would start children of its own without end.",
    'Move what starts processes into a function, and what calls it under `if __name__ == "__main__":`.',
)
ADVICE = (
    Advice(
        r"NotImplementedError",
        "This part of the stub is still to be written.",
        "Replace the `raise NotImplementedError(…)` line by your own code.",
    ),
    UNGUARDED,
    Advice(
        r"Can't (?:pickle|get) local object|Can't pickle local|<locals>",
        "What was to be sent to another process is a function inside a function, or a lambda. A function is "
        "sent by its name, and only names at the top level of the file can be found there. What a pool calls "
        "is always sent, the target of a Process under spawn and forkserver.",
        "Hand over a function that is defined at the top level of the file, and what it needs as arguments.",
    ),
    Advice(
        r"Can't pickle .*<lambda>|attribute lookup <lambda>",
        "A lambda has no name by which another process could find it.",
        "Use a function that is defined at the top level of the file.",
    ),
    Advice(
        r"should only be shared between processes through inheritance",
        "A lock, a queue or a shared value was sent to a worker as data (through a pool's arguments or "
        "a queue). These can only be handed over when a process starts.",
        "Pass it in `Process(args=…)`, or to a pool's workers through `initializer` and `initargs`.",
    ),
    Advice(
        r"SemLock created in a \w+ context",
        "A lock, a queue or a shared value was made for one start method, and handed to a process of "
        "another.",
        "Take all of them from the same context: context = get_context(…), context.Value(…), "
        "context.Process(…).",
    ),
    Advice(
        r"daemonic processes are not allowed to have children",
        "A pool's workers are daemons, and a daemon may not start processes.",
        "Start the inner processes from the main process, or use Process for the outer ones.",
    ),
    Advice(
        r"can only join a started process",
        "join() was called on a process that was never started: start() is missing, or run() was "
        "called, which does the work in your own process.",
        "Call start() on every process before you join it.",
    ),
    Advice(
        r"MaybeEncodingError|cannot pickle|Can't pickle|PicklingError",
        "What travels between processes is pickled, and this object cannot be.",
        "Send plain data (numbers, strings, lists, dicts), and open files or sockets where they are used.",
    ),
    Advice(
        r"context has already been set",
        "The start method was set a second time. The grader sets it, so as to try several.",
        "Leave `set_start_method` to the code under the `__main__` guard, or use `get_context`.",
    ),
    Advice(
        r"exported pointers exist",
        "A memoryview of a shared-memory block was still there when the block was closed.",
        "Release each view before close(); `with block.buf.cast(…) as view:` does it when it ends.",
    ),
    Advice(
        r"FileNotFoundError.*'/?(?:psm|wnsm)_",
        "There is no shared-memory block of that name any more: somebody has unlinked it already.",
        "Let one process alone call unlink(), the one that made the block, when all others have ended.",
    ),
    Advice(
        r"BrokenProcessPool",
        "A worker of the pool died before it had given its answer.",
        "Look at what the worker prints; a file that starts processes while imported does this too.",
    ),
    Advice(
        r"\bEOFError\b",
        "The other end of a pipe was closed, or `input()` was asked where nobody types.",
        "See which process closes its end first, and take `input()` out of the graded functions.",
    ),
    Advice(
        r"handle is closed",
        "An end of a pipe is used after it was closed: in the same process, too early or the wrong one; or "
        "before start(), by the process that starts another, which is then handed an end that is closed.",
        "Close in each process the end that it does not use, and its own end when all is done. What you hand "
        "to a process, close after start(), not before.",
    ),
    Advice(
        r"BrokenPipeError|ConnectionResetError",
        "The process at the other end of a pipe has ended, or has closed its end, with a message still to "
        "be taken. Or the end that it was handed had been closed before start().",
        "See how that process ended: a traceback of its own is among what your program printed. Close the "
        "end that you hand to it after start(), not before.",
    ),
    Advice(
        r"\bEmpty\b",
        "A queue had no item when `get` was told not to wait, or not for longer.",
        "Wait for an item (`get()`), and let the producer say when it is done.",
    ),
    Advice(
        r"must acquire\(\) condition|lock is not owned",
        "A Condition's wait, notify or notify_all was called by a process that did not hold its lock.",
        "Call them inside a `with` block of that Condition.",
    ),
    Advice(
        r"MemoryError",
        "The program asked for more memory than the exercise allows one process.",
        "Look for a list that grows without end, or for a copy of the data in every process.",
    ),
    Advice(
        r"No space left on device|File too large|Disk quota exceeded",
        "The program writes more than the exercise allows (`limits.disk_mb` in course.toml).",
        "Keep in memory what need not be in a file, and remove what you no longer need.",
    ),
    Advice(
        r"Read-only file system|PermissionError: .*Permission denied: '/",
        "The program writes to, or reads, a place outside of its own folder. While it is graded it has only "
        "its working folder and the folder for temporary files.",
        "Use relative paths, or the module tempfile.",
    ),
    Advice(
        r"Network is unreachable|Temporary failure in name resolution|Name or service not known",
        "The program uses the network. While it is graded there is none.",
        "Let processes talk through queues, pipes or shared memory.",
    ),
    Advice(
        r"BlockingIOError: .*Resource temporarily unavailable",
        "The program started more processes or threads than the exercise allows.",
        "Start a fixed number of processes, and join them.",
    ),
    Advice(
        r"takes \d+ positional argument|missing \d+ required|unexpected keyword argument|takes no arguments",
        "The function's parameters are not those of the stub.",
        "Keep the `def` line as the stub has it.",
    ),
    Advice(
        r"UnboundLocalError",
        "The function gives this name a value somewhere, so all of the function takes it for a local "
        "variable, and at that line it has none yet." + _OF_COMPREHENSIONS,
        "Give the variable a name that nothing else has; or, if the global one of this process is meant, say "
        "`global` at the function's beginning.",
    ),
    Advice(
        r"NameError",
        "A name is used that is not defined there: a typo, a missing import, a global that only exists under "
        "the `__main__` guard, or one that another process has set. Every process has globals of its own.",
        "Check the name in the line above. What a process needs from another one is handed to it: in args, "
        "or to a pool's workers by initargs.",
    ),
)


_PROMISE = (
    "A promise of a result that is still being computed, not the result.",
    "Call .get() on it: that waits for the result and gives it to you.",
)
_ITERATOR = ("An iterator over results, not the results.", "Make a list of it: list(…).")
REFUSED = {
    "multiprocessing.pool.ApplyResult": _PROMISE,
    "multiprocessing.pool.MapResult": _PROMISE,
    "concurrent.futures._base.Future": (_PROMISE[0], "Call .result() on it."),
    "multiprocessing.pool.IMapIterator": _ITERATOR,
    "multiprocessing.pool.IMapUnorderedIterator": _ITERATOR,
    "generator": ("A generator has computed nothing yet.", _ITERATOR[1]),
    "map": ("`map` has computed nothing yet.", _ITERATOR[1]),
    "set": ("A set has no order, and drops what is equal.", "Return a list, in the order asked for."),
    "collections.Counter": ("A Counter is a dict of a kind of its own.", "Make a plain dict of it: dict(…)."),
    "multiprocessing.managers.DictProxy": (
        "The manager's dict itself, which lives in the manager's process.",
        "Make a plain dict of it, dict(…), while the manager is there.",
    ),
    "coroutine": ("A coroutine has not run yet.", "Await it, or run it with asyncio.run(…)."),
    "multiprocessing.sharedctypes.Synchronized": (
        "The shared Value itself, not the number in it.",
        "Return its attribute value.",
    ),
    "multiprocessing.sharedctypes.SynchronizedArray": (
        "The shared Array itself, not the items in it.",
        "Return a list of them: a slice of all of it, `[:]`, is one.",
    ),
}
"""What a learner returns instead of plain data, by type: the likely cause and the next step."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the student's function, for showing."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    start_method: str

    def text(self) -> str:
        """`count_up(processes=5, increments=1000)`, long arguments shortened."""
        shown = [brief(value) for value in self.args]
        shown += [f"{name}={brief(value)}" for name, value in self.kwargs.items()]
        return f"{self.name}({', '.join(shown)})"

    def under(self) -> str:
        """`under fork`; where an argument names another start method, what is meant by it."""
        others = set(START_METHODS) - {self.start_method}
        if others.isdisjoint(each for each in (*self.args, *self.kwargs.values()) if isinstance(each, str)):
            return f"under {self.start_method}"
        return f"while {self.start_method} was the default start method"


def brief(value: object, longest: int = 60) -> str:
    """A value as text, with its middle left out and its size told when it is long."""
    if isinstance(value, int) and value.bit_length() > 200:
        # Its decimal form would take long, and Python refuses beyond 4300 digits.
        return f"an int of about {round(value.bit_length() * 0.30103):,} digits"
    if isinstance(value, list | tuple | dict) and len(value) > 12:
        kind, size = type(value).__name__, f"{len(value):,}"
        if isinstance(value, dict):
            return f"a {kind} of {size} items"
        first, last = [brief(item, 20) for item in value[:3]], brief(value[-1], 20)
        return f"a {kind} of {size} items ({', '.join(first)}, … {last})"
    if isinstance(value, list | tuple | dict):
        return _brief_items(value, longest)
    text = repr(value) if not isinstance(value, str | bytes) else repr(value[: longest * 2])
    return clean(text if len(text) <= longest else f"{text[: longest - 8]}…{text[-6:]}")


def _brief_items(value: list[Any] | tuple[Any, ...] | dict[Any, Any], longest: int) -> str:
    """A short collection, each item made brief by itself."""
    if isinstance(value, dict):
        inner = ", ".join(f"{brief(key, 20)}: {brief(item, longest)}" for key, item in value.items())
    else:
        inner = ", ".join(brief(item, min(longest, 24)) for item in value)
    if len(inner) > longest * 3:
        inner = f"{inner[: longest * 3]}…"
    if isinstance(value, list):
        return f"[{inner}]"
    if isinstance(value, dict):
        return f"{{{inner}}}"
    return f"({inner},)" if len(value) == 1 else f"({inner})"


@dataclass(frozen=True, slots=True)
class _Case:
    """An outcome to explain, with what is known about it."""

    outcome: Outcome
    call: Call
    submission: Path
    functions: list[str]


def fail(outcome: Outcome, call: Call, submission: Path, functions: list[str]) -> NoReturn:
    """Raise the CheckFailed that tells of an Outcome that is no value.

    Args:
        functions: the functions that the file defines, for a misspelt name.
    """
    feedback, evidence = _EXPLAIN[outcome.how](_Case(outcome, call, submission, functions))
    if outcome.how in ("raised", "ended", "deadline"):
        feedback.evidence += printed_lines(outcome.printed)
    raise CheckFailed(feedback, evidence)


def printed_lines(printed: str) -> list[str]:
    """The last lines of what the program printed, headed; nothing if it printed nothing."""
    lines = printed.strip().splitlines()
    if not lines:
        return []
    return ["your program printed:", *(f"  {line}" for line in lines[-PRINTED_LINES:])]


def error_of_a_process(printed: str) -> str:
    """What the first process to end by an exception has printed of it, `Type: message`; else nothing."""
    found = _ENDED_BY.search(printed)
    return found["error"][:300] if found else ""


_Explained = tuple[Feedback, Evidence | None]


def _raised(case: _Case) -> _Explained:
    error = case.outcome.error
    what = error_text(error)
    frames = student_frames(error["frames"], case.submission)
    if error["type"] == "AttributeError" and not frames and case.call.name not in case.functions:
        return _missing(case.call, case.functions, case.submission), None
    if error["type"] in ("SystemExit", "KeyboardInterrupt") and not error["remote"]:
        return _left_by(error, case.call, frames), StudentTraceback(error=what, frames=frames)
    evidence = frames + worker_frames(error["remote"], case.submission)
    advice = advise(f"{what}\n{error['remote']}\n{case.outcome.printed}")
    feedback = Feedback(
        happened=f"{case.call.text()} raised {what.splitlines()[0]} {case.call.under()}.",
        cause=advice.cause if advice else "The exception is not caught anywhere in your program.",
        evidence=evidence,
        next_step=advice.next_step if advice else "Start at the last line of your file named above.",
    )
    if error["type"] == "NotImplementedError" and error["message"]:
        feedback.happened = f"{case.call.name} is not written yet: {error['message']}"
    return feedback, StudentTraceback(error=what, frames=evidence)


def _left_by(error: dict[str, Any], call: Call, frames: list[str]) -> Feedback:
    return Feedback(
        happened=f"{call.text()} left by {error['type']} instead of returning, {call.under()}.",
        cause="Your program ended the interpreter: sys.exit(), exit() or quit() stands in it.",
        evidence=frames,
        next_step="Return the result; let only the code under the `__main__` guard end the program.",
    )


def _missing(call: Call, functions: list[str], submission: Path) -> Feedback:
    near = difflib.get_close_matches(call.name, functions, n=1)
    return Feedback(
        happened=f"{submission.name} has no function called {call.name}.",
        cause=f"Is it misspelt? There is one called {near[0]}." if near else "It was renamed or removed.",
        evidence=[f"functions in your file: {', '.join(functions) or 'none'}"],
        next_step=f"Call it {call.name}, with the parameters of the stub.",
    )


def _import(case: _Case) -> _Explained:
    error = case.outcome.error
    what = error_text(error)
    frames = student_frames(error["frames"], case.submission)
    happened = f"{case.submission.name} cannot be imported: {what.splitlines()[0]}."
    advice = advise(f"{what}\n{case.outcome.printed}")
    cause = "The file does not run, so none of its functions can be tried."
    next_step = f"Run `python3 {case.submission.name}` and mend the line named above."
    if error["type"] in ("SyntaxError", "IndentationError", "TabError"):
        happened = f"{case.submission.name} is not valid Python: {what}."
        cause = "A bracket, a quote, a colon or the indentation is wrong in that line or just before it."
    elif error["type"] == "SystemExit":
        happened = f"{case.submission.name} ended the interpreter while it was being imported."
        cause = "sys.exit(), exit(), os._exit() or a kill stands at the top level of the file."
        next_step = 'Put what runs the program under `if __name__ == "__main__":`.'
    elif advice:
        cause, next_step = advice.cause, advice.next_step
    feedback = Feedback(
        happened=happened,
        cause=cause,
        evidence=frames + printed_lines(case.outcome.printed),
        next_step=next_step,
    )
    return feedback, StudentTraceback(error=what, frames=frames)


def _refused(case: _Case) -> _Explained:
    what, where = case.outcome.error["what"], case.outcome.error["where"]
    place = f" (at {where} of what it returned)" if where else ""
    cause, next_step = REFUSED.get(
        what,
        (
            "The function returns an object that lives only inside its process.",
            "Return plain data: numbers, strings, bytes, lists, tuples, dicts, True, False, None.",
        ),
    )
    feedback = Feedback(
        happened=f"{case.call.text()} returned an object of type {what}{place}, {case.call.under()}.",
        cause=cause,
        evidence=[f"type: {what}"],
        next_step=next_step,
    )
    return feedback, None


def _ended(case: _Case) -> _Explained:
    status = case.outcome.error["status"]
    if isinstance(status, int) and status < 0:
        name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
        how = f"was killed by {name}"
        causes: dict[int, str] = {
            signal.SIGSEGV: "A crash in C code, or a shared-memory block used after it was closed.",
            getattr(signal, "SIGBUS", 7): "A shared-memory block larger than all the shared memory there is.",
            getattr(signal, "SIGXCPU", 24): "A loop that does not end in a process that nobody waits for.",
            signal.SIGKILL: "Something killed it: os.kill(), or the system for want of memory.",
        }
        cause = causes.get(-status, "A process of your program sent that signal.")
    elif status is None:
        how = "took down the process that it runs in"
        cause = "The program killed its parent process: os.kill(os.getppid(), …) or os.killpg()."
    else:
        how = f"ended the interpreter with exit code {status}"
        cause = "os._exit() stands in it: that leaves at once, without returning anything."
    feedback = Feedback(
        happened=f"{case.call.text()} {how} instead of returning, {case.call.under()}.",
        cause=cause,
        evidence=[f"no answer came; exit status {status}"],
        next_step="Return the result, and end other processes by join(), close() or a sentinel.",
    )
    return feedback, None


def _deadline(case: _Case) -> _Explained:
    seconds = number(case.outcome.seconds)
    if case.outcome.error.get("during") == "import":
        happened = f"{case.submission.name} was still being imported after {seconds} s."
    else:
        happened = f"{case.call.text()} had not returned after {seconds} s, {case.call.under()}."
    # A worker that dies of an error leaves others waiting: what it printed is nearer to the cause.
    advice = advise(case.outcome.printed)
    if case.outcome.error.get("during") == "import" and len(case.outcome.stuck) > 1:
        # A pool's thread that wants to pickle a function of this file waits for the import to end.
        advice = UNGUARDED
    next_step = "Follow the lines above: who is to do what the first one waits for, and can it?"
    cause = deadline_cause(case.outcome.stuck)
    if cause == STUBBORN:
        next_step = "End it by kill(), which sends SIGKILL: no process can ignore that. Then join it."
    elif cause in MISSED and (error := error_of_a_process(case.outcome.printed)):
        cause = (
            f"A process ended by an exception that nobody caught: {error}. Another one waits for what it "
            "still had to do."
        )
        next_step = "Mend that one first: what your program printed names the line."
    feedback = Feedback(
        happened=happened,
        cause=advice.cause if advice else cause,
        evidence=[stuck_line(state) for state in case.outcome.stuck],
        next_step=advice.next_step if advice else next_step,
    )
    return feedback, Deadlock(seconds=case.outcome.seconds, processes=case.outcome.stuck)


# What a deadlock usually is, whether a real run ended in it at its deadline or an explored schedule did.
JOIN_BEFORE_DRAIN = (
    "A deadlock: join before drain. One process waits (join) for another to end; that one cannot "
    "end before its queue's items are taken out, and nobody takes them."
)
NO_ITEM = (
    "A deadlock: a process waits for an item that nobody will put. Is there one sentinel for "
    "each consumer, and is it put after the last item?"
)
NO_RELEASE = "A deadlock: a process waits for a lock that nobody will release."
BOTH_SEND = (
    "A deadlock: both sides of a pipe send, and nobody receives. A pipe holds only so much, so with small "
    "messages it passes."
)
JOIN_BEFORE_RECV = (
    "A deadlock: join before recv. One process waits (join) for another to end; that one cannot end "
    "before what it sends over a pipe has found room there, and nobody reads the pipe."
)
NO_END_OF_PIPE = (
    "A deadlock: a process waits for data from a pipe, and nobody sends any. The end of a pipe (EOFError) "
    "comes only when every copy of its other end is closed, in every process: one is still open. A process "
    "that is forked has a copy of both ends, and one that gets an end in args has another copy of it."
)
NO_NOTIFY = (
    "A deadlock: a process waits for a notify that will not come. Nobody gives one, or it came before the "
    "wait began, or notify() woke another one, for whom it was no news."
)
STUBBORN = (
    "A process ignores SIGTERM, the signal that terminate() sends, so it goes on; and another one waits for "
    "it to end (join)."
)
CIRCLE = "A deadlock: each process holds a lock that another one waits for, in a circle."
ALL_WAIT = "A deadlock: every process waits for another one."

MISSED = (NO_ITEM, NO_RELEASE, NO_NOTIFY, ALL_WAIT)
"""What the death of a process leads to: somebody waits for what it still had to do. Whoever reads a pipe
should have learnt of it: there the cause is the end that is open."""

RECHECK = (
    "Look whether you have to wait, and wait, in one `with` block of the Condition; notify in one as well, "
    "after every change, and all of them (notify_all) if they wait for different things."
)


def _pipe_cause(sending: int, receiving: int, joining: bool) -> str:
    """What a deadlock over pipes is, by how many wait in send and in recv; nothing if no one does."""
    if sending and not receiving:
        return JOIN_BEFORE_RECV if joining else BOTH_SEND
    return NO_END_OF_PIPE if receiving and not sending else ""


def explored_deadlock(order: Interleaving, call: Call, how: str) -> Feedback:
    """What an explored schedule that cannot end, or does not, is told as.

    Args:
        how: how it was found, to follow what happened.
    """
    waits = [f"{each.actor}: waits for {each.waits_for}{_since(each)}" for each in order.waiting]
    text = " ".join(waits)
    next_step = "Follow the lines above: who is to do what the first one waits for, and can it?"
    if order.finding == "livelock":
        cause = "A livelock: everybody is busy, and nobody gets anywhere."
    elif "put on a queue to be taken out" in text:
        cause = JOIN_BEFORE_DRAIN
    elif "something on " in text:
        cause = NO_ITEM
    elif ORPHANED in text:
        cause = "An orphaned lock: its holder was ended, or left, before it gave it back; now nobody can."
    elif pipes := _pipe_cause(text.count("room in Pipe"), text.count("message on Pipe"), " to end" in text):
        cause = pipes
    elif "a notify on Condition" in text:
        cause, next_step = NO_NOTIFY, RECHECK
    elif _is_circle(order.waiting):
        cause, next_step = CIRCLE, "Let everybody take the locks that they need in one and the same order."
    elif any(each.held_since for each in order.waiting):
        cause = NO_RELEASE
    else:
        cause = ALL_WAIT
    if order.latent:
        cause += " With as little data as here it mostly passes; with more it hangs."
    return Feedback(
        happened=f"{call.text()} never returns, {how}: nobody can go on."
        if order.finding == "deadlock"
        else f"{call.text()} goes on and on, {how}.",
        cause=cause,
        evidence=waits,
        next_step=next_step,
    )


def _is_circle(waiting: list[Waiting]) -> bool:
    """Whether every lock that is waited for is held by somebody who waits for one as well."""
    # Who was the last to take a semaphore need not be the one to give it back: there it proves nothing.
    holders = {each.actor: each.held_by for each in waiting if each.held_since and "Lock" in each.waits_for}
    return bool(holders) and set(holders.values()) <= set(holders)


def _since(waiting: Waiting) -> str:
    place = f", at line {waiting.line}: {waiting.source}" if waiting.line else ""
    holder = f" (held by {waiting.held_by} since line {waiting.held_since})" if waiting.held_since else ""
    return f"{holder}{place}"


def deadline_cause(states: list[ProcessState]) -> str:
    """What a set of stuck processes usually means, by what each waits for."""
    waits = " ".join(state.waits_for for state in states)
    busy = [state for state in states if state.waits_for == "is running"]
    if "(join)" in waits and IGNORES_SIGTERM in waits:
        return STUBBORN
    if "(join)" in waits and ("feeder thread" in waits or "items it has put" in waits):
        return JOIN_BEFORE_DRAIN
    if busy:
        where = f" at line {busy[0].line}" if busy[0].line else ""
        return f"A loop that does not end{where}, or far too much work."
    if sleepers := [state for state in states if state.waits_for == "sleeps"]:
        where = f" at line {sleepers[0].line}" if sleepers[0].line else ""
        return f"A process sleeps{where}, too long or again and again, while the others wait for it."
    if "waits for results from its pool" in waits and len(states) == 1:
        return (
            "The main process waits for results from a pool that has no workers any more: leaving "
            "`with Pool(…)` ends them. Take the results inside the `with` block."
        )
    if "waits for an item from a queue" in waits:
        return NO_ITEM
    if "waits to be notified" in waits:
        return NO_NOTIFY
    if waits.count("waits for a lock"):
        return NO_RELEASE
    sending, receiving = waits.count("waits for room in a pipe"), waits.count("waits for data from a pipe")
    return _pipe_cause(sending, receiving, "(join)" in waits) or ALL_WAIT


def stuck_line(state: ProcessState) -> str:
    """`process 1: waits for a lock, at line 12: with lock:`"""
    place = f", at line {state.line}: {state.source}" if state.line else ""
    return f"{state.name}: {state.waits_for}{place}"


_LIMITS = {
    "processes": (
        "A loop that starts more and more processes, or processes that each start others.",
        "Start a fixed number of processes, and join them.",
    ),
    "memory_mb": (
        "A list that grows without end, or a copy of the data in every process.",
        "Give each process only its part of the data.",
    ),
    "disk_mb": ("A loop that writes files without end.", "Keep in memory what need not be in a file."),
    "files": ("A loop that makes files without end.", "Keep in memory what need not be in a file."),
    "output_mb": ("A loop that prints without end.", "Print a line a process, not a line a step."),
}
"""What going over a limit of course.toml mostly means, and what to do."""


def _limit(case: _Case) -> _Explained:
    name, what = case.outcome.error["limit"], case.outcome.error["what"]
    cause, next_step = _LIMITS.get(
        name, ("A result that carries far too much.", "Return only what is asked for.")
    )
    feedback = Feedback(
        happened=f"{case.call.text()} {what}, {case.call.under()}.",
        cause=cause,
        evidence=[
            f"the limit is `limits.{name}` of the exercise in course.toml"
            if name in _LIMITS
            else f"this run {what}"
        ],
        next_step=next_step,
    )
    return feedback, None


def _channel(case: _Case) -> _Explained:
    feedback = Feedback(
        happened=f"{case.call.text()} sent the grader something that is no answer, {case.call.under()}.",
        cause="The program writes into, or closes, file descriptors that it did not open.",
        evidence=[clean(str(case.outcome.error.get("reason", "")), 300)],
        next_step="Use only files and pipes that your program has opened itself.",
    )
    return feedback, None


_EXPLAIN = {
    "raised": _raised,
    "import": _import,
    "refused": _refused,
    "ended": _ended,
    "deadline": _deadline,
    "limit": _limit,
    "channel": _channel,
}


def advise(text: str) -> Advice | None:
    """The first Advice that fits."""
    text = " ".join(text.split())  # Python breaks some of its messages into lines
    return next((advice for advice in ADVICE if re.search(advice.pattern, text)), None)


def error_text(error: dict[str, Any]) -> str:
    """`ValueError: message`, or the type alone."""
    return f"{error['type']}: {error['message']}" if error["message"] else str(error["type"])


def student_frames(frames: list[tuple[str, int, str]], submission: Path) -> list[str]:
    """The frames of the student's own file, as lines with their source."""
    source = read_untrusted(submission, LONGEST_SOURCE).decode("utf-8", "replace").splitlines()
    return [
        frame_line(submission.name, line, function, source)
        for file, line, function in frames
        if os.path.basename(file) == submission.name
    ]


def frame_line(filename: str, line: int, function: str, source: list[str]) -> str:
    """`shared_counter.py:12 in work:  counter.value += 1`"""
    text = clean(source[line - 1].strip(), 160) if 0 < line <= len(source) else ""
    where = f" in {function}" if function != "<module>" else ""
    return f"{filename}:{line}{where}:  {text}"


def worker_frames(remote: str, submission: Path) -> list[str]:
    """The student's frames of a traceback that came from a worker process as text."""
    found = re.findall(r'File "(.*)", line (\d+), in (.*)', remote)
    lines = student_frames([(file, int(line), name) for file, line, name in found], submission)
    return [f"in a worker: {line}" for line in lines]
