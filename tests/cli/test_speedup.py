"""`chefs speedup` on small scripts: the verdict, the exit code, what is said, and what is refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from manychefs.cli import main
from manychefs.cli.speedup import same
from manychefs.outputs.speedup.compared import Compared

SCRIPT = """\
import os
import sys
import time
from multiprocessing import Process, Queue


def alone(limit=1000):
    print("alone at work")
    return sum(range(limit))


def raises(limit=1000):
    raise ValueError("no pan")


def hangs(limit=1000):
    time.sleep(600)


def another(limit=1000):
    return sum(range(limit)) + 1


def leaves(limit=1000):
    print("leaving")
    os._exit(7)


def returns_an_object(limit=1000):
    return sys.stdout


def into(queue, limit):
    queue.put(sum(range(limit)))


def in_turn(limit, workers=2):
    queue, total = Queue(), 0
    for _ in range(2):
        worker = Process(target=into, args=(queue, limit))
        worker.start()
        total += queue.get()
        worker.join()
    return total


def twice(limit):
    return 2 * sum(range(limit))
"""
PARTS = ("What happened", "Likely cause", "Evidence", "Next")


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "kitchen.py").write_text(SCRIPT)
    (tmp_path / "broken.py").write_text("def alone(:\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "kitchen.py"


@pytest.fixture
def chefs(script, monkeypatch, capfd) -> Callable[..., tuple[int, str]]:
    assert script.is_file()

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["chefs", "speedup", *words])
        code = main()
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out + err

    return run


def over(target: str, baseline: str = "alone", *more: str) -> tuple[str, ...]:
    return (f"kitchen.py::{target}", "--over", f"kitchen.py::{baseline}", *more)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("kitchen.py", "--over", "kitchen.py::alone"), "names no function of a file"),
        (("nowhere.py::f", "--over", "kitchen.py::alone"), "There is no file nowhere.py"),
        (over("in_turn", "alone", "--args", "7"), "neither a list nor an object"),
        (over("in_turn", "alone", "--args", "[7"), "not JSON"),
        (over("in_turn", "alone", "--workers", "two"), "--workers is not a list of numbers"),
        (over("in_turn", "alone", "--workers", "0,2"), "--workers is not a list of numbers"),
        (over("in_turn", "alone", "--start-method", "magic"), "no start method 'magic'"),
        (over("in_turn", "alone", "--svg", "kitchen.py"), "cannot be written"),
        (over("alome"), "has no function called alome"),
        (over("alone", "nobody"), "has no function called nobody"),
        (over("alone", "raises"), "The baseline gives no result to compare with: raises() raised"),
        (over("alone", "alone", "--args", "[1, 2, 3]"), "cannot be called like this"),
        (over("twice", "alone", "--args", "[9]", "--workers", "1,2"), "asks for a parameter `workers`"),
        (("broken.py::alone", "--over", "kitchen.py::alone"), "is not valid Python"),
    ],
)  # fmt: skip
def test_wrong_words_are_told_in_four_parts_before_anything_is_judged(chefs, words, said):
    code, text = chefs(*words)
    assert said in " ".join(text.split())
    assert all(part in text for part in (PARTS[0], PARTS[3]))
    assert code == 2


@pytest.mark.parametrize(
    ("target", "code", "said"),
    [
        ("raises", 1, "raises() raised ValueError: no pan"),
        ("hangs", 1, "hangs() had not returned after 1 s"),
        ("another", 1, "another() returned 499501; alone returned 499500"),
        ("leaves", 1, "ended the interpreter with exit code 7"),
        ("returns_an_object", 3, "returned an object of type"),
    ],
)
def test_a_program_that_gives_no_result_or_another_one_has_a_verdict_and_no_figures(
    chefs, target, code, said
):
    ended, text = chefs(*over(target, "alone", "--limit", "1", "--json"))
    found: dict[str, Any] = json.loads(text)
    assert said in found["feedback"]["happened"]
    assert found["measurement"] is None
    assert (ended, found["verdict"]) == (code, {1: "failed", 3: "inconclusive"}[code])


@pytest.mark.slow
def test_processes_in_turn_are_found_out_with_every_figure_and_a_picture(chefs, script):
    code, text = chefs(*over("in_turn", "twice", "--args", "[4000000]", "--json", "--svg", "x.svg"))
    found = msgspec.json.decode(text.encode(), type=Compared)
    assert found.schema == "manychefs/speedup/1"
    assert found.measurement is not None
    if found.measurement.cores > 1 and found.measurement.seen:
        assert (code, found.verdict) == (1, "failed")
        assert "took turns" in found.feedback.cause
    assert found.measurement.attempts >= 1
    assert found.seconds > found.measurement.serial_seconds > 0
    assert (script.parent / "x.svg").read_text().startswith("<svg ")


@pytest.mark.slow
def test_a_curve_is_drawn_for_the_workers_that_are_named(chefs):
    code, text = chefs(*over("in_turn", "twice", "--args", "[1000000]", "--workers", "1,2,3"))
    assert "speedup by number of workers" in text
    firsts = [line.split()[0] for line in text.splitlines() if line.strip()]
    assert [first for first in firsts if first in ("1", "2", "3")][-3:] == ["1", "2", "3"]
    assert code in (1, 3)


@pytest.mark.parametrize(
    ("value", "expected", "is_same"),
    [
        (0.1 + 0.2, 0.3, True),
        (0.3, 0.31, False),
        ([1, {"a": (0.1 + 0.2,)}], [1, {"a": (0.3,)}], True),
        (1, 1.0, False),
        (True, 1, False),
        ([1, 2], [2, 1], False),
        (float("nan"), float("nan"), True),
    ],
)
def test_results_are_the_same_up_to_the_last_digits_of_floats(value, expected, is_same):
    assert same(value, expected) is is_same
