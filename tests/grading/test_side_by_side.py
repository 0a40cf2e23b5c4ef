"""Graders of one submission side by side: each check is made once, in no more time, and told in order."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from manychefs.course import load_course
from manychefs.grading import journal, supervisor
from manychefs.grading.plugin import turns
from manychefs.report import Report, Verdict

P, E = Verdict.PASSED, Verdict.ERROR
OK = "def ok():\n    return 42\n"
PREAMBLE = """
import os, pathlib, time
import pytest

HERE = pathlib.Path(__file__).parent

def meet(mine, other):
    '''Return when whoever calls meet(other, mine) is there as well.'''
    (HERE / mine).touch()
    until = time.monotonic() + 20
    while not (HERE / other).exists():
        assert time.monotonic() < until, f'{other} never came'
        time.sleep(0.005)

def ran(name):
    with open(HERE / 'ran', 'a') as file:
        file.write(f'{name} {os.getpid()}\\n')
"""


KINDS = {"waiting": "'speedup', alone=False"}


def grader(*checks: tuple[str, str, str]) -> str:
    """A grader with a check for each (name, kind, body); `waiting` is a speedup that need not be alone."""
    return PREAMBLE + "".join(
        f"\n@pytest.mark.check(points=1, kind={KINDS.get(kind, repr(kind))})\ndef test_{name}(student):\n"
        f'    """Check {name}"""\n    ran({name!r})\n    {body}\n'
        for name, kind, body in checks
    )


def ran(tiny: Any) -> list[tuple[str, int]]:
    """Which checks were run, and by which grader."""
    lines = (tiny.grader.parent / "ran").read_text().split("\n")[:-1]
    return [(line.split()[0], int(line.split()[1])) for line in lines]


def verdicts(report: Report) -> list[Verdict]:
    return [check.verdict for check in report.checks]


def test_checks_run_at_the_same_time_each_once_and_are_told_in_the_plans_order(
    tiny_course: Any,
) -> None:
    names = ["one", "two", "three", "four", "five"]
    bodies = ["pass", "meet('two', 'five')", "pass", "pass", "meet('five', 'two')"]
    tiny = tiny_course(
        grader(*((name, "correctness", body) for name, body in zip(names, bodies, strict=True)))
    )
    told: list[str] = []
    report = tiny.grade(OK, side_by_side=2, on_check=lambda check: told.append(check.name))
    assert verdicts(report) == [P] * 5
    assert told == [check.name for check in report.checks] == [f"test_{name}" for name in names]
    assert sorted(name for name, _ in ran(tiny)) == sorted(names)
    graders = dict(ran(tiny))
    assert len(set(graders.values())) == 2
    assert graders["one"] == graders["two"] != graders["five"]


class Looks(threading.Event):
    """Given as `stop`, which is asked at each look into the journals: touches `path` a few after `begin`."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.count = -1

    def begin(self) -> None:
        self.count = 0

    def is_set(self) -> bool:
        self.count += self.count >= 0
        if self.count > 5:
            self.path.touch()
        return False


def test_the_first_verdict_has_the_machine_to_itself(
    tiny_course: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    begin = supervisor._begin
    monkeypatch.setattr(supervisor, "_begin", lambda *args: happened.append("grader") or begin(*args))
    checks = [("one", "meet('one', 'goes_on')"), ("two", "pass"), ("three", "pass")]
    tiny = tiny_course(grader(*((name, "correctness", body) for name, body in checks)))
    looks = Looks(tiny.grader.parent / "goes_on")
    report = tiny.grade(
        OK,
        side_by_side=4,
        stop=looks,
        on_plan=lambda _: looks.begin(),
        on_check=lambda check: happened.append(check.name),
    )
    assert verdicts(report) == [P] * 3
    assert happened[:2] == ["grader", "test_one"]


def test_waiting_for_a_check_of_ones_own_submission_is_not_told(
    tiny_course: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = tiny_course(
        grader(
            ("one", "correctness", "pass"),
            ("two", "correctness", "meet('two', 'goes_on')"),
            ("three", "speedup", "pass"),
        )
    )
    looks = Looks(tiny.grader.parent / "goes_on")
    note = supervisor._note

    def noted(event: journal.Event, *more: Any) -> None:
        note(event, *more)
        if isinstance(event, journal.Waits):
            looks.begin()

    monkeypatch.setattr(supervisor, "_note", noted)
    monkeypatch.setattr(supervisor, "TELL_WAITING", 0.0)
    too_early: list[bool] = []
    report = tiny.grade(
        OK, side_by_side=2, stop=looks, on_wait=lambda: too_early.append(not looks.path.exists())
    )
    assert verdicts(report) == [P] * 3
    assert True not in too_early
    assert ran(tiny)[-1][0] == "three"


def test_what_has_to_run_alone_keeps_nobody_from_what_need_not(tiny_course: Any) -> None:
    tiny = tiny_course(
        grader(
            ("one", "correctness", "pass"),
            ("two", "correctness", "meet('two', 'three')"),
            ("three", "correctness", "meet('three', 'two')"),
            ("four", "speedup", "pass"),
        )
    )
    assert verdicts(tiny.grade(OK, side_by_side=2)) == [P] * 4
    assert ran(tiny)[-1][0] == "four"


def test_a_speedup_that_is_not_to_run_alone_runs_beside_others(tiny_course: Any) -> None:
    tiny = tiny_course(
        grader(
            ("one", "correctness", "pass"),
            ("two", "correctness", "meet('two', 'three')"),
            ("three", "waiting", "meet('three', 'two')"),
        )
    )
    assert verdicts(tiny.grade(OK, side_by_side=2)) == [P] * 3


def test_whoever_joins_begins_with_what_takes_longest(tiny_course: Any) -> None:
    tiny = tiny_course(
        grader(
            ("one", "correctness", "pass"),
            ("two", "correctness", "meet('two', 'three')"),
            ("three", "races", "meet('three', 'two')"),
            ("four", "cleanup", "pass"),
        )
    )
    assert verdicts(tiny.grade(OK, side_by_side=2)) == [P] * 4
    names = [name for name, _ in ran(tiny)]
    assert names.index("three") < names.index("four")


def test_tests_checks_stay_with_one_grader_that_knows_what_has_come_out(tiny_course: Any) -> None:
    tiny = tiny_course(
        grader(
            ("one", "tests", "pass"),
            ("two", "tests", "meet('two', 'four')"),
            ("three", "tests", "pass"),
            ("four", "cleanup", "meet('four', 'two')"),
        )
    )
    assert verdicts(tiny.grade(OK, side_by_side=3)) == [P] * 4
    graders = dict(ran(tiny))
    assert graders["one"] == graders["two"] == graders["three"] != graders["four"]


def test_one_that_dies_costs_its_check_a_second_try_and_the_others_nothing(tiny_course: Any) -> None:
    once = "(HERE / 'died').exists() or ((HERE / 'died').touch(), os.kill(os.getpid(), 9))"
    tiny = tiny_course(
        grader(
            ("one", "correctness", "pass"),
            ("two", "correctness", "meet('two', 'died')"),
            ("three", "correctness", "pass"),
            ("four", "correctness", once),
        )
    )
    told: list[str] = []
    report = tiny.grade(OK, side_by_side=2, on_check=lambda check: told.append(check.name))
    assert verdicts(report) == [P] * 4
    assert told == [check.name for check in report.checks]
    assert sorted(name for name, _ in ran(tiny)) == ["four", "four", "one", "three", "two"]


def test_one_that_dies_each_time_leaves_one_error(tiny_course: Any) -> None:
    dies = "(HERE / 'died').touch(); os.kill(os.getpid(), 9)"
    tiny = tiny_course(
        grader(
            ("one", "correctness", "pass"),
            ("two", "correctness", "meet('two', 'died')"),
            ("three", "correctness", dies),
        )
    )
    assert verdicts(tiny.grade(OK, side_by_side=2)) == [P, P, E]


def test_a_hidden_check_is_shared_as_well(tiny_course: Any) -> None:
    tiny = tiny_course(grader(("one", "correctness", "pass"), ("two", "correctness", "meet('two', 'three')")))
    hidden = grader(("three", "correctness", "meet('three', 'two')"))
    tiny.grader.with_name("test_hidden.py").write_text(hidden)
    course = load_course(tiny.root)
    path = Path(tiny.submit(OK))
    report = supervisor.grade(course, course.exercises[0], path, side_by_side=2)
    assert verdicts(report) == [P] * 3


def test_the_turns_of_those_who_share_checks() -> None:
    checks = [("correctness", False), ("tests", False), ("races", False), ("races", False)]
    checks += [("speedup", True), ("speedup", False), ("cleanup", False)]
    assert turns(checks, joins=False, apart=True) == [0, 1, 2, 3, 4, 5, 6]
    assert turns(checks, joins=False, apart=False) == [0, 1, 2, 3, 5, 6, 4]
    assert turns(checks, joins=True, apart=True) == [5, 4, 3, 2, 6, 0]
    assert turns(checks, joins=True, apart=False) == [5, 3, 2, 6, 0, 4]


def test_as_many_as_cores_and_a_few_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, graders in ((1, 1), (2, 2), (64, supervisor.SIDE_BY_SIDE)):
        monkeypatch.setattr(supervisor, "usable_cores", lambda cores=cores: cores)
        assert supervisor.usual_graders() == graders


THREE_AT_ONCE = [
    ("one", "correctness", "pass"),
    ("two", "correctness", "meet('two', 'four')"),
    ("three", "correctness", "meet('three', 'four')"),
    ("four", "correctness", "(HERE / 'four').touch()"),
]


class Spare:
    """A core that stands idle whenever it is looked for."""

    def is_there(self) -> bool:
        return True

    def look_anew(self) -> None:
        pass


def test_where_checks_wait_and_a_core_stands_idle_one_more_joins(
    tiny_course: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two graders had one check each that waits, and the third check was not begun meanwhile."""
    monkeypatch.setattr(supervisor, "_SpareCore", Spare)
    # The second one goes from the back, so what the two wait for stands in the middle.
    one, two, three, four = THREE_AT_ONCE
    tiny = tiny_course(grader(one, two, four, three))
    assert verdicts(tiny.grade(OK, side_by_side=2)) == [P] * 4
    assert len({pid for _, pid in ran(tiny)}) == 3


@pytest.mark.parametrize(("kind", "side_by_side", "most"), [("speedup", 2, 2), ("correctness", 1, 1)])
def test_nobody_joins_where_a_speedup_is_to_be_measured_nor_where_one_was_asked_for(
    tiny_course: Any, monkeypatch: pytest.MonkeyPatch, kind: str, side_by_side: int, most: int
) -> None:
    monkeypatch.setattr(supervisor, "_SpareCore", Spare)
    checks = [(f"check{number}", "correctness", "time.sleep(0.1)") for number in range(5)]
    tiny = tiny_course(grader(*checks, ("last", kind, "pass")))
    assert verdicts(tiny.grade(OK, side_by_side=side_by_side)) == [P] * 6
    assert len({pid for _, pid in ran(tiny)}) <= most


def test_a_core_is_spare_when_it_stood_idle_for_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    now, idle = [0.0], [supervisor.IDLE]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(supervisor.ForeignLoad, "idle", lambda _: idle[0])
    spare = supervisor._SpareCore()
    assert not spare.is_there()  # no window is over
    now[0] += supervisor.IDLE_WINDOW
    assert spare.is_there()
    assert not spare.is_there()  # the next one has begun
    now[0] += supervisor.IDLE_WINDOW
    idle[0] = supervisor.IDLE - 0.1
    assert not spare.is_there()
    idle[0] = None
    now[0] += supervisor.IDLE_WINDOW
    assert not spare.is_there()  # nobody knows
