"""A student's page: all that a report says is there, and nothing in it is HTML but ours."""

from __future__ import annotations

import re

import pytest

from manychefs.outputs.html.student import moment, student_page
from tests.outputs.html.conftest import HOSTILE, Elements

DANGEROUS = {"iframe", "img", "object", "embed", "base", "form", "input", "audio", "video", "i", "b1"}


def test_every_check_says_what_happened_why_and_what_to_try(reports) -> None:
    page = Elements(student_page(reports(), course="Many Chefs: Python multiprocessing"))
    for words in (
        "Many Chefs: Python multiprocessing", "Your answers", "Graded 2026-11-26 02:31 UTC",
        "Five chefs, one tally", "It must not be that it order", "count_up(2, 3) returned 3, not 6.",
        "It order.", "- expected 6", "+ got 3", "Hold the lock around both.", "As above",
        "hello\nfrom a chef", "tally.py:7 in add\ntally.py:12 in work", "chef-1: waits for a lock",
        "20 runs; right would be 6", "17", "Python 3.11.7, Linux-6.1, 2 cores; confinement: bwrap",
        "One core shows nothing.", "could not be graded on this machine", "Nothing is written yet",
    ):  # fmt: skip
        assert words in page.text, words


def test_evidence_is_drawn_and_told_step_by_step(reports) -> None:
    page = student_page(reports())
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="chefs-order"') == 2
    assert page.count('class="chefs-speedup" role="img"') == 1
    text = Elements(page).text
    assert "p1, line 14  reads 0: tally.value += 1 ●" in text
    assert re.search(r"p1 waits for .*held by p2", text)


def test_each_verdict_is_a_word_as_well_as_a_sign(reports) -> None:
    page = student_page(reports())
    for verdict in ("passed", "failed", "inconclusive", "error"):
        assert f'<span class="chip">{verdict}</span>' in page
    assert "not begun" in page
    assert '<details class="check failed" open>' in page
    assert '<div class="check passed">' in page  # nothing to open where there is nothing to tell


def test_a_page_to_hand_out_names_nobody_else_and_no_path(reports) -> None:
    page = Elements(student_page(reports(), student="Ada Lovelace")).text
    assert "Ada Lovelace" in page
    assert "/home/prof" not in page
    assert "tally.py" in page


def test_it_is_one_file_that_loads_nothing(reports) -> None:
    page = student_page(reports())
    assert {each for each in Elements(page).addresses if not each.startswith("#")} == {"data:,"}
    outside = set(re.findall(r"(?:https?:)?//[a-z][^\s\"'<>]*", page)) - {"http://www.w3.org/2000/svg"}
    assert outside == set()
    assert "@import" not in page
    assert "url(" not in page
    assert "default-src &#39;none&#39;" in page


def test_nothing_that_a_student_says_becomes_html(reports, says_harm) -> None:
    harmless = Elements(student_page(reports(), student="ada"))
    page = student_page(reports(says_harm), course=HOSTILE[0], student=HOSTILE[1])
    hostile = Elements(page)
    assert hostile.tags <= harmless.tags
    assert hostile.attributes <= harmless.attributes
    assert hostile.scripts == 1
    assert not hostile.tags & DANGEROUS
    assert {each for each in hostile.addresses if not each.startswith("#")} == {"data:,"}
    assert all(re.fullmatch(r"--share:[\d.]+", each) for each in hostile.styles)
    for said in HOSTILE[:10]:
        assert said in hostile.text, said  # it is shown, as text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\u2028]", page)
    assert "x" * 15_000 not in page


def test_a_drawn_order_that_means_harm_does_none(reports, orders) -> None:
    found = reports()
    found[0].checks[1].evidence = orders["hostile"]
    page = Elements(student_page(found))
    assert page.scripts == 1
    assert not page.tags & DANGEROUS


def test_no_reports_are_a_page_too() -> None:
    assert "0</strong> of 0 points" in student_page([])


@pytest.mark.parametrize(
    ("started", "told"),
    [("2026-11-26T02:31:02+00:00", "2026-11-26 02:31 UTC"), ("", ""), ("some day", "some day")],
)
def test_moments(started: str, told: str) -> None:
    assert moment(started) == told
