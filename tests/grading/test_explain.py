"""What a student is told: what happened, the likely cause, the evidence, the next step.

One submission with a mistake in each function, one grading, one piece of feedback for each.
"""

from __future__ import annotations

import inspect
import multiprocessing.synchronize
import sys

import pytest

from manychefs.grading import explain
from manychefs.grading.explain import Call, brief
from manychefs.grading.explorer import can_steer
from manychefs.interleavings import search
from manychefs.report import Check, ProcessState, Verdict
from manychefs.sandbox import stacks

MISTAKES = """
import multiprocessing, os, signal, sys, time
from multiprocessing import Lock, Pool, Process, Queue; from multiprocessing.shared_memory import SharedMemory

def unwritten():
    raise NotImplementedError("task 1")

def divides():
    return 1 // 0

def cook(dish):
    return 1 // dish

def in_a_worker():
    with Pool(1) as pool:
        return pool.map(cook, [0])

def local_target():
    def inner(dish):
        return dish
    with Pool(1) as pool:
        return pool.map(inner, [0])

def lock_to_a_pool():
    with Pool(1) as pool:
        return pool.map(cook, [Lock()])

def leaves():
    sys.exit(3)

def vanishes():
    print("all 10 checks passed")
    sys.stdout.flush()
    os._exit(0)

def kills_itself():
    os.kill(os.getpid(), signal.SIGKILL)

def kills_its_parent():
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)

def notifies_without_the_lock():
    multiprocessing.Condition().notify_all()

def returns_the_array():
    return multiprocessing.Array("i", 2)

def generates():
    return (dish for dish in [1, 2])

def not_waited_for():
    pool = Pool(1)
    return pool.map_async(abs, [1])

def tallies():
    import collections
    return collections.Counter("abba")

def asks():
    return input()

def one(number):
    return number

def cuont():
    return 1

def hungry():
    return bytearray(4 << 30)

def keeps_a_view():
    block = SharedMemory(create=True, size=8)
    view = block.buf.cast("q")
    try:
        block.close()
    finally:
        view.release()
        block.close()
        block.unlink()

def unlinks_twice():
    block = SharedMemory(create=True, size=8)
    block.close()
    name = block.name
    block.unlink()
    SharedMemory(name=name)

def prints_escapes():
    print("\\x1b[2J\\x1b[32mpassed\\r")
    raise ValueError("\\x1b[31m")

def uses_a_closed_end():
    mine, theirs = multiprocessing.Pipe()
    mine.close()
    mine.send(1)

def closes_before_start():
    mine, theirs = multiprocessing.Pipe()
    theirs.close()
    multiprocessing.get_context("spawn").Process(target=print, args=(theirs,)).start()

def mixes_contexts():
    lock = multiprocessing.get_context("fork").Lock()
    multiprocessing.get_context("spawn").Process(target=print, args=(lock,)).start()

def reads_an_unset_global():
    return tally

def adds_to_a_global():
    portions += 1

def wash():
    pass

def two_comprehensions():
    sinks = [wash for wash in range(2)]
    return [wash() for sink in sinks]

def cook_into(queue, dish):
    queue.put(1 // dish)

def waits_for_the_dead():
    queue = Queue()
    chef = Process(target=cook_into, args=(queue, 0))
    chef.start()
    return queue.get()

def cook_over(end):
    raise ValueError("burnt")

def keeps_the_chefs_end():
    mine, theirs = multiprocessing.Pipe()
    Process(target=cook_over, args=(theirs,)).start()
    return mine.recv()

def sends_to_nobody():
    mine, theirs = multiprocessing.Pipe()
    theirs.close()
    mine.send(1)
"""

EXPECTED = {
    "unwritten()": ("unwritten is not written yet: task 1", "still to be written"),
    "divides()": ("divides() raised ZeroDivisionError", "not caught anywhere"),
    "in_a_worker()": ("raised ZeroDivisionError", "not caught anywhere"),
    "local_target()": ("local_target() raised", "a function inside a function"),
    "lock_to_a_pool()": ("raised RuntimeError", "can only be handed over when a process starts"),
    "leaves()": ("leaves() left by SystemExit", "sys.exit()"),
    "vanishes()": ("ended the interpreter with exit code 0", "os._exit()"),
    "kills_itself()": ("was killed by SIGKILL", "os.kill()"),
    "kills_its_parent()": ("took down the process that it runs in", "killed its parent"),
    "notifies_without_the_lock()": ("raised AssertionError: lock is not owned", "with` block of that"),
    "returns_the_array()": ("type multiprocessing.sharedctypes.SynchronizedArray", "`[:]`"),
    "generates()": ("returned an object of type generator", "make a list of it"),
    "tallies()": ("collections.Counter", "dict(…)"),
    "not_waited_for()": ("multiprocessing.pool.MapResult", ".get()"),
    "asks()": ("raised EOFError", "`input()`"),
    "one()": ("one() raised TypeError", "parameters are not those of the stub"),
    "one(1, 2)": ("one(1, 2) raised TypeError", "parameters are not those of the stub"),
    "one(number=1, extra=2)": ("raised TypeError", "parameters are not those of the stub"),
    "count()": ("no function called count", "There is one called cuont"),
    "zzz()": ("no function called zzz", "renamed or removed"),
    "hungry()": ("raised MemoryError", "more memory"),
    "mixes_contexts()": ("raised RuntimeError", "the same context"),
    "reads_an_unset_global()": ("raised NameError", "globals of its own"),
    "adds_to_a_global()": ("raised UnboundLocalError", "`global`"),
    "uses_a_closed_end()": ("raised OSError", "after it was closed"),
    "closes_before_start()": ("raised OSError", "before start()"),
    "sends_to_nobody()": ("raised BrokenPipeError", "other end of a pipe has ended"),
    "waits_for_the_dead()": ("had not returned", "nobody caught: ZeroDivisionError: integer"),
    "keeps_the_chefs_end()": ("had not returned", "one is still open"),
    "keeps_a_view()": ("raised BufferError", "a memoryview of a shared-memory block"),
    "unlinks_twice()": ("raised FileNotFoundError", "unlinked it already"),
    "prints_escapes()": (r"raised ValueError: \x1b[31m", "not caught anywhere"),
}

if (3, 12) <= sys.version_info < (3, 12, 4):
    EXPECTED["two_comprehensions()"] = ("raised UnboundLocalError", "a mistake of Python's (gh-118513)")
if "fork_ctx" not in inspect.getsource(multiprocessing.synchronize):
    del EXPECTED["mixes_contexts()"]  # early versions of 3.11, Debian's among them, do not notice it


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Check]:
    """What each call is told, by the call; the course is built once for all of them."""
    from manychefs.course import load_course
    from manychefs.grading.supervisor import grade

    root = tmp_path_factory.mktemp("course")
    body = "".join(
        f'\n@pytest.mark.check(points=1)\ndef test_{number}(student):\n    """{call}"""\n    student.{call}\n'
        for number, call in enumerate(EXPECTED)
    )
    folder = root / "graders" / "01_tally"
    folder.mkdir(parents=True)
    (folder / "test_tally.py").write_text(f"import pytest\n{body}")
    (root / "course.toml").write_text(
        'title = "t"\n[[exercise]]\nnumber = 1\nslug = "tally"\ntitle = "t"\nconcept = "c"\nminutes = 1\n'
        'points = 1\nstart_methods = ["fork"]\nlimits = { seconds = 10 }\n'
        '[[exercise.tasks]]\ntitle = "t"\nhints = ["a", "b", "c"]\n'
    )
    submission = root / "tally.py"
    submission.write_text(MISTAKES)
    course = load_course(root)
    with pytest.MonkeyPatch.context() as patch:  # no lease of another grading on this machine
        patch.setenv("TMPDIR", str(root))
        return {check.title: check for check in grade(course, course.exercises[0], submission).checks}


@pytest.mark.parametrize("call", EXPECTED)
def test_each_mistake_is_told_in_four_parts(told, call):
    check = told[call]
    happened, cause = EXPECTED[call]
    assert check.verdict is Verdict.FAILED
    assert check.feedback is not None
    assert happened in check.feedback.happened
    advice = f"{check.feedback.cause} {check.feedback.next_step}"
    assert cause.lower() in advice.lower()
    assert check.feedback.cause
    assert check.feedback.next_step


def test_the_line_of_the_students_file_is_shown(told):
    feedback = told["divides()"].feedback
    assert feedback is not None
    assert "tally.py:9 in divides:  return 1 // 0" in feedback.evidence
    assert not any("manychefs" in line for line in feedback.evidence)


def test_the_line_in_a_worker_is_shown(told):
    feedback = told["in_a_worker()"].feedback
    assert feedback is not None
    assert "in a worker: tally.py:12 in cook:  return 1 // dish" in feedback.evidence


def test_what_was_printed_is_shown_and_apart(told):
    feedback = told["vanishes()"].feedback
    assert feedback is not None
    assert feedback.evidence[-2:] == ["your program printed:", "  all 10 checks passed"]


def test_no_control_character_reaches_a_report(told):
    for check in told.values():
        assert check.feedback is not None
        shown = check.feedback.text() + check.printed
        assert not set(shown) & set("\x1b\r\x07"), check.title


GUARD = """
from multiprocessing import Pool
def work(n):
    return n
pool = Pool(1)
def answer():
    return 1
"""
CALLS_ANSWER = '''
import sys

import pytest
@pytest.mark.check(points=1)
def test_it(student):
    """It answers"""
    assert student.answer() == 2
'''


def test_a_missing_main_guard_is_recognised_when_the_import_never_ends(tiny_course):
    """Under spawn the pool's workers die of it, and the pool starts new ones for ever."""
    source = GUARD.replace("Pool(1)\n", "Pool(1)\npool.map(work, [1])\n")
    feedback = tiny_course(CALLS_ANSWER, start_methods=("spawn",), seconds=1.5).only_check(source).feedback
    assert feedback is not None
    assert "__main__" in feedback.next_step
    assert "starts processes while it is being imported" in feedback.cause


@pytest.mark.slow
def test_a_missing_main_guard_is_recognised_when_the_import_fails(tiny_course):
    """By Python's own message, which goes over two lines."""
    source = """
from concurrent.futures import ProcessPoolExecutor
def work(n):
    return n
with ProcessPoolExecutor(1) as pool:
    done = list(pool.map(work, [1]))
def answer():
    return 1
"""
    feedback = tiny_course(CALLS_ANSWER, start_methods=("spawn",)).only_check(source).feedback
    assert feedback is not None
    assert "__main__" in feedback.next_step


@pytest.mark.parametrize(
    ("source", "happened"),
    [
        ("def answer(:\n", "tally.py is not valid Python: SyntaxError"),
        ("import os\nos._exit(0)\n", "ended the interpreter while it was being imported"),
        ("import nowhere\n", "cannot be imported: ModuleNotFoundError"),
    ],
)
def test_a_file_that_does_not_run_is_told_as_such(tiny_course, source, happened):
    check = tiny_course(CALLS_ANSWER).only_check(source)
    assert check.verdict is Verdict.FAILED
    assert check.feedback is not None
    assert happened in check.feedback.happened


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        ("abc", "'abc'"),
        ([1, 2], "[1, 2]"),
        ((1,), "(1,)"),
        (list(range(1000)), "a list of 1,000 items (0, 1, 2, … 999)"),
        (10**300, "an int of about 300 digits"),
        ("\x1b", r"'\x1b'"),
    ],
)
def test_a_value_is_shown_short(value, text):
    assert brief(value) == text


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        b"x" * 10**6,
        [["x" * 1000] * 5] * 5,
        {1: "y" * 10**6},
        7**10**5,
        {1: 7**10**5},
        {7**10**5: 1},
    ],
    ids=["str", "bytes", "lists", "dict", "int", "int in a dict", "int as a key"],
)
def test_a_huge_value_is_shown_short_too(value):
    assert len(brief(value)) < 400


def test_a_start_method_that_an_argument_names_is_not_called_another_one():
    assert Call("evening", (["tea"], "spawn"), {}, "spawn").under() == "under spawn"
    assert Call("evening", (["tea"],), {}, "fork").under() == "under fork"
    assert (
        Call("evening", (["tea"], "spawn"), {}, "fork").under() == "while fork was the default start method"
    )
    assert Call("evening", (), {"method": "fork"}, "spawn").under().startswith("while spawn was the default")


RECV, SEND, JOIN = (
    "waits for data from a pipe",
    "waits for room in a pipe: nobody reads it",
    "waits for another process to end (join)",
)


def test_the_first_exception_that_ended_a_process_is_found_in_what_was_printed():
    def ended(name: str, error: str) -> str:
        lines = ("Traceback (most recent call last):", '  File "dish.py", line 1, in cook', "    1 // 0")
        return "\n".join((f"Process {name}:", *lines, "    ~~^^~~", error, ""))

    printed = f"hello\n{ended('Process-2', 'ValueError: burnt')}{ended('Process-3', 'KeyError')}"
    assert explain.error_of_a_process(printed) == "ValueError: burnt"
    assert explain.error_of_a_process(ended("SpawnPoolWorker-1", "KeyError")) == "KeyError"
    for printed in ("", "Process Process-1:\nTraceback (most recent call last):\n", "ValueError: only told"):
        assert explain.error_of_a_process(printed) == ""


@pytest.mark.parametrize(
    ("waits", "cause"),
    [
        ((JOIN, RECV), explain.NO_END_OF_PIPE),
        ((JOIN, f"sleeps; {stacks.IGNORES_SIGTERM}"), explain.STUBBORN),
        ((RECV, "has ended; nobody has joined it"), explain.NO_END_OF_PIPE),
        ((SEND, SEND), explain.BOTH_SEND),
        ((JOIN, SEND), explain.JOIN_BEFORE_RECV),
        ((RECV, SEND), explain.ALL_WAIT),  # not over one pipe: nothing is known of it
        ((RECV, "waits for a lock"), explain.NO_RELEASE),
        ((JOIN, "waits to be notified (Condition, Event or Barrier)"), explain.NO_NOTIFY),
    ],
)
def test_a_deadlock_is_told_by_what_each_waits_for(waits, cause):
    stuck = [ProcessState(name=f"process {pid}", pid=pid, waits_for=text) for pid, text in enumerate(waits)]
    assert explain.deadline_cause(stuck) == cause


DEADLOCKS = """
from multiprocessing import Condition, Lock, Pipe, Process, Semaphore

def server(mine, other):
    mine.recv()

def both_send(mine, other):
    mine.send("x" * 1_000_000)
    mine.recv()

def joins_an_open_pipe():
    mine, theirs = Pipe()
    child = Process(target=server, args=(theirs, mine))
    child.start()
    mine.close()
    child.join()

def sends_to_a_sender():
    mine, theirs = Pipe()
    child = Process(target=both_send, args=(theirs, mine))
    child.start()
    mine.send("y" * 1_000_000)

def waits_for_no_notify():
    changed = Condition()
    with changed:
        changed.wait()

def takes(first, second, signal):
    first.acquire()
    signal.release()
    second.acquire()

def crosses(kind):
    one, other, signal = kind(), kind(), Semaphore(0)
    child = Process(target=takes, args=(one, other, signal))
    other.acquire()
    child.start()
    signal.acquire()
    one.acquire()

def crosses_locks():
    crosses(Lock)

def crosses_semaphores():
    crosses(Semaphore)
"""


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("joins_an_open_pipe", explain.NO_END_OF_PIPE),
        ("sends_to_a_sender", explain.BOTH_SEND),
        ("waits_for_no_notify", explain.NO_NOTIFY),
        ("crosses_locks", explain.CIRCLE),
        # Any process may give a semaphore back, not only who took it: no circle is told of.
        ("crosses_semaphores", explain.NO_RELEASE),
    ],
)
@pytest.mark.skipif(not can_steer(), reason="nothing can be steered here")
def test_an_explored_deadlock_is_told_in_the_same_words(tmp_path, name, cause):
    path = tmp_path / "deadlocks.py"
    path.write_text(DEADLOCKS)
    found = search.explore(search.Call(path, name), schedules=1)
    assert found.interleaving is not None
    assert explain.explored_deadlock(found.interleaving, Call(name, (), {}, "fork"), "").cause == cause
