"""Grader of 18 rush_hour: a pipeline over a book that is right, free of races, faster, and clean.

The book is the one that lies beside the student's file, so that what they see is what is graded.
"""

from functools import cache
from pathlib import Path

import pytest

ENDINGS = ("ingly", "edly", "ing", "ies", "est", "ed", "ly", "er", "es", "'s", "s")


@cache
def book() -> str:
    """Alice's Adventures in Wonderland by Lewis Carroll (1865), in the public domain."""
    folder = Path(__file__).parents[2] / "exercises" / Path(__file__).parent.name
    return (folder / "alice.txt").read_text("utf-8")


def root_of(word: str) -> str:
    """The word without its ending."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) >= len(ending) + 3:
            return word[: -len(ending)]
    return word


def serial(text: str) -> dict[str, int]:
    """How often each root stands in the text, counted by one process."""
    counts: dict[str, int] = {}
    for piece in text.lower().split():
        word = root_of(piece.strip(".,;:!?`'\"()[]*-_"))
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts


def expect(value: object, text: str) -> None:
    """Fail the check, with the likely cause, unless `value` is right."""
    expected = serial(text)
    assert value == expected, what_is_wrong(value, expected)


def what_is_wrong(value: object, expected: dict[str, int]) -> str:
    """The likely cause of a result that is not right; nothing if it is right."""
    if value == expected and type(value) is dict:
        return ""
    if type(value) is not dict or not all(type(count) is int for count in value.values()):
        return "The result is not one dict of words and counts.\nNext: add the parts up, and return the dict."
    counted, wanted = sum(value.values()), sum(expected.values())
    if made_up := sorted(set(value) - set(expected)):
        shown = ", ".join(map(repr, made_up[:3]))
        return (
            f"Words were counted that do not stand in the text: {shown}. A word was cut in two.\n"
            "Next: cut at a blank: go on from the place until text[place].isspace() (task 1)."
        )
    if counted > wanted:
        return (
            f"{counted:,} words were counted and the text has {wanted:,}: parts of it were counted more than "
            "once, or added up more than once.\nNext: give each worker one part, and add each answer once."
        )
    if set(value) == set(expected) and counted < wanted:
        return (
            f"All words are there, but {counted:,} were counted where the text has {wanted:,}: counts of a "
            "word that stands in several parts got lost.\n"
            "Next: add up the counts of all parts; dict.update replaces them (task 3)."
        )
    if counted < wanted:
        return (
            f"{counted:,} words were counted and the text has {wanted:,}: a part was counted by nobody, "
            "or its answer was not taken.\nNext: see that the parts together are the whole text (task 1)."
        )
    return "The number of words is right, and some of the counts are not."


@pytest.mark.check(points=2)
def test_the_book(student):
    """The words of the whole book are counted right"""
    for workers in student.cases(2, 4):  # into halves it can be cut without cutting a word
        expect(student.count_words(book(), workers), book())


ODD = [
    ("", 2),
    ("tea", 3),
    (" \n one   two\tthree\n\n", 2),
    ("cakes, cakes: 'cakes' and curious-est cats", 4),
    ("a" * 200 + " b", 4),
    ("word " * 37, 5),
    # Its counts fill more than a pipe: who waits for a worker before taking its answer waits for ever.
    (" ".join(f"number{number}x" for number in range(16_000)), 2),
]


@pytest.mark.check(points=2, start_methods="first")
def test_any_text(student):
    """Any text is counted right: none, few words, long ones, more workers than words"""
    for text, workers in ODD:
        expect(student.count_words(text, workers), text)


@pytest.mark.check(points=1, start_methods="first")
def test_as_many_workers_as_asked_for(student):
    """As many workers count at the same time as `workers` says"""
    for workers in (3, 5):
        for copies in (1, 4, 12):  # a busy machine may see too little of a short run, never too much
            text = book() * copies
            run = student.run("count_words", text, workers)
            expect(run.value, text)
            if run.at_once >= workers:
                break
        at_once = run.at_once
        # One more may be there: a manager's server.
        assert workers <= at_once <= workers + 1, why_not_at_once(run.processes, workers)


def why_not_at_once(processes: int, workers: int) -> str:
    """The likely cause of another number of processes at the same time, by how many there were at all."""
    if processes == 0:
        return (
            "Everything ran in the main process. Threads do not help with work for the CPU.\n"
            "Next: let processes count: a Pool of `workers` (task 2)."
        )
    if processes < workers:
        return f"There were {processes} workers. Next: use the parameter `workers`, not a number of your own."
    if processes > workers + 1:
        return f"There were {processes} processes. Next: make `workers` of them, not one for each piece."
    return (
        "The workers were never all there at once: each was waited for before the next one was started.\n"
        "Next: start all of them first, or let a Pool do it."
    )


@pytest.mark.check(points=3, kind="races")
def test_no_order_loses_a_word(interleavings):
    """No order of steps loses a word or ends in a deadlock"""
    text = "tea for two, tea for two"
    expected = serial(text)
    interleavings.explore("count_words", text, 2).always_true(
        lambda value: value == expected,
        "not the counts of these words",
        because="An update was lost: two workers read the same count, and both wrote one more. Or a part's "
        "answer was not waited for.\n"
        "Next: let each worker count in a dict of its own, and add the dicts up in one process (task 3).",
    )


def banquet(random, size: float) -> str:
    """Pages of the book, shuffled: other ones in each round."""
    pages = book().split("\n\n") * round(7 * size)
    random.shuffle(pages)
    return "\n\n".join(pages)


@pytest.mark.check(points=4, kind="speedup")
def test_faster_than_alone(speedup):
    """Several workers are faster than one process

    Cause: The workers do not share the work, or what they send to each other costs more than they save.
    Next: Send each worker one part of the text, and one dict back.
    """
    workers = max(speedup.cores, 2)
    speedup.of("count_words", banquet, workers=workers).over(serial, banquet).curve("workers").at_least()


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """All workers have ended: nothing is left behind"""
    student.run("count_words", book(), 2).left_nothing_behind()
