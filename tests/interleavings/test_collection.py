"""The collection is what it says: headers parse, and every right program is right when run for real.

Each right program runs in a process of its own under the start method fork, three times over, and
ends within 20 seconds:

    test ── fork by subprocess ──▶ runner: program() × 3 ──▶ three lines of JSON on stdout
"""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RUNS = 3
RUNNER = """
import importlib.util, json, multiprocessing, sys
multiprocessing.set_start_method("fork")
spec = importlib.util.spec_from_file_location("learner", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["learner"] = module
spec.loader.exec_module(module)
for _ in range(int(sys.argv[2])):
    print(json.dumps(module.program()), flush=True)
    if multiprocessing.active_children():
        sys.exit("processes are left")
"""


def _collection():
    spec = importlib.util.spec_from_file_location("interleavings_collection", HERE / "collection.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


collection = _collection()
PROGRAMS = collection.load()
RIGHT = [program for program in PROGRAMS if program.right]

needs_fork = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here"
)


def test_there_are_enough_of_each():
    sides = Counter(program.right for program in PROGRAMS)
    assert sides[True] >= 30
    assert sides[False] >= 30


def test_every_kind_of_finding_is_there():
    assert {program.finding for program in PROGRAMS if not program.right} == set(collection.FINDINGS)


def test_names_are_unique():
    assert [name for name, count in Counter(each.name for each in PROGRAMS).items() if count > 1] == []


@needs_fork
@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("program", RIGHT, ids=lambda program: program.name)
def test_a_right_program_is_right(program):
    if program.name.startswith("numpy_"):
        pytest.importorskip("numpy")
    run = subprocess.run(
        [sys.executable, "-c", RUNNER, str(program.path), str(RUNS)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    results = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(results) == RUNS
    assert [each for each in results if each not in program.expected] == []


HEADER = '"""A sentence.\n\n{fields}\n"""\n\n\ndef program():\n    return 4\n'


@pytest.mark.parametrize(
    ("fields", "right", "complaint"),
    [
        ("finding: deadlock", False, "no line 'expect"),
        ("expect: four", True, "Expecting value"),
        ("expect: 4", False, "'finding' must be one of"),
        ("expect: 4\nfinding: slow", False, "'finding' must be one of"),
        ("expect: 4\nfinding: deadlock\nfinding: livelock", False, "given 2 times"),
        ("expect: 4\nfinding: deadlock", True, "a right program has neither"),
        ("expect: 4\nfinding: deadlock\nlatent: no", False, "can only be yes"),
        ("expect: 4\nhint: look", True, "unknown in the header: hint"),
        ("expect: 4\nand more", True, "not a field of a header"),
    ],
)
def test_a_bad_header_is_refused_with_the_name_of_its_file(tmp_path, fields, right, complaint):
    path = tmp_path / "bad.py"
    path.write_text(HEADER.format(fields=fields), "utf-8")
    with pytest.raises(ValueError, match=complaint) as refused:
        collection.read(path, right=right)
    assert str(path) in str(refused.value)


def test_a_file_without_program_is_refused(tmp_path):
    path = tmp_path / "bad.py"
    path.write_text('"""A sentence.\n\nexpect: 4\n"""\n', "utf-8")
    with pytest.raises(ValueError, match="no function program"):
        collection.read(path, right=True)


def test_a_good_header_is_read(tmp_path):
    path = tmp_path / "good.py"
    path.write_text(HEADER.format(fields="expect: [4]\nexpect: 5\nfinding: deadlock\nlatent: yes"), "utf-8")
    assert collection.read(path, right=False) == collection.Program(
        "good", path, right=False, expected=([4], 5), finding="deadlock", latent=True
    )


def test_a_result_is_compared_as_json_has_it():
    assert collection.as_data((1, [2, ("x",)])) == [1, [2, ["x"]]]
