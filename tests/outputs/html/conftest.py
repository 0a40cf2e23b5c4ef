"""Reports with every kind of verdict and evidence, harmless or meant to do harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from manychefs.course import Exercise, Limits, Task, load_course
from manychefs.report import (
    Check,
    CurvePoint,
    Deadlock,
    Feedback,
    Interleaving,
    Leftovers,
    Machine,
    Outcomes,
    ProcessState,
    Report,
    SpeedupMeasurement,
    Strip,
    StudentTraceback,
    Verdict,
)

REPO = Path(__file__).parents[3]

HOSTILE = [
    "<script>window.pwned = 1</script>",
    '"><img src=x onerror="window.pwned=1">',
    "' onmouseover='window.pwned=1",
    "</style></title></pre></details><script src=//example.invalid/x.js></script>",
    "<svg/onload=window.pwned=1>",
    "</svg><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "{{ 7 * 7 }}{% raw %}{# #}",
    "javascript:window.pwned=1",
    "<!-- -- > --!> ]]> &lt;b&gt; &#60;i&#62; &",
    "<base href=//example.invalid/><meta http-equiv=refresh content=0;url=//example.invalid>",
    "\x1b[2J\r\x00\u202egnorw\u2028\ufeff",
    "x" * 20_000,
    "<" * 5_000,
]


class Elements(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.styles: set[str] = set()
        self.scripts = 0
        self.words: list[str] = []
        self._inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._inside = tag
        self.scripts += tag == "script"
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src"):
                self.addresses.add(value or "")
            if name == "style":
                self.styles.add(value or "")

    def handle_data(self, data: str) -> None:
        if self._inside not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


@pytest.fixture
def elements() -> Callable[[str], Elements]:
    return Elements


@pytest.fixture
def reports(orders: dict[str, Interleaving]) -> Callable[[Callable[[str], str]], list[Report]]:
    """Builds three reports (failed in every way, passed, not begun) out of words that `say` may change."""

    def build(say: Callable[[str], str] = str) -> list[Report]:
        return [_failed(say, orders), _passed(say), _unwritten(say)]

    return build


def _feedback(say: Callable[[str], str], **told: str) -> Feedback:
    return Feedback(
        happened=say(told.get("happened", "count_up(2, 3) returned 3, not 6.")),
        cause=say(told.get("cause", "A lost update.")),
        evidence=[say("- expected 6"), say("+ got 3")],
        next_step=say("Hold the lock around both."),
    )


def _failed(say: Callable[[str], str], orders: dict[str, Interleaving]) -> Report:
    evidence = {
        "wrong": None,
        "order": orders["lost update"],
        "stuck": orders["abba"],
        "measured": SpeedupMeasurement(
            cores=2, required=1.5, rounds=3, serial_seconds=0.4, student_seconds=0.4, speedup=1.0, low=0.9,
            high=1.1, parallelism=1.0, demand=1.0, balance=2.0, inflation=1.0, processes=3,
            control_seconds=0.21, serial_interval=(0.38, 0.45), student_interval=(0.39, 0.5),
            strips=[Strip(name=say("p1"), ran=[1.0, 0.0] * 8, waited=[0.0, 1.0] * 8)],
            curve=[CurvePoint(workers=n, seconds=0.4, speedup=n, low=n - 0.1, high=n + 0.1) for n in (1, 2)],
        ),
        "hangs": Deadlock(
            seconds=2.0,
            processes=[
                ProcessState(
                    name=say("chef-1"), pid=12, waits_for=say("waits for a lock"), line=7,
                    source=say("with x:"),
                    stack=[say("tally.py:7 in add"), say("tally.py:12 in work")],
                )
            ],
        ),
        "varies": Outcomes(runs=20, counts=[(say("6"), 17), (say("5"), 3)], expected=say("6")),
        "leaves": Leftovers(processes=[say("chef-2")], semaphores=[say("sem-1")]),
        "raises": StudentTraceback(error=say("ValueError: no"), frames=[say("tally.py:3 in f")]),
    }  # fmt: skip
    checks = [
        Check(
            name=f"test_{name}", title=say(f"It must not be that it {name}"), kind="races", points=2.0,
            verdict=Verdict.FAILED, start_method="fork", feedback=_feedback(say, cause=f"It {name}."),
            evidence=shown, printed=say("hello\nfrom a chef"), seconds=0.5,
        )
        for name, shown in evidence.items()
    ]  # fmt: skip
    checks += [
        Check(name="test_same", title=say("The same again"), kind="correctness", points=1.0,
              verdict=Verdict.FAILED, feedback=_feedback(say, cause="It wrong.")),
        Check(name="test_one_core", title=say("Faster"), kind="speedup", points=3.0,
              verdict=Verdict.INCONCLUSIVE, feedback=_feedback(say, happened="One core shows nothing.")),
        Check(name="test_broken", title=say("Carried out"), kind="cleanup", points=1.0,
              verdict=Verdict.ERROR, feedback=_feedback(say, happened="The grader ended.")),
        Check(name="test_fine", title=say("Fine"), kind="correctness", points=2.0, earned=2.0,
              verdict=Verdict.PASSED),
    ]  # fmt: skip
    return _report("03_shared_counter", say("Five chefs, one tally"), checks, say)


def _passed(say: Callable[[str], str]) -> Report:
    checks = [
        Check(name=f"test_{n}", title=say(f"Right for {n}"), kind="correctness", points=6.0, earned=6.0,
              verdict=Verdict.PASSED)
        for n in (1, 2)
    ]  # fmt: skip
    return _report("02_pool_map", say("A brigade for a pile of work"), checks, say)


def _unwritten(say: Callable[[str], str]) -> Report:
    told = Feedback(happened="Task 1 is not written yet: start all", next_step=say("Write it."))
    check = Check(name="test_a", title=say("Starts"), kind="correctness", points=12.0, verdict=Verdict.FAILED,
                  feedback=told)  # fmt: skip
    return _report("01_start_and_join", say("Start all, then wait for all"), [check], say)


def _report(exercise: str, title: str, checks: list[Check], say: Callable[[str], str]) -> Report:
    return Report(
        student=say("ada"), exercise=exercise, title=title, submission=say("/home/prof/class/ada/tally.py"),
        checks=checks, machine=Machine(python=say("3.11.7"), platform=say("Linux-6.1"), cores=2),
        engine=say("0.1.0"), confinement=say("bwrap"), started="2026-11-26T02:31:02+00:00", seconds=1.5,
    )  # fmt: skip


@pytest.fixture
def says_harm() -> Iterator[Callable[[str], str]]:
    """Gives the next hostile string for each word asked for."""
    count = iter(range(10_000))
    return lambda _: HOSTILE[next(count) % len(HOSTILE)]


@pytest.fixture(scope="session")
def exercises() -> list[Exercise]:
    return load_course(REPO).exercises[:3]


@pytest.fixture
def hostile_exercise(says_harm: Callable[[str], str]) -> Exercise:
    return Exercise(
        number=3, slug="shared_counter", title=says_harm(""), concept=says_harm(""), minutes=5, points=11,
        start_methods=["fork"], limits=Limits(), tasks=[Task(title="t", hints=["a", "b", "c"])],
    )  # fmt: skip
