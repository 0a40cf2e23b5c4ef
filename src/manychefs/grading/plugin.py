"""The pytest plugin that makes a test of graders/ a check: fixtures, start methods, journal.

    @pytest.mark.check(points=4, kind="races")
    def test_no_update_is_lost(interleavings):
        \"\"\"No order of steps loses an update

        Cause: what it means if this fails, unless the check itself says more exactly.
        Next: what to do then.
        \"\"\"
        interleavings.explore("count_up", processes=2, increments=2).always(4)

One test is one check. Its body runs once under each start method that the exercise lists (a `speedup`
check, and one marked start_methods="first", under the first one only), and the first failure is the
check's. Student code never runs in this process. In a pytest run that grades nothing, the plugin does
nothing.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import textwrap
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest

from manychefs.course import (
    START_METHODS,
    Course,
    Exercise,
    StartMethod,
    find_course_root,
    load_course,
)
from manychefs.errors import ChefsError
from manychefs.grading import journal
from manychefs.grading.comparison import Speedup
from manychefs.grading.difference import COLLECTIONS, differences
from manychefs.grading.explain import brief, printed_lines
from manychefs.grading.explorer import Explorer, split_because
from manychefs.grading.outcome import CheckEnded, CheckFailed, CheckInconclusive
from manychefs.grading.student import Bench, Student
from manychefs.grading.submission import copy_submission
from manychefs.grading.tests import HOST_MODULE, Tests
from manychefs.report import Check, Evidence, Feedback, Kind, Verdict, clean
from manychefs.sandbox import choice, tree
from manychefs.sandbox.deadline import LONGEST
from manychefs.sandbox.scratch import scratch_folder
from manychefs.speedup import lease

ORDER: tuple[Kind, ...] = ("correctness", "tests", "races", "speedup", "cleanup")
"""Of a grader's checks: first what is of use first. Within a kind, as they are written."""
FIRST = "first"
"""What a check asks for that the start method has nothing to do with: the exercise's first one alone."""
CHECK_CALLS = 4  # a check may take as long as this many calls that each run into their deadline
BACKSTOP = 15.0  # seconds after which pytest-timeout ends a check that outlived even that

bench_key = pytest.StashKey[Bench]()
AT_A_GLANCE = 20  # characters of what came out and what was expected, together
check_key = pytest.StashKey[Check]()
note_key = pytest.StashKey[Feedback]()
journal_key = pytest.StashKey[str]()
evidence_key = pytest.StashKey[Evidence]()
grades_key = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("manychefs", "grading a submission of Many Chefs")
    group.addoption("--submission", metavar="PATH", help="the student's file, or the folder that it is in")
    group.addoption("--chefs-journal", metavar="PATH", help="append one JSON line as each check ends")
    group.addoption("--chefs-only", metavar="NAMES", help="grade only these checks (comma-separated)")
    group.addoption("--chefs-without", metavar="NAMES", default="", help="not these checks (comma-separated)")
    group.addoption(
        "--chefs-claims", metavar="PATH", help="share the checks out with others that have this folder"
    )
    group.addoption(
        "--chefs-sought",
        metavar="NAME",
        help="of the speedup checks only this one, and orders of steps only for this one (if it is one)",
    )
    group.addoption(
        "--chefs-preview", metavar="0|1", type=int, default=0, help="measure less: no mark is made of it"
    )
    group.addoption("--chefs-few-rounds", metavar="0|1", type=int, default=0, help="measure in fewer rounds")
    group.addoption(
        "--chefs-curves", metavar="0|1", type=int, default=1, help="draw the curves that checks have"
    )
    group.addoption("--chefs-seed", metavar="N", type=int, default=0, help="seed of pauses and orders")
    group.addoption("--chefs-methods", metavar="NAMES", help="only these start methods (comma-separated)")
    group.addoption(
        "--chefs-confinement",
        metavar="NAME",
        default="",
        help="how the submission is confined (default: as strongly as this machine can)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "check(points, kind='correctness', start_methods=None, alone=None): a graded check of Many Chefs",
    )
    config.stash[journal_key] = ""
    if config.getoption("--chefs-journal"):
        enlist(config)


def enlist(config: pytest.Config) -> None:
    """Be a supervisor's grader: have its key, inherit what the submission orphans, go when it goes."""
    config.stash[journal_key] = os.environ.pop(journal.KEY, "")
    tree.adopt_orphans()
    tree.hide_memory()
    tree.die_with_parent()
    signal.signal(signal.SIGTERM, _stop)


def _stop(*_: object) -> None:
    """As Ctrl-C would: pytest stops there, and the session's fixtures end the hosts, undisturbed."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    checks = [item for item in items if item.get_closest_marker("check")]
    if not checks:
        return
    config.stash[grades_key] = True
    for item in checks:
        item.stash[check_key] = _describe(item)
    _refuse_repeats([item.name for item in checks])
    items.sort(key=lambda item: ORDER.index(item.stash[check_key].kind) if check_key in item.stash else -1)
    for item in checks:
        exercise = _exercise_of(item)[1]
        longest = exercise.limits.seconds * (CHECK_CALLS + 1) * LONGEST + exercise.exploring_seconds
        item.add_marker(pytest.mark.timeout(longest + BACKSTOP))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Leave out what was not asked for, and tell what is going to run.

    Not as the checks are collected: that may have been done for many submissions at once.
    """
    config, items = session.config, session.items
    if not config.stash.get(grades_key, False):
        return None
    only, sought = config.getoption("--chefs-only"), config.getoption("--chefs-sought")
    without = config.getoption("--chefs-without").split(",")
    kept = [
        item
        for item in items
        if (only is None or item.name in only.split(","))
        and item.name not in without
        and (not sought or item.name == sought or _kind(item) != "speedup")
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
    checks = [item.stash[check_key] for item in items if check_key in item.stash]
    _journal(config, journal.Collected(checks))
    claims = config.getoption("--chefs-claims")
    if not claims or session.testsfailed:
        return None
    _run_claimed(session, Path(claims))
    return True


def _run_claimed(session: pytest.Session, claims: Path) -> None:
    """Run the items that no other grader has claimed, and claim each before it is run."""
    items = session.items
    joins = any(claims.iterdir())
    for number in turns([(_kind(item), _runs_alone(item)) for item in items], joins, lease.plan().apart):
        item = items[number]
        if not _claim(claims / str(number)):
            continue
        # Which one is next is not known yet: any other, so that what all have in common stays.
        other = next((each for each in items if each is not item), None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=other)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)


def turns(checks: Sequence[tuple[str, bool]], joins: bool, apart: bool) -> list[int]:
    """In which order a grader goes through the checks, several being at work: as indexes.

    The first one goes from the front, in the order of use. Those that join it begin with what takes longest,
    and go on from the back. `tests` checks stay with the first one: what has come out beside the right
    modules is known to all of them.

    Args:
        checks: of each its kind, and whether it runs alone.
        joins: whether another one was there before.
        apart: whether what runs alone has cores of its own here; where not, it comes last.
    """
    numbers = list(range(len(checks)))
    if joins:
        rank = {"speedup": 0, "races": 1}
        numbers = [number for number in reversed(numbers) if checks[number][0] != "tests"]
        numbers.sort(key=lambda number: rank.get(checks[number][0], len(rank)))
    return numbers if apart else sorted(numbers, key=lambda number: checks[number][1])


def _claim(path: Path) -> bool:
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _kind(item: pytest.Item) -> str:
    """The kind of check that a test is; nothing for one that is none."""
    return item.stash[check_key].kind if check_key in item.stash else ""


def _runs_alone(item: pytest.Item) -> bool:
    """Whether nothing may run beside a check: as its marker says, and if it says nothing, a measurement."""
    marker = item.get_closest_marker("check")
    return marker is not None and bool(marker.kwargs.get("alone", _kind(item) == "speedup"))


def _describe(item: pytest.Item) -> Check:
    """The check that a test is, before it has run.

    Raises:
        pytest.UsageError: if the marker or the docstring is not as the contract says.
    """
    marker = item.get_closest_marker("check")
    assert marker is not None
    points = marker.kwargs.get("points", 0)
    kind = marker.kwargs.get("kind", "correctness")
    unknown = set(marker.kwargs) - {"points", "kind", "start_methods", "alone"}
    title = (getattr(item, "obj", None).__doc__ or "").strip().partition("\n")[0]
    for wrong, what in (
        (
            unknown or marker.args,
            f"knows points, kind, start_methods and alone, not {sorted(unknown) or marker.args}",
        ),
        (
            not isinstance(points, int | float) or points <= 0,
            f"needs points=N above 0, not {points!r}",
        ),
        (kind not in get_args(Kind), f"needs a kind of {', '.join(get_args(Kind))}, not {kind!r}"),
        (
            marker.kwargs.get("start_methods") != FIRST
            and not set(marker.kwargs.get("start_methods") or ()) <= set(START_METHODS),
            f"needs start_methods out of {', '.join(START_METHODS)}, or {FIRST!r}",
        ),
        (
            type(marker.kwargs.get("alone", True)) is not bool,
            f"needs alone=True or False, not {marker.kwargs.get('alone')!r}",
        ),
        (not title, "needs a docstring whose first line is its title for the student"),
    ):
        if wrong:
            raise pytest.UsageError(f"{item.nodeid}: a check {what}.")
    return Check(name=item.name, title=clean(title), kind=kind, points=float(points), verdict=Verdict.ERROR)


def _refuse_repeats(names: list[str]) -> None:
    """A hidden check may not have a visible one's name: only one of the two would be in the report."""
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise pytest.UsageError(f"two checks of one exercise are called {', '.join(repeated)}.")


_courses: dict[Path, Course] = {}


def _exercise_of(item: pytest.Item) -> tuple[Course, Exercise]:
    """The exercise that a grader's file belongs to: its folder's name, in the course above it."""
    try:
        root = find_course_root(item.path.parent)
        if root not in _courses:
            _courses[root] = load_course(root)
        return _courses[root], _courses[root].find(item.path.parent.name)
    except ChefsError as error:
        raise pytest.UsageError(error.feedback.text()) from None


# -- running a check --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _benches() -> Iterator[dict[tuple[Path, str], Bench]]:
    """The benches of this session, one for each grader file (and one more for its `tests`); their
    hosts end with the session."""
    benches: dict[tuple[Path, str], Bench] = {}
    yield benches
    for bench in benches.values():
        bench.close()
        shutil.rmtree(bench.submission.parent, ignore_errors=True)


@pytest.fixture
def _bench(request: pytest.FixtureRequest, _benches: dict[tuple[Path, str], Bench]) -> Bench:
    config, item = request.config, request.node
    module = HOST_MODULE if "tests" in request.fixturenames else ""
    if check_key not in item.stash:
        pytest.fail("student, interleavings, tests and speedup are for tests marked with @pytest.mark.check")
    bench = _benches.get((item.path, module))
    if bench is None:
        course, exercise = _exercise_of(item)
        given = config.getoption("--submission")
        source = Path(given) if given else course.stub(exercise)
        folder = scratch_folder()
        try:
            copied = copy_submission(source, exercise, folder)
        except ChefsError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        layer = choice.layer(choice.choose(config.getoption("--chefs-confinement")), (course.root,))
        bench = Bench(exercise, copied, _methods(config, exercise), layer, module)
        _benches[item.path, module] = bench
        bench.start()
        bench.seed = config.getoption("--chefs-seed") * 1000
    item.stash[bench_key] = bench
    lease.bind(bench.pids())
    return bench


def _methods(config: pytest.Config, exercise: Exercise) -> list[StartMethod]:
    import multiprocessing

    here = multiprocessing.get_all_start_methods()
    asked = config.getoption("--chefs-methods")
    names = asked.split(",") if asked else exercise.start_methods
    methods = [method for method in START_METHODS if method in names and method in here]
    if not methods:
        raise pytest.UsageError(f"None of the start methods {', '.join(names)} is available here.")
    return methods


@pytest.fixture
def student(_bench: Bench) -> Student:
    """The submission's functions: `student.NAME(…)`."""
    return Student(_bench)


@pytest.fixture
def interleavings(_bench: Bench, request: pytest.FixtureRequest) -> Explorer:
    """Explores orders of steps: `interleavings.explore("NAME", …).always(value)`."""
    sought = request.config.getoption("--chefs-sought")
    return Explorer(_bench, steers=not sought or sought == request.node.name)


@pytest.fixture
def tests(_bench: Bench) -> Tests:
    """The submission as tests of a module: `tests.of("tally", right=…, wrong=…).catch(…)`."""
    return Tests(_bench)


@pytest.fixture
def speedup(_bench: Bench, request: pytest.FixtureRequest) -> Iterator[Speedup]:
    """Compares with a serial run: `speedup.of("NAME", …).over(serial, …).at_least(1.5)`."""
    options = request.config
    comparison = Speedup(
        _bench,
        preview=bool(options.getoption("--chefs-preview")),
        few_rounds=bool(options.getoption("--chefs-few-rounds")),
        curves=bool(options.getoption("--chefs-curves")),
    )
    yield comparison
    if comparison.note is not None and comparison.measured is not None:
        request.node.stash[note_key] = comparison.note
        request.node.stash[evidence_key] = comparison.measured


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Hold the machine while a check runs, outside of every clock that times it."""
    if check_key not in item.stash:
        return (yield)
    check = item.stash[check_key]
    alone = _runs_alone(item)
    with lease.hold(alone=alone, waits=lambda: _journal(item.config, journal.Waits(check.name, alone))):
        _journal(item.config, journal.Started(check.name))
        started = time.monotonic()
        result = yield
        check.seconds = round(time.monotonic() - started, 3)
        _journal(item.config, journal.Ended(check))
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run the body of a check under each of its start methods."""
    bench = pyfuncitem.stash.get(bench_key, None)
    if bench is None or check_key not in pyfuncitem.stash:
        return None
    check = pyfuncitem.stash[check_key]
    marker = pyfuncitem.get_closest_marker("check")
    asked = marker.kwargs.get("start_methods") if marker else None
    wanted = START_METHODS if not asked or asked == FIRST else asked
    methods = [method for method in bench.start_methods if method in wanted]
    if asked == FIRST or check.kind == "speedup":
        methods = methods[:1]
    if not methods:
        raise CheckInconclusive(_no_method(asked))
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    bench.begin_check(bench.exercise.limits.seconds * CHECK_CALLS)
    for method in methods:
        bench.method, bench.is_first = method, method == methods[0]
        check.start_method = method
        pyfuncitem.obj(**arguments)
        if method != methods[-1]:
            _journal(pyfuncitem.config, journal.Held(check.name, method))
    check.start_method = ""
    return True


def _no_method(asked: Any) -> Feedback:
    return Feedback(
        happened=f"This check needs a start method that is not available here ({', '.join(asked or ())}).",
        cause="Windows has no fork.",
        next_step="Grade it on Linux or macOS. No points are given or taken here.",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn what a check's test did into the check's verdict and feedback."""
    check = item.stash.get(check_key, None)
    bench = item.stash.get(bench_key, None)
    if check is not None and call.excinfo is not None and _is_verdict(call.excinfo.value, bench):
        # Drawn from the source of all modules and thrown away below: it would cost more than the check.
        item.repr_failure = lambda *_, **__: ""  # type: ignore[method-assign]
    report = yield
    if check is None or (call.when == "teardown" and report.passed):
        return report
    if call.excinfo is None:
        if call.when == "call":
            check.verdict, check.earned = Verdict.PASSED, check.points
        return report
    _judge(check, call.excinfo, bench, item)
    if check.verdict is not Verdict.ERROR or isinstance(call.excinfo.value, ChefsError):
        report.longrepr = _plain_text(check)
    if check.verdict is Verdict.INCONCLUSIVE:
        report.outcome = "skipped"
        report.longrepr = (str(item.path), 0, _plain_text(check))
    return report


def _is_verdict(error: BaseException, bench: Bench | None) -> bool:
    """Whether it says all there is to say, so that nobody needs to see where in the grader it was raised."""
    return isinstance(error, CheckEnded | ChefsError) or (
        isinstance(error, AssertionError) and bench is not None
    )


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    check = item.stash.get(check_key, None)
    bench = item.stash.get(bench_key, None)
    if check is None or bench is None:
        return
    if check.verdict is Verdict.PASSED and note_key in item.stash:
        check.feedback, check.evidence = item.stash[note_key].cleaned(), item.stash[evidence_key]
    if bench.last_outcome is not None and check.verdict is not Verdict.PASSED:
        check.printed = bench.last_outcome.printed


def _judge(
    check: Check,
    excinfo: pytest.ExceptionInfo[BaseException],
    bench: Bench | None,
    item: pytest.Item,
) -> None:
    error = excinfo.value
    check.earned = 0.0
    if isinstance(error, CheckEnded):
        check.verdict = Verdict.FAILED if isinstance(error, CheckFailed) else Verdict.INCONCLUSIVE
        if check.verdict is Verdict.FAILED:
            check.earned = round(check.points * error.share, 2)
        check.feedback, check.evidence = error.feedback, error.evidence
    elif isinstance(error, AssertionError) and bench is not None:
        check.verdict = Verdict.FAILED
        check.feedback = _from_assertion(excinfo, bench)
    else:
        check.verdict = Verdict.ERROR
        check.feedback = _kit_trouble(error, excinfo)
    cause, next_step = _documented(item)
    if check.verdict is Verdict.FAILED:
        check.feedback.cause = check.feedback.cause or cause
        check.feedback.next_step = check.feedback.next_step or next_step
    check.feedback = check.feedback.cleaned()


def _from_assertion(excinfo: pytest.ExceptionInfo[BaseException], bench: Bench) -> Feedback:
    """A plain `assert`: the last call says what happened, the assert's own message why."""
    message, _, comparison = str(excinfo.value).partition("\nassert ")
    if message.startswith("assert "):
        message, comparison = "", message.removeprefix("assert ") + "\n" + comparison
    cause, next_step = split_because(message)
    evidence = []
    happened = "The check's condition does not hold."
    call, outcome = bench.last_call, bench.last_outcome
    if call and outcome:
        happened = f"{call.text()} returned {brief(outcome.value)} {call.under()}."
        evidence = printed_lines(outcome.printed)
    compared = clean(comparison.strip(), 1200)
    if compared:
        evidence = [
            f"expected: {_in_words(compared.splitlines()[0], str(excinfo.traceback[-1].statement))}",
            *(line.strip() for line in compared.splitlines()[1:12]),
            *evidence,
        ]
    return Feedback(happened=happened, cause=cause, evidence=evidence, next_step=next_step)


def _in_words(compared: str, statement: str) -> str:
    """What was to hold and what was there instead, of an `assert` that compares two things.

    Pytest says `0.3 < 0.04`, which is neither. The name that the grader gave to what it looked at tells what
    the number is of: `share of a core < 0.04; it was 0.3`.

    Args:
        compared: as pytest says it. statement: the `assert`, as the grader has it.
    """
    try:
        (line,) = ast.parse(textwrap.dedent(statement)).body
    except (SyntaxError, ValueError):
        return compared
    if not (isinstance(line, ast.Assert) and isinstance(line.test, ast.Compare) and len(line.test.ops) == 1):
        return compared
    sign = _SIGNS.get(type(line.test.ops[0]), "")
    parts = compared.split(f" {sign} ")
    if not sign or len(parts) != 2:
        return compared
    was, wanted = parts
    left = line.test.left
    name = left.id.replace("_", " ") if isinstance(left, ast.Name) else ""
    holds = wanted if sign == "==" and not name else f"{name} {sign} {wanted}".strip()
    return f"{holds}; it was {was}"


_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="
}  # fmt: skip


def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: object, right: object
) -> list[str] | None:
    """In a check, what `assert got == expected` says where a collection is expected, and how it differs."""
    if op != "==" or not isinstance(right, COLLECTIONS) or not config.stash.get(grades_key, False):
        return None
    both_are_seen_at_a_glance = len(repr(left)) + len(repr(right)) <= AT_A_GLANCE
    return [brief(right), *([] if both_are_seen_at_a_glance else differences(left, right))]


def _documented(item: pytest.Item) -> tuple[str, str]:
    """`Cause:` and `Next:` of the test's docstring, each up to the next empty line."""
    text = getattr(item, "obj", None).__doc__ or ""
    found = dict(
        re.findall(r"^\s*(Cause|Next):\s*(.*?)(?=\n\s*\n|\n\s*(?:Cause|Next):|\Z)", text, re.S | re.M)
    )
    cause, next_step = (" ".join(found.get(key, "").split()) for key in ("Cause", "Next"))
    return cause, next_step


def _kit_trouble(error: BaseException, excinfo: pytest.ExceptionInfo[BaseException]) -> Feedback:
    if isinstance(error, ChefsError):
        return error.feedback
    where = [f"at {entry.path}:{entry.lineno + 1}" for entry in excinfo.traceback[-1:]]
    return Feedback(
        happened="This check could not be carried out: the grader or the machine failed.",
        cause="This is not your program's fault, and it takes no points.",
        evidence=[f"{type(error).__name__}: {clean(str(error), 500)}", *where],
        next_step="Run it again; if it stays, report it with the lines above.",
    )


def _plain_text(check: Check) -> str:
    """Feedback as plain pytest shows it (the `chefs` command has a better layout)."""
    assert check.feedback is not None
    parts = [
        ("What happened", [check.feedback.happened]),
        ("Likely cause", [check.feedback.cause]),
        ("Evidence", check.feedback.evidence),
        ("Next", [check.feedback.next_step]),
    ]
    lines = [check.title]
    for heading, texts in parts:
        lines += [
            f"  {heading + ':' if not i else '':15} {text}" for i, text in enumerate(filter(None, texts))
        ]
    return "\n".join(lines)


def _journal(config: pytest.Config, event: journal.Event) -> None:
    path = config.getoption("--chefs-journal")
    if path:
        journal.append(Path(path), event, config.stash[journal_key])


def pytest_report_header(config: pytest.Config) -> str | None:
    given = config.getoption("--submission")
    return f"submission: {given}" if given else None
