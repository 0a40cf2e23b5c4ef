"""`tests`: the fixture for exercises in which the student writes tests of a module.

    counters = tests.of("counter", folder)     folder/right/*.py and folder/wrong/*.py
    counters.accept()                          the tests pass beside every right one
    counters.catch("no_lock", "off_by_one")    and fail beside these wrong ones: points by how many
    counters.cover()                           and run every line of the first right one

    grader ──tests + one counter──► host: pytest ──► which tests passed, as the sandbox says
       └── the same tests, the next counter ──► …

What comes out of the sandbox is said beside the student's code, so no single word of it is believed. The
grader judges by difference: the same tests, which cannot know beside what they are run, pass beside the
right modules and fail beside a wrong one. Tests that always pass or always fail earn nothing. What is left
is a test that reads the module's source instead of running it: the right ones differ from each other, and
resemble wrong ones, for that reason. The lines that were run are the sandbox's word alone; they count
only for tests that make a difference.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from manychefs.grading.explain import deadline_cause, frame_line, printed_lines, stuck_line
from manychefs.grading.outcome import CheckFailed
from manychefs.grading.student import Bench
from manychefs.report import Deadlock, Evidence, Feedback, clean, number
from manychefs.sandbox.host import Outcome

HOST_MODULE = "manychefs.sandbox.inside.tests"
IN_A_PROCESS = (
    "in a process: "  # so begins what the sandbox says of a test whose process ended by an exception
)
_UNWRITTEN = "NotImplementedError: "
_STUCK = 0.25  # of the time that tests may take: if for as long nothing was done, somebody waits for ever
_MOST_LINES = 8  # of evidence for one test


@dataclass(frozen=True, slots=True)
class Test:
    """One of the student's tests, as the sandbox says it ended: `what` failed, in which `line`."""

    name: str
    passed: bool
    what: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What one run of the tests said. `outcome` is how the call ended; the rest only if it returned."""

    outcome: Outcome
    tests: list[Test] = field(default_factory=list)
    broken: str = ""
    missing: list[int] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Whether pytest came to its end."""
        return self.outcome.how == "value"

    def passed(self) -> set[str]:
        """Names of the tests that passed."""
        return {test.name for test in self.tests if test.passed}

    def failed(self) -> list[Test]:
        """The tests that did not."""
        return [test for test in self.tests if not test.passed]


class Tests:
    """The submission as tests: `of` says of what."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def of(self, module: str, folder: Path) -> Trials:
        """The tests beside each module in `folder`, which they import by the name `module`.

        Args:
            folder: has `right/*.py` and `wrong/*.py`; the first line of each one's docstring says what it
                does, as in "Forgets the last plate."
        """
        return Trials(self._bench, module, _sources(folder / "right"), _sources(folder / "wrong"))


def _sources(folder: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.py"))}


@dataclass(frozen=True)
class Trials:
    """The student's tests beside right and wrong modules; each pair is run once a start method."""

    bench: Bench
    module: str
    right: dict[str, bytes]
    wrong: dict[str, bytes]

    def accept(self) -> None:
        """Every test passes beside every right module, and one fails beside at least one wrong one.

        Under a further start method the first right module is enough: what it adds is whether that which
        the tests hand to processes can be pickled, and that is the same beside all.

        Raises:
            CheckFailed: if not, with the test and what failed in it.
        """
        for name in list(self.right) if self.bench.is_first else list(self.right)[:1]:
            if failed := self._beside(name).failed():
                raise CheckFailed(self._refusal(failed[0], name))
        if self.bench.is_first:
            self._make_a_difference()

    def catch(self, *names: str) -> None:
        """A test that passes beside every right module fails beside each of these wrong ones.

        Raises:
            CheckFailed: with those that none does; it earns the share of those that one does.
        """
        counting = self._counting()
        caught = {name: test for name in names if (test := self._caught(name, counting))}
        missed = [name for name in names if name not in caught]
        if not missed:
            return
        evidence = [f"not caught: {self._miss(name)}" for name in missed]
        evidence += [f"caught:     {self._about(name)}, by {test.name}" for name, test in caught.items()]
        evidence += [f"not counted: {test.name}: {_reason(test)}" for test in self._refusing()]
        happened = f"Your tests pass beside a wrong {self.module}: {self._about(missed[0])}."
        if len(names) > 1:
            happened = f"Your tests pass beside {len(missed)} of these {len(names)} wrong {self.module}s."
        if unwritten := self._unwritten():
            happened = f"{unwritten.name} is not written yet: {_reason(unwritten)}"
        raise CheckFailed(Feedback(happened=happened, evidence=evidence), share=len(caught) / len(names))

    def cover(self) -> None:
        """The tests make a difference, and run every line of the first right module, in whatever process.

        Raises:
            CheckFailed: with the lines that no process ran.
        """
        self._make_a_difference()
        name = next(iter(self.right))
        missing = self._beside(name, measure=f"{self.module}.py").missing
        if not missing:
            return
        source = self.right[name].decode("utf-8").splitlines()
        lines = [frame_line(f"{self.module}.py", line, "<module>", source) for line in missing]
        raise CheckFailed(
            Feedback(
                happened=f"Your tests never run {len(missing)} of {self.module}.py's lines, in no process.",
                evidence=lines[:_MOST_LINES],
            )
        )

    # -- the judging --------------------------------------------------------------------------

    def _counting(self) -> list[str]:
        """Tests that pass beside every right module: the only ones whose failing means anything.

        In the order that their file has them: simple ones stand before those that wait.
        """
        runs = [self._beside(name) for name in self.right]
        counting = set.intersection(*(told.passed() for told in runs))
        if not counting:
            name, told = next(
                (name, told) for name, told in zip(self.right, runs, strict=True) if told.failed()
            )
            raise CheckFailed(self._refusal(told.failed()[0], name))
        return list(dict.fromkeys(test.name for test in runs[0].tests if test.name in counting))

    def _refusing(self) -> list[Test]:
        """Tests that fail beside a right module, each once."""
        failed = (test for name in self.right for test in self._beside(name).failed())
        return list({test.name: test for test in failed}.values())

    def _unwritten(self) -> Test | None:
        return next((test for test in self._refusing() if test.what.startswith(_UNWRITTEN)), None)

    def _caught(self, name: str, counting: list[str]) -> Test | None:
        """The test that fails beside a wrong module, if one does."""
        told = self._run(name, only=counting)
        return next((test for test in told.failed() if test.name in counting), None) if told.ended else None

    def _make_a_difference(self) -> None:
        counting = self._counting()
        if any(self._caught(name, counting) for name in self.wrong):
            return
        if unwritten := self._unwritten():
            raise CheckFailed(self._refusal(unwritten, next(iter(self.right))))
        raise CheckFailed(
            Feedback(
                happened=f"Your tests pass beside every {self.module}, the right ones and the wrong ones.",
                cause="They run it and assert nothing about what comes out, or catch their own failures.",
                evidence=[f"tests that pass beside all: {', '.join(counting)}"],
                next_step="State with `assert` what a right result is: `assert count_up(2, 3) == 6`.",
            )
        )

    def _beside(self, name: str, measure: str = "") -> Told:
        """All tests beside a right module, which they must be able to run to their end.

        Raises:
            CheckFailed: if they cannot.
        """
        told = self._run(name, measure=measure)
        if not told.ended:
            raise CheckFailed(self._no_end(told, name), _deadlock(told))
        if told.broken or not told.tests:
            raise CheckFailed(self._no_tests(told))
        return told

    def _run(self, name: str, only: list[str] | None = None, measure: str = "") -> Told:
        """Run the tests beside one module; an answer that is known already is not asked for again."""
        bench = self.bench
        key = (bench.method, name, measure)
        if key not in bench.known:
            source = self.right.get(name) or self.wrong[name]
            files = {bench.submission.name: bench.submission.read_bytes(), f"{self.module}.py": source}
            # What is not to pass need not be run to its end: the first that fails tells enough.
            outcome = bench.call("run", (files, only or [], name in self.wrong, measure), {})
            bench.known[key] = _told(outcome)
        told = bench.known[key]
        assert isinstance(told, Told)
        return told

    # -- the words ----------------------------------------------------------------------------

    def _about(self, name: str) -> str:
        source = self.right.get(name) or self.wrong[name]
        line = (ast.get_docstring(ast.parse(source)) or name).splitlines()[0].rstrip(".")
        return f"a {self.module} that {line[:1].lower()}{line[1:]}"

    def _miss(self, name: str) -> str:
        told = self._run(name)
        if told.ended:
            return self._about(name)
        why = "pytest did not end"
        if told.outcome.how == "deadline":
            seconds = number(told.outcome.seconds)
            why = f"your tests had not ended after {seconds} s; a test has to fail, not to wait"
        return f"{self._about(name)} ({why})"

    def _refusal(self, test: Test, name: str) -> Feedback:
        if test.what.startswith(_UNWRITTEN):
            return Feedback(
                happened=f"{test.name} is not written yet: {_reason(test)}",
                cause="This part of the stub is still to be written.",
                next_step="Replace the `raise NotImplementedError(…)` line by your own test.",
            )
        return Feedback(
            happened=f"{test.name} fails beside a right {self.module}, under {self.bench.method}: "
            f"{self._about(name)}.",
            cause=_refusal_cause(test.what),
            evidence=[*self._place(test), *test.what.splitlines()[:_MOST_LINES]],
            next_step="Catch it where it is raised, in the function that you hand to the process."
            if test.what.startswith(IN_A_PROCESS)
            else f"Read again what the lesson says a right {self.module} does, and test that alone.",
        )

    def _place(self, test: Test) -> list[str]:
        if not test.line:
            return []
        source = self.bench.submission.read_text("utf-8", "replace").splitlines()
        return [frame_line(self.bench.submission.name, test.line, test.name, source)]

    def _no_tests(self, told: Told) -> Feedback:
        filename = self.bench.submission.name
        if told.broken:
            return Feedback(
                happened=f"{filename} cannot be imported, so none of its tests can be run.",
                cause="Its last line below says why.",
                evidence=told.broken.splitlines()[-_MOST_LINES:],
                next_step=f"Run `python -m pytest {filename}` and mend the line that it names.",
            )
        return Feedback(
            happened=f"pytest found no test in {filename}.",
            cause="A test is a function at the top level whose name begins with test_.",
            next_step="Name your tests test_…; what is called otherwise is never run.",
        )

    def _no_end(self, ended: Told, name: str) -> Feedback:
        outcome = ended.outcome
        if outcome.how == "deadline":
            told = Feedback(
                happened=f"Your tests had not ended after {number(outcome.seconds)} s beside a right "
                f"{self.module}, under {self.bench.method}: {self._about(name)}.",
                cause=deadline_cause(outcome.stuck),
                evidence=[stuck_line(state) for state in outcome.stuck],
                next_step="Give every wait a limit: wait(timeout=1), get(timeout=5).",
            )
            if outcome.idle < _STUCK * outcome.seconds:
                told.cause = (
                    "Too much is asked for: nobody waits for ever, the processes were still at work when "
                    "the time was up."
                )
                told.next_step = "Ask for less, and less often: a few calls with small numbers show as much."
            return told
        return Feedback(
            happened=f"Your tests did not come to their end beside a right {self.module} ({outcome.how}).",
            cause="Something in the file ends the interpreter, or uses more than it may: os._exit(), a kill, "
            "processes without end.",
            evidence=[clean(str(part), 200) for part in outcome.error.values()]
            + printed_lines(outcome.printed),
            next_step="Let a test end by returning or by a failing assert.",
        )


def _refusal_cause(what: str) -> str:
    if "pickle" in what or "Can't get local object" in what:  # as Python 3.13 says it
        return (
            "What is handed to a new process is pickled under spawn and forkserver, and a lambda or a "
            "function inside a function cannot be."
        )
    if what.startswith(IN_A_PROCESS):
        error = what.splitlines()[0].removeprefix(IN_A_PROCESS)
        return (
            f"A process ended by an exception that nobody caught: {error}. What it still had to do was left "
            "undone."
        )
    return "The test expects something that a right one does not do, or need not do."


def _reason(test: Test) -> str:
    return test.what.removeprefix(_UNWRITTEN).partition("\n")[0]


def _deadlock(told: Told) -> Evidence | None:
    if told.outcome.how != "deadline":
        return None
    return Deadlock(seconds=told.outcome.seconds, processes=told.outcome.stuck)


def _told(outcome: Outcome) -> Told:
    """What the sandbox says, each field made sure of."""
    said = outcome.value if isinstance(outcome.value, dict) else {}
    tests = [
        Test(clean(name, 200), passed, clean(what, 2000), line)
        for name, passed, what, line in _rows(said.get("tests"))
        if type(name) is str and type(passed) is bool and type(what) is str and type(line) is int
    ]
    lines = said.get("missing")
    missing = sorted({line for line in lines if type(line) is int}) if isinstance(lines, list) else []
    return Told(outcome, tests, clean(str(said.get("broken", ""))), missing)


def _rows(rows: Any) -> list[list[Any]]:
    known = rows if isinstance(rows, list) else []
    return [row for row in known if isinstance(row, list) and len(row) == 4]
