"""Proves that an exercise is fit to be given out.

For each exercise: the solution gets full points under every start method, and so does every other
right answer under the first one; the stub is in step with the solution, gets nothing and says what to
do; each known-wrong answer fails the check that its header names, with the word that it names, and not by
the luck of a real run where orders of steps are explored; each check is named by one of them; and no
author's TODO is left in its files or in course.toml. If it has to be thorough: and wrong answers pass the
checks that their headers do not name, so that one mistake costs the points of one check.

A wrong answer's header is its docstring:

    \"\"\"The lock is held for the read only.

    caught-by: test_no_update_is_lost
    says: lost update
    may-fail: test_reaches_5000         checks that may fail as well, or not: they are never run (optional)
    under: spawn                        the start method that shows it (default: the first listed)
    cores: 2                            it is wrong on a machine with so many only (default: on any)
    \"\"\"

Only the solution is run under every start method: for the others, three times the time proves no more. It
explores as many orders of steps as the exercise says, each other right answer a quarter of them (there are
three to six in an exercise of the course, so together they explore about as many again). The solution's
speed is measured as for a mark, the others' in the same way but by three rounds an attempt instead of five:
what comes out is known. A scaling curve, which nobody looks at, is drawn of the solution alone. A speedup
that the machine left open is no verdict on anybody: it is measured again, a few times at most.

Of a wrong answer only the check that catches it is run: that the others can be passed, right answers show.

A thorough validation runs a wrong answer's other checks, too, except those that may fail as well, since
nothing would come of them. Its speed is still measured only if that is what catches it, and another check
that explores orders of steps makes its real runs alone. Other right answers than the solution explore half
as many orders as that.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import Literal

import msgspec

from manychefs.batch.run import Job, Result
from manychefs.course import MANIFEST, START_METHODS, Course, Exercise, StartMethod
from manychefs.errors import ChefsError
from manychefs.grading.explorer import BY_CHANCE, is_steered
from manychefs.grading.supervisor import Begun
from manychefs.release.stubs import stub_of
from manychefs.report import Check, Report, Verdict, number
from manychefs.speedup.cores import usable_cores

FEWEST_WRONG_ANSWERS = 4
MEASURED_AGAIN = 2  # times at most that a speedup which the machine left open is measured once more
_MEASURED = re.compile(r"check\([^)]*kind=.speedup.[^)]*\)\s*def (\w+)")
_TO_DO = re.compile(r"\bTODO\b.*")
Role = Literal["solution", "right", "stub", "wrong"]


@dataclass(frozen=True, slots=True)
class Header:
    """What a wrong answer says of itself."""

    caught_by: str
    says: str
    may_fail: frozenset[str]
    under: StartMethod | None = None
    cores: int = 1


@dataclass(frozen=True, slots=True)
class Trial:
    """A submission whose verdicts are known beforehand. `measured`: its speedup is going to be measured."""

    role: Role
    path: Path
    job: Job
    header: Header | None = None
    measured: bool = False


@dataclass
class Findings:
    """What validating one exercise has shown. `problems` is empty when it is fit."""

    exercise: Exercise
    problems: list[str] = field(default_factory=list)
    caught: int = 0
    wrong: int = 0
    right: int = 0
    not_here: int = 0  # wrong answers that are wrong only with more cores than this machine has
    again: int = 0  # measurements that were made once more, because the machine had left them open
    checks: frozenset[str] = frozenset()  # names, as the solution's report has them
    named: set[str] = field(default_factory=set)  # checks that a wrong answer's header says it is caught by


def read_header(path: Path) -> Header:
    """The header of a wrong answer.

    Raises:
        ValueError: if it has none or it lacks a line.
    """
    try:
        text = ast.get_docstring(ast.parse(path.read_bytes())) or ""
    except SyntaxError:
        # Not Python at all is a wrong answer too: its header stands in comments.
        text = re.sub(r"^# ?", "", path.read_text("utf-8", "replace"), flags=re.MULTILINE)
    lines = dict(re.findall(r"^(caught-by|says|may-fail|under|cores):[ \t]*(.+)$", text, re.MULTILINE))
    for key in ("caught-by", "says"):
        if key not in lines:
            raise ValueError(f"its docstring has no line `{key}: …`")
    others = frozenset(name.strip() for name in lines.get("may-fail", "").split(",") if name.strip())
    under = lines.get("under", "").strip() or None
    if under not in (None, *START_METHODS):
        raise ValueError(f"`under: {under}` is not a start method ({', '.join(START_METHODS)})")
    cores = lines.get("cores", "1").strip()
    if not cores.isdecimal():
        raise ValueError(f"`cores: {cores}` is not a number of cores")
    return Header(lines["caught-by"].strip(), lines["says"].strip(), others, under, int(cores))


def plan(
    course: Course,
    exercise: Exercise,
    findings: Findings,
    seed: int = 0,
    sample: int | None = None,
    thorough: bool = False,
) -> list[Trial]:
    """The trials of one exercise; what is wrong before anything has run goes into `findings`.

    Args:
        sample: of the wrong answers only so many, and of the right ones half as many, drawn by the seed.
        thorough: run those checks of a wrong answer too that are not to catch it, and have to pass; and
            explore right answers further.
    """
    _check_files(course, exercise, findings)
    trials = [_trial("solution", course.solution(exercise), exercise, seed)]
    trials += [
        _trial("right", path, exercise, seed, thorough=thorough)
        for path in sorted((course.grader(exercise).parent / "right").glob("*.py"))
    ]
    trials.append(_trial("stub", course.stub(exercise), exercise, seed))
    measured = _measured(course.grader(exercise))
    for path in course.wrong_answers(exercise):
        try:
            header = read_header(path)
        except ValueError as error:
            findings.problems.append(f"{path}: {error}.")
            continue
        findings.named.add(header.caught_by)
        if header.cores > usable_cores():
            findings.not_here += 1
            continue
        trials.append(_trial("wrong", path, exercise, seed, header, measured, thorough))
    findings.wrong = sum(trial.role == "wrong" for trial in trials)
    drawn = trials if sample is None else _drawn(trials, sample, f"{exercise.name} {seed}")
    written = findings.wrong + findings.not_here
    if written < FEWEST_WRONG_ANSWERS:
        findings.problems.append(
            f"{exercise.name}: {written} known-wrong answers in graders/{exercise.name}/wrong/; "
            f"at least {FEWEST_WRONG_ANSWERS} are needed."
        )
    findings.wrong = sum(trial.role == "wrong" for trial in drawn)
    return drawn


def _drawn(trials: list[Trial], sample: int, seed: str) -> list[Trial]:
    """The solution, the stub, and of the others as many as `sample` says; the same for the same seed."""
    shuffled = random.Random(seed).sample(trials, len(trials))
    wrong = [trial for trial in shuffled if trial.role == "wrong"][:sample]
    right = [trial for trial in shuffled if trial.role == "right"][: (sample + 1) // 2]
    return [trial for trial in trials if trial.role in ("solution", "stub") or trial in (*wrong, *right)]


def in_turn(plans: list[list[Trial]]) -> list[Trial]:
    """The trials of all exercises in the order in which to grade them, so that no core stands idle.

    Exercises take turns, so that answers that wait for a deadline run beside others that calculate.
    Wrong answers come first: they are the ones that hang, and nothing should wait for them at the end.
    What is measured comes last: a measurement takes the machine alone, for which all checks have to end, and
    the more of them there are by then, the more follow one another at once.
    """
    mixed = [trial for each in zip_longest(*plans) for trial in each if trial is not None]
    return sorted(mixed, key=lambda trial: (trial.measured, trial.role != "wrong"))


def _trial(
    role: Role,
    path: Path,
    exercise: Exercise,
    seed: int,
    header: Header | None = None,
    measured: Collection[str] = (),
    thorough: bool = False,
) -> Trial:
    under = header.under if header and header.under else exercise.start_methods[0]
    if role == "right":
        part = 2 if thorough else 4
        exercise = msgspec.structs.replace(exercise, schedules=(exercise.schedules + part - 1) // part)
    job = Job(
        exercise,
        path,
        student=path.stem,
        methods=() if role == "solution" else (under,),
        sought=header.caught_by if header else "",
        only=frozenset({header.caught_by}) if header and not thorough else frozenset(),
        without=header.may_fail - {header.caught_by} if header else frozenset(),
        seed=seed,
        few_rounds=role != "solution",
        curves=role == "solution",
    )
    return Trial(role, path, job, header, job.measures and (header is None or header.caught_by in measured))


def _measured(grader: Path) -> list[str]:
    """The names of a grader's speedup checks, as far as its text shows them: no verdict hangs on it."""
    text = grader.read_text("utf-8", "replace") if grader.is_file() else ""
    return _MEASURED.findall(text)


def _check_files(course: Course, exercise: Exercise, findings: Findings) -> None:
    for path in (course.lesson(exercise), course.grader(exercise)):
        if not path.is_file():
            findings.problems.append(f"{path} is missing.")
    try:
        expected = stub_of(course, exercise)
    except ChefsError as error:
        findings.problems.append(error.feedback.text())
        return
    stub = course.stub(exercise)
    if not stub.is_file() or stub.read_bytes() != expected.encode():
        findings.problems.append(f"{stub} is not in step with the solution: run `chefs stubs`.")
    findings.problems += _left_to_do(course, exercise)


def _left_to_do(course: Course, exercise: Exercise) -> Iterator[str]:
    """Where the author's own TODOs are still: in the lesson, the solution, the grader, course.toml."""
    for path in (course.lesson(exercise), course.solution(exercise), course.grader(exercise)):
        text = path.read_text("utf-8", "replace") if path.is_file() else ""
        for at, line in enumerate(text.splitlines(), 1):
            if found := _TO_DO.search(line):
                yield f"{path}:{at}: {found[0]}"
    tasks = [text for task in exercise.tasks for text in (task.title, *task.hints)]
    for text in (exercise.title, exercise.concept, *tasks):
        if found := _TO_DO.search(text):
            yield f"{course.root / MANIFEST}, {exercise.name}: {found[0]}"


def once_more(trial: Trial, result: Result) -> Job | None:
    """A job that makes those measurements again which the machine left open; None if there are none.

    The other checks' verdicts stand.
    """
    report = result.report
    if report is None or trial.role == "stub":
        return None
    left_open = [
        check.name
        for check in report.checks
        if check.kind == "speedup"
        and check.verdict is Verdict.INCONCLUSIVE
        and not _not_here(check, report)
        and (trial.header is None or trial.header.caught_by == check.name)
    ]
    if not left_open:
        return None
    stand = [check for check in report.checks if check.name not in left_open]
    return replace(trial.job, begun=Begun(planned=report.checks, ended=stand))


def judge(trial: Trial, result: Result, findings: Findings) -> None:
    """Hold a trial's report against what it had to be; the solution's trial comes first."""
    if unknown := _unknown_checks(trial, findings.checks):
        findings.problems += [f"{trial.path}: {problem}" for problem in unknown]
        return
    if result.refused is not None or result.report is None:
        told = result.refused.feedback.text() if result.refused else "no report"
        findings.problems.append(f"{trial.path}: {told}")
        return
    report = result.report
    if trial.role == "solution":
        findings.checks = frozenset(check.name for check in report.checks)
        findings.problems += [
            f"{trial.path}: no wrong answer is caught by {check.name}: nothing shows that it can fail. "
            "Write one, or let the header of one that it fails name it."
            for check in report.checks
            if findings.named and check.name not in findings.named
        ]
    problems = list(_PROBLEMS[trial.role](trial, report))
    findings.problems += [f"{trial.path}: {problem}" for problem in problems]
    findings.caught += trial.role == "wrong" and not problems
    findings.right += trial.role in ("solution", "right") and not problems


def _right(trial: Trial, report: Report) -> Iterator[str]:
    declared = trial.job.exercise.points
    if report.points != declared:
        yield f"its checks have {number(report.points)} points, course.toml says {declared}."
    for check in report.checks:
        if check.verdict is not Verdict.PASSED and not _not_here(check, report):
            yield f"{check.name} is {_told(check)}"


def _stub(_trial: Trial, report: Report) -> Iterator[str]:
    for check in report.checks:
        if check.verdict is not Verdict.FAILED or check.feedback is None:
            yield f"the stub's {check.name} is {_told(check)}"
        elif "not written yet" not in check.feedback.happened:
            yield f"{check.name} does not tell what to write: {check.feedback.happened}"


def _wrong(trial: Trial, report: Report) -> Iterator[str]:
    header, exercise = trial.header, trial.job.exercise
    assert header is not None
    checks = {check.name: check for check in report.checks}
    named = checks.get(header.caught_by)
    if named is not None and not _not_here(named, report):
        text = named.feedback.text() if named.feedback else ""
        if named.verdict is not Verdict.FAILED:
            yield f"{named.name} should fail and is {_told(named)}"
        elif header.says.casefold() not in text.casefold():
            yield f"{named.name} fails, but does not say {header.says!r}: {text}"
        elif BY_CHANCE in text and is_steered(exercise, header.under or exercise.start_methods[0]):
            yield (
                f"{named.name} fails by chance: a real run showed what no order of steps that was explored "
                "did, and the next may not. Let the check explore a smaller program, or give the exercise "
                f"more `schedules` in {MANIFEST} ({exercise.schedules} now)."
            )
    for check in report.checks:
        is_named = check.name == header.caught_by
        if check.verdict is not Verdict.PASSED and not is_named and not _not_here(check, report):
            yield f"{check.name} should pass and is {_told(check)}"


def _unknown_checks(trial: Trial, known: frozenset[str]) -> list[str]:
    """What is wrong with the names in a header; nothing where no solution has told which there are."""
    names = (trial.header.caught_by, *sorted(trial.header.may_fail)) if trial.header and known else ()
    return [f"its header names {name}, and there is no such check." for name in names if name not in known]


_PROBLEMS = {"solution": _right, "right": _right, "stub": _stub, "wrong": _wrong}


def _not_here(check: Check, report: Report) -> bool:
    """A speedup that one core cannot show proves nothing, for or against."""
    return check.verdict is Verdict.INCONCLUSIVE and check.kind == "speedup" and report.machine.cores < 2


def _told(check: Check) -> str:
    return f"{check.verdict.value}: {check.feedback.text() if check.feedback else ''}".replace("\n", "\n    ")
