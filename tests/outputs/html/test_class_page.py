"""A class's page: who has what, where it struggles, how it is spread; and the files of a grading."""

from __future__ import annotations

import re
import unicodedata

import pytest

from manychefs.outputs.html.classes import Gathered, class_page
from manychefs.outputs.html.folder import page_name, write_class
from manychefs.outputs.html.student import student_page
from manychefs.report import Lateness, Refused, Verdict
from tests.outputs.html.conftest import HOSTILE, Elements


@pytest.fixture
def entries(reports):
    def build(say=str):
        failed, passed, unwritten = reports(say)
        return {"01_start_and_join": unwritten, "02_pool_map": passed, "03_shared_counter": failed}

    return build


@pytest.fixture
def gathered(exercises, entries) -> Gathered:
    found = Gathered(exercises)
    found.add("ada", entries(), "students/ada.html")
    found.add("ben", {"02_pool_map": entries()["02_pool_map"]}, "students/ben.html")
    found.add("chloe", {"02_pool_map": Refused(reason="a zip bomb")}, "students/chloe.html")
    return found


def test_a_row_a_student_and_a_cell_an_exercise(gathered: Gathered) -> None:
    ada, ben, chloe = gathered.rows
    assert [(each.points, each.sign) for each in ada.cells] == [("0/12", "✗"), ("12/12", "✓"), ("2/19", "✗")]
    assert [each.words for each in ben.cells] == ["missing", "passed", "missing"]
    assert [each.words for each in chloe.cells] == ["missing", "refused", "missing"]
    assert ada.score == 14
    assert ada.share == pytest.approx(100 * 14 / 43)
    assert ben.share == pytest.approx(100 * 12 / (12 + 12 + 11))  # what is missing counts as nothing
    assert (ada.kinds, ben.kinds) == ("all failed look", "all missing")
    assert chloe.kinds == "all missing look"


def test_what_is_late_or_waits_says_so(exercises, entries) -> None:
    found = Gathered(exercises[:2])
    late = entries()["02_pool_map"]
    late.late = Lateness(due="2026-11-20T12:00:00+00:00", handed_in="", days=2, share=0.25)
    waiting = Refused(reason="not graded yet", waiting=True)
    found.add("ada", {"01_start_and_join": waiting, "02_pool_map": late}, "students/ada.html")
    waits, is_late = found.rows[0].cells
    assert (waits.sign, waits.words) == ("…", "waiting")
    assert (is_late.points, is_late.sign, is_late.words) == ("9/12", "✓◷", "passed, late")
    assert found.rows[0].score == 9
    page = Elements(student_page([late])).text
    assert "9 of 12 points\n(3 taken for being late)" in page
    assert "25 % of the points are taken" in page


def test_where_the_class_struggles(gathered: Gathered) -> None:
    assert gathered.struggles[0].rate == 100
    failed = {each.title: each for each in gathered.struggles}
    assert "Fine" not in failed
    assert failed["Starts"].causes == {}  # not begun: that is no cause
    assert failed["It must not be that it order"].usual == [("It order.", 1)]


def test_how_the_scores_are_spread(gathered: Gathered) -> None:
    assert sum(gathered.bands) == 3
    assert (gathered.bands[0], gathered.bands[3]) == (1, 2)
    pool = gathered.spreads["02_pool_map"]
    assert (len(pool.shares), pool.full, pool.missing, pool.mean) == (2, 2, 1, 100)


def test_full_marks_are_in_the_last_band(exercises, entries) -> None:
    found = Gathered(exercises[1:2])
    found.add("ada", entries(), "a.html")
    assert found.bands[-1] == 1
    assert found.rows[0].kinds == "all full"


def test_the_page_has_all_of_it(gathered: Gathered) -> None:
    page = Elements(class_page(gathered, course="Many Chefs"))
    for words in (
        "ada",
        "2/19 ✗",
        "missing",
        "refused: a zip bomb",
        "Carried out: The grader ended.",
        "4 of 9",
    ):
        assert words in page.text, words
    students = {"students/ada.html", "students/ben.html", "students/chloe.html"}
    assert page.addresses == students | {"#main", "data:,"}


def test_colour_is_never_the_only_sign(gathered: Gathered) -> None:
    cells = re.findall(r'<td class="(?:cell|none)".*?</td>', class_page(gathered, course="Many Chefs"))
    assert len(cells) == 9
    for cell in cells:
        assert re.search("[✓✗?!–⊘]", cell)
        assert re.search('<span class="unseen"> (passed|failed|missing|refused)</span>', cell)


def test_an_empty_class_is_a_page_too(exercises) -> None:
    assert "No check has failed" in class_page(Gathered(exercises), course="Many Chefs")


def test_no_name_and_no_word_becomes_html(exercises, entries, says_harm, hostile_exercise, gathered) -> None:
    harmless = Elements(class_page(gathered, course="Many Chefs"))
    found = Gathered([*exercises[:2], hostile_exercise])
    for number, name in enumerate(HOSTILE):
        found.add(name, entries(says_harm), f"students/{page_name(name)}")
        found.add(f"{number}", {"02_pool_map": Refused(reason=name)}, f"students/{number}.html")
    hostile = Elements(class_page(found, course=HOSTILE[0]))
    assert hostile.tags <= harmless.tags
    assert hostile.attributes <= harmless.attributes
    assert hostile.scripts == 1
    assert all(re.fullmatch(r"students/[\w-]+\.html|#main|data:,", each) for each in hostile.addresses)
    assert all(re.fullmatch(r"--share:[\d.]+", each) for each in hostile.styles)
    for said in HOSTILE[:10]:
        assert said in hostile.text


# -- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("ada", r"ada\.html"),
        ("Ada_Lovelace-2", r"Ada_Lovelace-2\.html"),
        ("Ada Lovelace", r"Ada_Lovelace-[0-9a-f]{8}\.html"),
        ("José", r"Jose-[0-9a-f]{8}\.html"),
        ("../../etc/passwd", r"etc_passwd-[0-9a-f]{8}\.html"),
        ("..", r"student-[0-9a-f]{8}\.html"),
        ("con", r"con-[0-9a-f]{8}\.html"),
        ("料理", r"student-[0-9a-f]{8}\.html"),
        ("a?b#c%2fd&e\"f'g<h>", r"a_b_c_2fd_e_f_g_h-[0-9a-f]{8}\.html"),
        ("\udcff\x00\n", r"student-[0-9a-f]{8}\.html"),
        ("x" * 300, r"x{60}-[0-9a-f]{8}\.html"),
    ],
)
def test_names_of_files(name: str, file: str) -> None:
    assert re.fullmatch(file, page_name(name))


def test_no_two_students_share_a_page() -> None:
    names = ["Jose", "José", unicodedata.normalize("NFD", "José"), "Jose ", "Jos/e", "Jos_e", "Jos e"]
    assert len({page_name(name) for name in names}) == len(names)


def test_a_grading_gets_a_page_a_student_with_nobody_else_in_it(tmp_path, exercises, entries) -> None:
    students = {name: entries() for name in ("Adaeze", "Benno K.", "Chloe")}
    for name, found in students.items():
        for report in found.values():
            report.student, report.submission = name, f"/class/{name}/tally.py"
    index = write_class(tmp_path, "Many Chefs", exercises, students.items())
    assert index == tmp_path / "index.html"
    links = set(re.findall(r'href="(students/[^"]+)"', index.read_text("utf-8")))
    assert len(links) == 3
    for link in links:
        text = Elements((tmp_path / link).read_text("utf-8")).text
        others = [name for name in students if name not in text]
        assert len(others) == 2, link


def test_a_student_who_has_handed_in_nothing_has_a_page(tmp_path, exercises) -> None:
    write_class(tmp_path, "Many Chefs", exercises, [("ada", dict.fromkeys(each.name for each in exercises))])
    assert "0 of 0 points" in Elements((tmp_path / "students" / "ada.html").read_text("utf-8")).text


def test_verdicts_have_signs_of_their_own() -> None:
    from manychefs.outputs.html.pages import SIGNS

    assert len(set(SIGNS.values())) == len(Verdict)
