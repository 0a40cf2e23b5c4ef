"""The checker: verdicts in the order of their use, the newest save alone counts, nothing is left running."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from manychefs.course import Course
from manychefs.outputs.progress import Progress
from manychefs.report import Verdict
from manychefs.watch.checker import Began, Checked, Checker, Ended, News, Planned, Refused

Save = Callable[..., Path]
Eventually = Callable[[Callable[[], object], str], None]


def is_alive(pid: int) -> bool:
    """Whether a process is there and has not ended (the tests' own process reaps what it adopts later)."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class Told:
    """A checker, and all that it tells."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.news: list[News] = []
        self.checker = Checker(course, self.news.append)

    def ask(self, name: str, *, again: bool = False) -> list[News]:
        """Ask for a check, wait for its end, and give what was told of it."""
        before = len(self.news)
        self.checker.ask(self.course.find(name), again=again)
        self.checker.wait()
        return self.news[before:]


@pytest.fixture
def told(kitchen: Course) -> Iterator[Told]:
    made = Told(kitchen)
    yield made
    made.checker.close()


def test_what_is_right_is_told_before_what_is_left_behind(
    told: Told, kitchen: Course, save: Save, answers: dict[str, str]
) -> None:
    save("01", answers["wrong"])
    began, planned, first, second, ended = told.ask("01")
    assert isinstance(began, Began)
    assert isinstance(planned, Planned)
    assert [each.name for each in planned.checks] == ["test_right", "test_leaves_nothing"]
    assert isinstance(first, Checked)
    assert isinstance(second, Checked)
    assert (first.check.verdict, second.check.verdict) == (Verdict.FAILED, Verdict.PASSED)
    assert isinstance(ended, Ended)
    assert ended.report.checks == [first.check, second.check]
    assert Progress(kitchen).current(kitchen.find("01")) == ended.report


@pytest.mark.slow
def test_an_unchanged_file_is_not_checked_again_unless_asked(
    told: Told, save: Save, answers: dict[str, str]
) -> None:
    save("01", answers["right"])
    *_, ended = told.ask("01")
    assert isinstance(ended, Ended)
    assert told.ask("01") == [Ended(ended.exercise, ended.report, unchanged=True)]
    assert len(told.ask("01", again=True)) == 5
    save("01", answers["right"] + "\n")
    assert len(told.ask("01")) == 5


def test_what_is_not_python_is_told_at_once_and_not_graded(
    told: Told, kitchen: Course, save: Save, answers: dict[str, str]
) -> None:
    save("01", answers["no python"])
    _, refused = told.ask("01")
    assert isinstance(refused, Refused)
    text = refused.why.text()
    assert "doubles.py is not Python yet" in text
    assert "doubles.py:1: expected ':'" in text
    assert "    def doubles(number)\n    " + " " * 19 + "^" in text
    assert Progress(kitchen).last(kitchen.find("01")) is None


def test_a_missing_file_is_told(told: Told, kitchen: Course) -> None:
    kitchen.stub(kitchen.find("01")).unlink()
    assert isinstance(told.ask("01")[-1], Refused)


def test_a_save_drops_the_run_in_progress_with_all_its_processes(
    told: Told, save: Save, answers: dict[str, str], hanging: Callable[[], tuple[str, Path]],
    eventually: Eventually,
) -> None:  # fmt: skip
    source, marker = hanging()
    save("01", source)
    told.checker.ask(told.course.find("01"))
    eventually(lambda: marker.exists() and marker.read_text(), "the hanging program begins")
    chef = int(marker.read_text())
    save("01", answers["right"])
    news = told.ask("01")
    assert [type(each) for each in news] == [Began, Planned, Checked, Checked, Ended]
    assert not is_alive(chef)
    assert not any(isinstance(each, Checked) for each in told.news[: -len(news)])


def test_closing_ends_the_run_in_progress(
    kitchen: Course, save: Save, hanging: Callable[[], tuple[str, Path]], eventually: Eventually
) -> None:
    source, marker = hanging()
    save("01", source)
    made = Told(kitchen)
    made.checker.ask(kitchen.find("01"))
    eventually(lambda: marker.exists() and marker.read_text(), "the hanging program begins")
    made.checker.close()
    assert not is_alive(int(marker.read_text()))
    assert not made.checker.is_busy()


def test_of_many_wishes_only_the_last_is_met(told: Told, save: Save, answers: dict[str, str]) -> None:
    save("01", answers["right"])
    for name in ("02", "01", "02"):
        told.checker.ask(told.course.find(name))
    *_, ended = told.ask("01")
    assert isinstance(ended, Ended)
    assert ended.exercise.name == "01_doubles"
    assert [each for each in told.news if isinstance(each, Ended)] == [ended]


def test_progress_that_cannot_be_kept_is_told_and_stops_nothing(
    told: Told, kitchen: Course, save: Save, answers: dict[str, str]
) -> None:
    save("01", answers["right"])
    (kitchen.root / ".chefs").write_text("a file where the folder belongs")
    *_, ended = told.ask("01")
    assert isinstance(ended, Ended)
    assert ended.report.score == 7
    assert ended.unkept is not None
    assert "could not be kept" in ended.unkept.happened
