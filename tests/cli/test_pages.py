"""`chefs report` and the pages of `chefs grade`, as commands."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs.cli import main
from manychefs.outputs.progress import Progress
from tests.conftest import TinyCourse

GRADER = '''
import pytest

@pytest.mark.check(points=10)
def test_is_five(student):
    """It answers five"""
    assert student.answer() == 5
'''
RIGHT = "def answer():\n    return 5\n"
WRONG = "def answer():\n    return '<b>six</b>'\n"


@pytest.fixture
def tiny(tiny_course: Callable[..., TinyCourse]) -> TinyCourse:
    return tiny_course(GRADER)


@pytest.fixture
def chefs(monkeypatch: pytest.MonkeyPatch, tiny: TinyCourse, tmp_path: Path) -> Callable[..., int]:
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["chefs", "--course", str(tiny.root), *words])
        return main()

    return run


def test_a_student_gets_a_page_of_their_own_answers(
    chefs: Callable[..., int], tiny: TinyCourse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny.course.stub(tiny.exercise).write_text(WRONG)
    assert chefs("report", "1") == 0
    assert capsys.readouterr().out == "report.html: Points 0/10\n"
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "A tiny course" in page
    assert "&lt;b&gt;six&lt;/b&gt;" in page
    assert "<b>six" not in page


def test_what_has_been_graded_and_has_not_changed_is_not_graded_again(
    chefs: Callable[..., int], tiny: TinyCourse, tmp_path: Path
) -> None:
    tiny.course.stub(tiny.exercise).write_text(RIGHT)
    assert chefs("check", "1") == 0
    progress = Progress(tiny.course)
    found = progress.last(tiny.exercise)
    assert found is not None
    report, digests = found
    report.machine.platform = "a machine of yesterday"  # to tell it from a report of now
    progress.keep(tiny.exercise, report, digests)
    assert chefs("report") == 0
    assert "a machine of yesterday" in (tmp_path / "report.html").read_text("utf-8")
    tiny.course.stub(tiny.exercise).write_text(WRONG)
    assert chefs("report") == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "a machine of yesterday" not in page
    assert "six" in page


def test_it_is_opened_in_the_browser(
    chefs: Callable[..., int], tiny: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = tmp_path / "browser.sh"
    browser.write_text(f'#!/bin/sh\necho "$1" >"{tmp_path}/opened"\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    monkeypatch.setattr(webbrowser, "_tryorder", None)  # it looks at BROWSER once a process
    tiny.course.stub(tiny.exercise).write_text(RIGHT)
    out = tmp_path / "my page.html"
    assert chefs("report", "--open", "--out", str(out)) == 0
    assert (tmp_path / "opened").read_text().strip() == out.as_uri()


def test_where_there_is_no_browser_the_address_is_told(
    chefs: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(webbrowser, "_tryorder", [])
    assert chefs("report", "--open") == 0
    assert (tmp_path / "report.html").as_uri() in capsys.readouterr().out


def test_a_place_that_cannot_be_written_to_is_told_before_anything_is_graded(
    chefs: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    assert chefs("report", "--out", str(tmp_path / "file" / "report.html")) == 3
    assert "could not be written" in capsys.readouterr().err


def test_a_class_gets_its_pages(
    chefs: Callable[..., int], tiny: TinyCourse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny.submit(RIGHT, "ada")
    tiny.submit(WRONG, "ben <i>")
    assert chefs("grade", str(tiny.root / "submissions"), "--out", "out") == 0
    assert "page of the class: out/index.html" in capsys.readouterr().out.replace("\n", " ")
    assert "10/10" in (tmp_path / "out" / "index.html").read_text("utf-8")
    pages = sorted((tmp_path / "out" / "students").iterdir())
    assert [page.name.partition("-")[0] for page in pages] == ["ada.html", "ben_i"]
    assert "<i>" not in pages[1].read_text("utf-8")
