"""At a deadline, what every process waits for is told in words, with the line in the student's file."""

from __future__ import annotations

import pytest

from manychefs.report import ProcessState
from manychefs.sandbox.host import Host

METHODS = ("fork", "spawn", "forkserver")
each_method = pytest.mark.parametrize(
    "method", ["fork", *(pytest.param(name, marks=pytest.mark.slow) for name in METHODS[1:])]
)
LIMITS = {"fork": 0.6, "spawn": 1.5, "forkserver": 1.5}  # enough for all to stand where they get stuck


def stuck(here: Host, name: str = "f") -> dict[str, ProcessState]:
    """The processes at the deadline by name; the next call works."""
    outcome = here.call(name)
    assert outcome.how == "deadline"
    assert here.call("fine").value == "fine"
    return {state.name: state for state in outcome.stuck}


def line_of(here: Host, text: str) -> int:
    lines = here.submission.read_text().splitlines()
    (found,) = [number for number, line in enumerate(lines, 1) if text in line]
    return found


JOIN_BEFORE_DRAIN = """
def cook(queue):
    queue.put('x' * 1_000_000)

def f():
    queue = Queue()
    chef = Process(target=cook, args=(queue,))
    chef.start()
    chef.join()
    return queue.get()
"""


@each_method
def test_join_before_drain_shows_both_sides(host, method):
    here = host(JOIN_BEFORE_DRAIN, method, seconds=LIMITS[method])
    states = stuck(here)
    main, chef = states["main process"], states["process 1"]
    assert main.waits_for == "waits for another process to end (join)"
    assert main.line == line_of(here, "chef.join()")
    assert main.source == "chef.join()"
    assert "items it has put are still in its queue" in chef.waits_for
    assert "its feeder thread waits for room in a queue's pipe" in chef.waits_for
    assert chef.line is None, "the student's function in it has ended"


TWO_LOCKS = """
def cook(first, second, barrier):
    with first:
        barrier.wait()
        second.acquire()

def f():
    pan, pot, barrier = Lock(), Lock(), multiprocessing.Barrier(2)
    chefs = [Process(target=cook, args=(pan, pot, barrier)), Process(target=cook, args=(pot, pan, barrier))]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
"""


@each_method
def test_two_locks_in_opposite_order_show_who_waits_where(host, method):
    here = host(TWO_LOCKS, method, seconds=LIMITS[method])
    states = stuck(here)
    assert states["main process"].waits_for == "waits for another process to end (join)"
    for name in ("process 1", "process 2"):
        assert states[name].waits_for == "waits for a lock"
        assert states[name].line == line_of(here, "second.acquire()")
        assert f"dish.py:{states[name].line} in cook" in states[name].stack
    assert len(states) == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("lock = Lock(); lock.acquire(); lock.acquire()", "waits for a lock"),
        pytest.param(
            "lock = Lock(); lock.acquire()\n    with lock: pass", "waits for a lock", marks=pytest.mark.slow
        ),
        ("Queue().get()", "waits for an item from a queue"),
        pytest.param(
            "multiprocessing.SimpleQueue().get()", "waits for an item from a queue", marks=pytest.mark.slow
        ),
        ("mine, other = multiprocessing.Pipe(); mine.recv()", "waits for data from a pipe"),
        (
            "m, other = multiprocessing.Pipe(); m.send(b'x' * 10**7)",
            "waits for room in a pipe: nobody reads it",
        ),
        pytest.param(
            "multiprocessing.Event().wait()",
            "waits to be notified (Condition, Event or Barrier)",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "multiprocessing.Barrier(2).wait()",
            "waits to be notified (Condition, Event or Barrier)",
            marks=pytest.mark.slow,
        ),
        ("q = multiprocessing.JoinableQueue(); q.put(1); q.join()", "waits for task_done() on a queue"),
        pytest.param("q = Queue(1); q.put(1); q.put(2)", "waits for room in a queue", marks=pytest.mark.slow),
        ("p = Pool(1); p.apply(time.sleep, (60,))", "waits for results from its pool"),
        ("time.sleep(60)", "sleeps"),
        ("while True: pass", "is running"),
    ],
)
def test_what_the_main_process_waits_for_is_said_in_the_words_of_the_course(host, body, words):
    here = host(f"def f():\n    {body}\n", seconds=0.6)
    main = stuck(here)["main process"]
    assert main.waits_for.partition("; ")[0] == words
    assert main.line == here.submission.read_text().splitlines().index("def f():") + 1 + len(
        body.splitlines()
    )


def test_a_process_that_is_no_python_says_so(host):
    source = """
    import subprocess
    def f():
        subprocess.run(['sleep', '60'])
    """
    states = stuck(host(source, seconds=0.6))
    assert states["process 1"].waits_for == "gave no stack (not Python, or starting)"


def test_a_process_that_ignores_sigterm_says_so(host):
    source = """
    def cook(ready):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        ready.set()
        time.sleep(60)
    def f():
        ready = multiprocessing.Event()
        chef = Process(target=cook, args=(ready,))
        chef.start()
        ready.wait()
        chef.terminate()
        chef.join()
    """
    states = stuck(host(source, seconds=1.0))
    assert states["process 1"].waits_for == "sleeps; it ignores SIGTERM"
    assert "SIGTERM" not in states["main process"].waits_for


def test_a_child_that_has_ended_unjoined_says_so(host):
    source = """
    def f():
        chef = Process(target=print)
        chef.start()
        os.waitid(os.P_PID, chef.pid, os.WEXITED | os.WNOWAIT)
        time.sleep(60)
    """
    assert stuck(host(source, seconds=0.6))["process 1"].waits_for == "has ended; nobody has joined it"


def test_a_source_line_with_control_characters_is_shown_escaped(host):
    here = host("def f():\n    time.sleep(60) # \x1b[2J\n", seconds=0.6)
    assert stuck(here)["main process"].source == r"time.sleep(60) # \x1b[2J"
