"""The full-screen view, key by key, in Textual's own test harness."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from rich.console import Console
from textual.pilot import Pilot
from textual.widgets import Static

from manychefs.course import Course
from manychefs.outputs.progress import Progress, digests_of
from manychefs.report import Check, Feedback, Machine, Report, Verdict
from manychefs.watch.screen import View

Save = Callable[..., Path]
PATIENCE = 60.0
NARROW = (80, 24)


class Seat:
    """A student before the view."""

    def __init__(self, view: View, pilot: Pilot[None]) -> None:
        self.view = view
        self._pilot = pilot

    def text(self, part: str = "checks") -> str:
        """What a part of the screen says, however far it would have to be scrolled."""
        console = Console(file=io.StringIO(), width=100)
        console.print(self.view.query_one(f"#{part}", Static).content)
        out = console.file
        assert isinstance(out, io.StringIO)
        return out.getvalue()

    async def press(self, *keys: str) -> None:
        await self._pilot.press(*keys)

    async def sees(self, *texts: str, part: str = "checks") -> None:
        """Wait until all of these are to be read."""
        clock = asyncio.get_running_loop().time
        until = clock() + PATIENCE
        while missing := [each for each in texts if each not in self.text(part)]:
            assert clock() < until, f"not seen: {missing}\n{self.text(part)}"
            await self._pilot.pause(0.02)


Story = Callable[[Seat], Awaitable[None]]


@pytest.fixture
def play(kitchen: Course) -> Callable[..., None]:
    """Plays a story with the view of the kitchen, and closes it."""

    def run(story: Story, size: tuple[int, int] = NARROW) -> None:
        async def on_stage() -> None:
            view = View(kitchen, kitchen.find("01"))
            try:
                async with view.run_test(size=size) as pilot:
                    await story(Seat(view, pilot))
            finally:
                view.close()

        asyncio.run(on_stage())

    return run


@pytest.fixture
def checked(kitchen: Course) -> None:
    """Both exercises have been checked as they are, so that the view has nothing to run at first."""
    for exercise in kitchen.exercises:
        why = Feedback(happened=f"{exercise.slug} is not written yet: task 1: do it.")
        check = Check(
            name="test_right", title="It is right", kind="correctness", points=7, verdict=Verdict.FAILED,
            feedback=why,
        )  # fmt: skip
        report = Report(
            student="",
            exercise=exercise.name,
            title=exercise.title,
            submission=str(kitchen.stub(exercise)),
            checks=[check],
            machine=Machine(python="3", platform="Linux", cores=2),
            engine="0",
            confinement="none",
        )
        Progress(kitchen).keep(exercise, report, digests_of(kitchen, exercise))


def test_from_red_to_green_by_saving(
    kitchen: Course, play: Callable[..., None], save: Save, answers: dict[str, str]
) -> None:
    async def story(seat: Seat) -> None:
        await seat.sees("doubles is not written yet", "Red at the start is as it should be")
        await seat.sees("0 of 2 passed", part="top")
        await seat.sees("▸· 01 doubles", " · 02", part="exercises")
        save("01", answers["no python"])
        await seat.sees("doubles.py is not Python yet", "doubles.py:1: expected ':'")
        save("01", answers["wrong"])
        await seat.sees("doubles(8) returned 9 under fork.", "think again (task 2)", "1 of 7 points")
        await seat.sees("▸✗ 01 doubles", part="exercises")
        save("01", answers["right"])
        await seat.sees("7 of 7 points")
        await seat.sees("▸✓ 01 doubles", part="exercises")
        await seat.sees("1 of 2 passed", part="top")
        await seat.sees("done! n: the next exercise", part="status")

    play(story)
    assert Progress(kitchen).passed() == {"01_doubles"}


def test_the_answer_to_a_key_is_not_wiped_away_by_a_run_that_ends(play: Callable[..., None]) -> None:
    async def story(seat: Seat) -> None:
        await seat.press("p")
        await seat.sees("0 of 7 points")
        await seat.sees("this is the first exercise", part="status")
        await seat.press("r")
        await seat.sees("red at the start is as it should be", part="status")

    play(story)


@pytest.mark.usefixtures("checked")
@pytest.mark.slow
def test_n_and_p_go_through_the_course_and_a_save_elsewhere_goes_there(
    kitchen: Course, play: Callable[..., None], save: Save
) -> None:
    async def story(seat: Seat) -> None:
        await seat.press("p")
        await seat.sees("this is the first exercise", part="status")
        await seat.press("n")
        await seat.sees("02_halves", "halves is not written yet", "0 of 7 points")
        await seat.press("n")
        await seat.sees("this is the last exercise", part="status")
        await seat.press("p")
        await seat.sees("01_doubles")
        save("02", kitchen.solution(kitchen.find("02")).read_text())
        await seat.sees("02_halves", "7 of 7 points")
        await seat.sees("done! n: the next exercise", part="status")
        await seat.press("p")
        await seat.sees("01_doubles", "doubles is not written yet")

    play(story)


@pytest.mark.usefixtures("checked")
def test_h_shows_one_hint_after_the_other_and_they_are_recorded(
    kitchen: Course, play: Callable[..., None]
) -> None:
    async def story(seat: Seat) -> None:
        await seat.sees("0 of 7 points")
        await seat.press("h")
        await seat.sees("Hint 1 of 3 for task 1: First", "who doubles")
        await seat.press("h")
        await seat.sees("who doubles", "how it doubles")
        await seat.press("h", "h", "h", "h", "h")
        await seat.sees("these were all the hints", part="status")

    play(story)
    assert len(Progress(kitchen).hints(kitchen.find("01"))) == 6


@pytest.mark.usefixtures("checked")
def test_l_shows_the_lesson_and_goes_back(play: Callable[..., None]) -> None:
    async def story(seat: Seat) -> None:
        await seat.sees("0 of 7 points")
        for back in ("l", "escape"):
            await seat.press("l")
            await seat.sees("The lesson of doubles", "Goal: know it.")
            await seat.press(back)
            await seat.sees("0 of 7 points")
            await seat.sees("red at the start is as it should be", part="status")

    play(story)


@pytest.mark.usefixtures("checked")
@pytest.mark.slow
def test_s_shows_the_solution_only_once_passed(
    kitchen: Course, play: Callable[..., None], save: Save, answers: dict[str, str]
) -> None:
    async def story(seat: Seat) -> None:
        await seat.sees("0 of 7 points")
        await seat.press("s")
        await seat.sees("is shown once you have passed it", "--give-up")
        save("01", answers["right"].replace("number * 2", "number + number"))
        await seat.sees("7 of 7 points")
        await seat.press("s")
        await seat.sees("one of many right ones", "return number * 2")
        await seat.press("s")
        await seat.sees("7 of 7 points")

    play(story)
    assert [each.did for each in Progress(kitchen).events()] == ["passed", "solution"]


@pytest.mark.usefixtures("checked")
def test_what_s_had_to_say_is_gone_with_the_next_key(play: Callable[..., None]) -> None:
    async def story(seat: Seat) -> None:
        await seat.sees("0 of 7 points")
        await seat.press("s")
        await seat.sees("is shown once you have passed it", part="status")
        await seat.press("h")
        await seat.sees("Hint 1 of 3 for task 1")
        assert "is shown once you have passed it" not in seat.text()
        await seat.sees("red at the start is as it should be", part="status")

    play(story)


def test_a_solution_is_not_offered_where_the_release_has_none(
    kitchen: Course, play: Callable[..., None], save: Save
) -> None:
    solution = kitchen.solution(kitchen.find("01"))
    save("01", solution.read_text())
    released = kitchen.stub(kitchen.find("01")).parents[2] / "graders" / "01_doubles" / "stub.py"
    released.write_text("def doubles(number):\n    pass\n")
    solution.unlink()

    async def story(seat: Seat) -> None:
        await seat.sees("done! n: the next exercise", part="status")
        assert "solution" not in seat.text("status")
        await seat.press("s")
        await seat.sees("This release of the course has no solution", "Ask your instructor for it.")
        await seat.press(*"hhhhhhh")
        await seat.sees("these were all the hints", part="status")
        assert "solution" not in seat.text("status")

    play(story)


@pytest.mark.slow
def test_x_twice_is_twice_running(play: Callable[..., None], save: Save, answers: dict[str, str]) -> None:
    path = save("01", answers["wrong"])

    async def story(seat: Seat) -> None:
        await seat.sees("1 of 7 points")
        await seat.press("x", "h")
        await seat.sees("Hint 1 of 3")
        await seat.press("x")
        await seat.sees("x again puts doubles.py back", part="status")
        assert path.read_text() == answers["wrong"]

    play(story)


def test_x_asks_once_and_keeps_a_copy(
    kitchen: Course, play: Callable[..., None], save: Save, answers: dict[str, str]
) -> None:
    stub = kitchen.stub(kitchen.find("01")).read_text()
    path = save("01", answers["wrong"])

    async def story(seat: Seat) -> None:
        await seat.sees("1 of 7 points")
        await seat.press("x")
        await seat.sees("x again puts doubles.py back", part="status")
        assert path.read_text() == answers["wrong"]
        await seat.press("x")
        await seat.sees("0 of 7 points", "Red at the start", "Reset; kept: .chefs/kept/01_doubles-")
        await seat.sees("put back; kept: .chefs/kept/01_doubles-", part="status")

    play(story)
    assert path.read_text() == stub
    (copy,) = (kitchen.root / ".chefs" / "kept").iterdir()
    assert copy.read_text() == answers["wrong"]


@pytest.mark.slow
def test_r_checks_again_what_has_not_changed(
    kitchen: Course, play: Callable[..., None], save: Save, answers: dict[str, str]
) -> None:
    save("01", answers["right"])
    reports = kitchen.root / ".chefs" / "reports"

    async def story(seat: Seat) -> None:
        await seat.sees("7 of 7 points")
        before = (reports / "01_doubles.json").stat().st_ino
        await seat.press("r")
        while (reports / "01_doubles.json").stat().st_ino == before:
            await asyncio.sleep(0.02)
        await seat.sees("7 of 7 points")

    play(story)


@pytest.mark.usefixtures("checked")
def test_o_without_an_editor_says_what_to_do(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor")

    async def story(seat: Seat) -> None:
        await seat.press("o")
        await seat.sees("The editor 'no-such-editor' is not there.")

    play(story)


@pytest.mark.parametrize("size", [(80, 24), (130, 40), (40, 10)], ids=str)
@pytest.mark.usefixtures("checked")
def test_it_fits_and_q_ends_it(play: Callable[..., None], size: tuple[int, int]) -> None:
    async def story(seat: Seat) -> None:
        await seat.sees("0 of 7 points")
        for part in ("#top", "#list", "#pane", "#status", "Footer"):
            region = seat.view.query_one(part).region
            assert region.width > 0
            assert region.height > 0
            assert region.right <= size[0]
            assert region.bottom <= size[1]
        await seat.press("q")

    play(story, size)


@pytest.mark.usefixtures("checked")
def test_a_terminal_without_colour_gets_none(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def story(seat: Seat) -> None:
        await seat.sees("0 of 7 points")
        assert seat.view.no_color

    play(story)
