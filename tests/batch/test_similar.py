"""Which submissions share structure: copies in disguise are found, what everybody was given is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from manychefs.batch.similar import GRAM, WINDOW, Document, Pair, document, similar, tokens_of, winnowed
from manychefs.course import load_course

COURSE = load_course(Path(__file__).parents[2])

STUB = '''\
"""A tally."""
from multiprocessing import Process, Value


def add(tally: "Synchronized[int]", times: int) -> None:
    """Add 1, so many times."""
    for _ in range(times):
        raise NotImplementedError("task 1")
'''
ONE = '''\
"""A tally."""
from multiprocessing import Process, Value


def add(tally: "Synchronized[int]", times: int) -> None:
    """Add 1, so many times."""
    pending = times
    while pending > 0:
        chunk = min(pending, 17)  # in portions
        with tally.get_lock():
            tally.value = tally.value + chunk
        pending -= chunk
        if pending % 100 == 0 and tally.value:
            print("at", pending, tally.value)
'''
DISGUISED = """\
from multiprocessing import Process, Value
def add(t, n):
    # my own idea!
    left_over = n
    while left_over > 0:

        part = min( left_over , 99 )
        with t.get_lock():
            t.value = t.value + part   # careful
        left_over -= part
        if left_over % 7 == 0 and t.value:
            print('now', left_over, t.value)
"""
OTHER = """\
from multiprocessing import Process, Value


def add(tally, times):
    lock = tally.get_lock()
    for number in range(times):
        lock.acquire()
        try:
            tally.value += 1
        finally:
            lock.release()
"""


def pairs(*sources: str, given: tuple[str, ...] = (STUB,), least: float = 0.5) -> list[Pair]:
    return similar(
        "01_x", [document(f"s{number}", source) for number, source in enumerate(sources)], given, least
    )


def test_a_copy_with_other_names_layout_and_comments_is_found_with_its_lines() -> None:
    (pair,) = pairs(OTHER, ONE, DISGUISED)
    assert (pair.left, pair.right, pair.share) == ("s1", "s2", 1.0)
    (passage,) = pair.passages
    assert passage.left_lines == (7, 14)
    assert passage.right_lines == (4, 12)
    assert passage.left_text[0].strip() == "pending = times"
    assert passage.right_text[-1].strip() == "print('now', left_over, t.value)"


def test_what_everybody_was_given_is_shared_by_nobody() -> None:
    assert pairs(STUB, STUB) == []
    assert pairs(ONE, DISGUISED, given=(STUB, ONE)) == []


def test_different_answers_to_one_task_are_not_listed() -> None:
    assert pairs(ONE, OTHER, least=0.0) == []


def test_what_many_have_written_is_common() -> None:
    assert len(pairs(*[ONE] * 5)) == 10
    assert pairs(*[ONE] * 6) == []


def test_a_shared_part_is_found_in_files_that_differ_otherwise() -> None:
    tail = ONE[ONE.index("    pending") :]
    (pair,) = pairs(OTHER + "\n\ndef more(tally, times):\n" + tail, "import os\n" + DISGUISED, least=0.2)
    assert pair.passages[0].tokens > 40


def test_every_passage_of_a_gram_and_a_window_is_seen() -> None:
    """The guarantee of winnowing, tried at every offset."""
    shared = [f"w{number}" for number in range(GRAM + WINDOW - 1)]
    for offset in range(2 * WINDOW):
        left = Document("a", [], [], _hashed([f"l{number}" for number in range(offset)] + shared))
        right = Document("b", [], [], _hashed(shared + [f"r{number}" for number in range(offset)]))
        prints = [{hashed for _, hashed in winnowed(each.hashes)} for each in (left, right)]
        assert prints[0] & prints[1], offset


def _hashed(words: list[str]) -> list[int]:
    from manychefs.batch.similar import _hashes

    return _hashes(words)


@pytest.mark.parametrize(
    ("source", "tokens"),
    [
        ('x = f"{y}"  # why', "name = text"),
        ('"""doc\nstring"""\nx = 1', "name = number"),
        (
            "def f(a: dict[str, int] = {}, *b: int) -> list[str]:\n    return a",
            "def name ( name = { } , * name ) : return name",
        ),
        ("a.value\\\n += 0x_ff", "name . value += number"),
        ("print('unfinished\nx", "print ( text name"),
        ("é = '''never ends", "name = text"),
        ("", ""),
    ],
)
def test_tokens_of_what_need_not_be_python(source: str, tokens: str) -> None:
    assert [token.text for token in tokens_of(source)] == tokens.split()


def test_tokens_know_their_lines() -> None:
    assert [token.line for token in tokens_of('"""a\nb"""\n\nx = """c\nd"""\ny')] == [4, 4, 4, 6]


@pytest.mark.parametrize("exercise", [each.name for each in COURSE.exercises])
def test_right_answers_of_this_course_written_by_different_hands_do_not_look_alike(exercise: str) -> None:
    """But each looks like itself, with every name changed."""
    found = COURSE.find(exercise)
    given = [COURSE.stub(found).read_text("utf-8"), COURSE.solution(found).read_text("utf-8")]
    paths = sorted((COURSE.grader(found).parent / "right").glob("*.py"))
    documents = [document(path.stem, path.read_text("utf-8")) for path in paths]
    assert similar(exercise, documents, given, 0.8) == []
    for path in paths:
        source = path.read_text("utf-8")
        changed = re.sub(r"\b(chef|queue|lock|result)(s?)\b", r"my_\1\2", source)
        both = [document("a", source), document("b", changed)]
        (own,) = (len(document("", source).own_prints(set(document("", given[1]).hashes))),)
        if own > 2 * WINDOW:
            assert similar(exercise, both, given), path
