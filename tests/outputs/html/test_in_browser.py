"""The pages in a real browser: Chromium, headless, on the files themselves.

What they are looked at for is what only a browser can tell: that everything is drawn, that keys are enough,
that a phone shows them, light and dark, that nothing is asked of any network and nothing is complained about,
and that axe-core finds nothing to hinder anybody. axe-core comes from the npm registry, where npm is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from manychefs.outputs.html.folder import page_name, write_class
from manychefs.outputs.html.student import student_page
from manychefs.report import Refused
from tests.outputs.browsers import from_npm, opened
from tests.outputs.html.conftest import HOSTILE

AXE = "axe-core@4.10.3"
AXE_SHA512 = "Xm7bpRXnDSX2YE2YFfBk2FnF0ep6tmG7xPh8iHee8MIcrgq762Nkce856dYtJYLkuIoYZvGfTs/PbZhideTcEg=="
PHONE = {"width": 360, "height": 740}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser with an empty profile, for all tests of this file."""
    with opened() as context:
        yield context


class Watched:
    """A page with what it asked for and what was complained about."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def open(self, path: Path) -> Any:
        self.page.goto(path.as_uri())
        return self.page


@pytest.fixture
def watched(browser: Any) -> Iterator[Watched]:
    page = browser.new_page()
    page.set_viewport_size({"width": 1200, "height": 900})
    yield Watched(page)
    page.close()


@pytest.fixture
def student(tmp_path: Path, reports) -> Path:
    path = tmp_path / "report.html"
    path.write_text(student_page(reports(), course="Many Chefs"), "utf-8")
    return path


@pytest.fixture
def klass(tmp_path: Path, exercises, reports) -> Path:
    failed, passed, unwritten = reports()
    students = [
        ("Zoë", {"01_start_and_join": unwritten, "02_pool_map": passed, "03_shared_counter": failed}),
        ("Adaeze", {"02_pool_map": passed}),
        ("Benno", {"02_pool_map": Refused(reason="a zip bomb"), "03_shared_counter": failed}),
    ]
    return write_class(tmp_path / "grades", "Many Chefs", exercises, students)


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core."""
    return from_npm(AXE, AXE_SHA512, "axe.min.js")


def names(page: Any) -> list[str]:
    return page.locator(".map tbody tr:not([hidden]) th").all_inner_texts()


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


# -- drawn, and nothing else ------------------------------------------------------------------


def test_a_students_page_is_drawn_and_asks_for_nothing(watched: Watched, student: Path) -> None:
    page = watched.open(student)
    for picture in page.locator("svg").all():
        box = picture.bounding_box()
        assert box["width"] > 300
        assert box["height"] > 150
    assert page.locator("svg").count() == 3
    assert page.locator("article").count() == 3
    assert page.locator("details.check.failed[open]").count() == 9
    assert watched.requests == [student.as_uri()]
    assert watched.complaints == []


def test_a_classs_page_is_drawn_and_leads_to_each_student(watched: Watched, klass: Path) -> None:
    page = watched.open(klass)
    assert names(page) == ["Zoë", "Adaeze", "Benno"]
    assert page.locator(".histogram rect").count() == 10
    colours = page.locator(".map .cell").evaluate_all(
        "cells => cells.map(c => getComputedStyle(c).backgroundColor)"
    )
    assert len(set(colours)) == 3  # nothing, a part, all of the points
    page.locator(".map tbody a").first.click()
    assert page.locator("h1").inner_text() == "Zoë"
    assert watched.requests == [klass.as_uri(), (klass.parent / "students" / page_name("Zoë")).as_uri()]
    assert watched.complaints == []


def test_words_that_mean_harm_stay_words(
    watched: Watched, tmp_path: Path, exercises, reports, says_harm
) -> None:
    failed, passed, unwritten = reports(says_harm)
    entries = {"01_start_and_join": unwritten, "02_pool_map": passed, "03_shared_counter": failed}
    index = write_class(tmp_path, HOSTILE[0], exercises, [(name, entries) for name in HOSTILE])
    pages = [index, *sorted((tmp_path / "students").iterdir())]
    for path in pages:
        page = watched.open(path)
        page.evaluate("() => document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("window.pwned") is None
    assert watched.requests == [path.as_uri() for path in pages]
    assert watched.complaints == []


def test_should_a_script_ever_get_in_it_is_not_run(watched: Watched, student: Path) -> None:
    text = student.read_text("utf-8")
    student.write_text(text.replace("</main>", "<script>window.pwned = 1</script></main>"), "utf-8")
    page = watched.open(student)
    assert page.evaluate("window.pwned") is None
    assert "Content Security Policy" in watched.complaints[0]


# -- by keyboard ------------------------------------------------------------------------------


def test_the_class_is_sorted_by_keyboard(watched: Watched, klass: Path) -> None:
    page = watched.open(klass)
    head = page.locator(".map thead th").first
    head.locator("button").focus()
    press(page, "Enter")
    assert (names(page), head.get_attribute("aria-sort")) == (["Adaeze", "Benno", "Zoë"], "ascending")
    press(page, "Space")
    assert (names(page), head.get_attribute("aria-sort")) == (["Zoë", "Benno", "Adaeze"], "descending")
    press(page, "Tab", "Enter")  # the next column: the score, the best first
    scores = page.locator(".map tbody tr td:nth-child(2)").all_inner_texts()
    assert [int(each.removesuffix("%")) for each in scores] == sorted(
        (int(each.removesuffix("%")) for each in scores), reverse=True
    )
    assert head.get_attribute("aria-sort") is None
    assert "Sorted by score" in page.locator(".status").first.inner_text()


def test_the_class_is_searched_and_filtered_by_keyboard(watched: Watched, klass: Path) -> None:
    page = watched.open(klass)
    page.locator("#search").focus()
    page.keyboard.type("zoe")  # without its diaeresis, in lower case
    assert names(page) == ["Zoë"]
    assert page.locator(".status").first.inner_text() == "1 of 3 students shown."
    press(page, "Backspace", "Backspace", "Backspace", "Tab")
    page.keyboard.type("whose submission")
    assert names(page) == ["Zoë", "Benno"]


def test_everything_on_a_students_page_is_reached_by_keyboard(watched: Watched, student: Path) -> None:
    page = watched.open(student)
    press(page, "Tab", "Enter")
    assert page.evaluate("location.hash") == "#main"
    summary = page.locator("details.check summary").first
    summary.focus()
    press(page, "Enter")
    assert page.locator("details.check").first.get_attribute("open") is None
    heads = page.locator("table.sortable thead th")
    heads.first.locator("button").focus()
    press(page, "Enter", "Enter")
    rows = page.locator("table.sortable tbody tr th").all_inner_texts()
    assert [row[:2] for row in rows] == ["01", "02", "03"]


# -- on a phone, in the dark, on paper --------------------------------------------------------


@pytest.mark.parametrize("which", ["student", "klass"])
def test_a_phone_shows_it_without_scrolling_sideways(watched: Watched, request, which: str) -> None:
    watched.page.set_viewport_size(PHONE)
    page = watched.open(request.getfixturevalue(which))
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("main p, main dd, main td, main th, main h3")]
            .filter(each => each.offsetParent).map(each => parseFloat(getComputedStyle(each).fontSize))"""
    )
    assert min(sizes) >= 13
    narrow = page.evaluate(
        """() => [...document.querySelectorAll("main p, main dd, main h2, main h3")]
            .filter(each => each.offsetParent)
            .filter(each => each.getBoundingClientRect().right > innerWidth + 1).length"""
    )
    assert narrow == 0


@pytest.mark.parametrize("which", ["student", "klass"])
def test_it_is_light_by_day_and_dark_by_night(watched: Watched, request, which: str) -> None:
    page = watched.open(request.getfixturevalue(which))
    seen = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen[scheme] = page.evaluate(
            "['backgroundColor', 'color'].map(each => getComputedStyle(document.body)[each])"
        )
    assert seen["light"] == ["rgb(255, 255, 255)", "rgb(31, 35, 40)"]
    assert seen["dark"] == ["rgb(13, 17, 23)", "rgb(230, 237, 243)"]


def test_on_paper_everything_is_open(watched: Watched, student: Path) -> None:
    page = watched.open(student)
    page.pdf(format="A4")
    assert page.locator("details:not([open])").count() == 0


# -- for everybody ----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("which", ["student", "klass"])
def test_axe_finds_nothing(watched: Watched, request, axe: str, which: str, scheme: str) -> None:
    watched.page.emulate_media(color_scheme=scheme)
    page = watched.open(request.getfixturevalue(which))
    page.evaluate("() => document.querySelectorAll('details').forEach(each => each.open = true)")
    page.evaluate(axe + "; undefined")
    found = page.evaluate("axe.run(document)")
    assert len(found["passes"]) > 15
    told = [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
    assert told == []
