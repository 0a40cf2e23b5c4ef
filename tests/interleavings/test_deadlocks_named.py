"""A deadlock is named exactly: who waits for what, on which line, held by whom, since which line.

And time is the scheduler's: a program that sleeps for long is explored to its end, and sees that time pass.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from manychefs.grading.explorer import can_steer
from manychefs.interleavings.search import Call, Exploration, explore
from manychefs.interleavings.words import MOST_STEPS

pytestmark = pytest.mark.skipif(not can_steer(), reason="exploring needs fork and pidfd (Linux)")

SCRIPT = """\
import time
from multiprocessing import Barrier, Condition, Event, Lock, Process, Queue, RLock, Semaphore, Value


def both(first, second):
    with first:  # take one
        with second:  # take the other
            pass


def abba():
    left = Lock()  # make left
    right = Lock()  # make right
    one = Process(target=both, args=(left, right))
    other = Process(target=both, args=(right, left))
    one.start()
    other.start()
    one.join()  # join one
    other.join()


def abba_in_a_list():
    locks = [Lock() for _ in range(2)]  # make both
    one = Process(target=both, args=(locks[0], locks[1]))
    other = Process(target=both, args=(locks[1], locks[0]))
    one.start()
    other.start()
    one.join()
    other.join()


def again():
    lock = Lock()  # make lock
    with lock:  # take it
        with lock:  # and again
            return 1


def again_reentrant():
    lock = RLock()
    with lock, lock:
        return 1


def behind_another(lock):
    with lock:  # take and keep
        lock.acquire()  # behind itself


def two_behind_one():
    lock = Lock()  # make shared
    chefs = [Process(target=behind_another, args=(lock,)) for _ in range(2)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()  # join each


def value_of_a_plain_lock():
    value = Value("i", 0, lock=Lock())  # make value
    with value.get_lock():  # take the value's
        value.value += 1  # needs it as well


def produce(queue, size, items):
    for _ in range(items):
        queue.put(b"x" * size)


def join_before_drain(size, items):
    queue = Queue()  # make queue
    chef = Process(target=produce, args=(queue, size, items))
    chef.start()
    chef.join()  # join before
    return len([queue.get() for _ in range(items)])


def hold(lock, ready):
    with lock:  # hold it
        ready.set()
        time.sleep(100)


def killed():
    lock, ready = Lock(), Event()  # make the lock
    chef = Process(target=hold, args=(lock, ready))
    chef.start()
    ready.wait()
    chef.terminate()
    chef.join()
    with lock:  # take an orphan
        return 1


def meet(barrier):
    barrier.wait()  # meet here


def a_party_is_missing():
    barrier = Barrier(3)  # make barrier
    chefs = [Process(target=meet, args=(barrier,)) for _ in range(2)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()  # join who met


def nobody_sets():
    Event().wait()  # wait for nobody


def nobody_notifies():
    condition = Condition()  # make condition
    with condition:
        condition.wait()  # wait for a word


def nobody_puts():
    queue = Queue()  # make empty queue
    return queue.get()  # get nothing


def one_too_many():
    semaphore = Semaphore(1)  # make semaphore
    semaphore.acquire()  # the only one
    semaphore.acquire()  # one too many


def politely(first, second):
    while True:
        with first:
            if second.acquire(block=False):
                second.release()
                return


def in_step():
    left, right = Lock(), Lock()
    one = Process(target=politely, args=(left, right))
    other = Process(target=politely, args=(right, left))
    one.start()
    other.start()
    one.join()
    other.join()


def sleeps():
    began = time.monotonic()
    wall = time.time()
    time.sleep(1000)
    return [time.monotonic() - began, time.time() - wall]


def nap(seconds, queue):
    time.sleep(seconds)
    queue.put(seconds)


def sleep_apart():
    began = time.monotonic()
    queue = Queue()
    chefs = [Process(target=nap, args=(seconds, queue)) for seconds in (3000, 1000, 2000)]
    for chef in chefs:
        chef.start()
    got = [queue.get() for _ in chefs]
    for chef in chefs:
        chef.join()
    return [got, time.monotonic() - began]


def reads_the_clock():
    read = []
    lock = Lock()
    for _ in range(3):
        read += [time.monotonic() for _ in range(20)]
        time.sleep(1)
        with lock:
            read += [time.monotonic() for _ in range(20)]
    return read == sorted(read)


def receive(sent, answer):
    then = sent.get()
    answer.put(time.monotonic() - then)


def sends_the_time():
    sent, answer = Queue(), Queue()
    chef = Process(target=receive, args=(sent, answer))
    chef.start()
    for _ in range(10):
        now = time.monotonic()
    sent.put(now)
    span = answer.get()
    chef.join()
    return span


def waits_in_vain():
    began = time.monotonic()
    lock = Lock()
    lock.acquire()
    return [lock.acquire(timeout=1000), Event().wait(1000), time.monotonic() - began]
"""

LINES = SCRIPT.splitlines()
Named = tuple[str, str, int | None, str, int | None]


def line(comment: str) -> int:
    """The number of the line that ends in this comment."""
    (number,) = [number for number, text in enumerate(LINES, 1) if text.endswith(f"# {comment}")]
    return number


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "kitchen.py"
    path.write_text(SCRIPT)
    return path


def deadlock(script: Path, name: str, *args: int) -> Exploration:
    # What comes out is not what is looked for here: whatever it is, it is right.
    found = explore(Call(script, name, args), holds=lambda _: True)
    assert (found.outcome, found.finding) == ("failed", "deadlock")
    assert found.interleaving is not None
    assert found.interleaving.replays == 2
    for each in found.interleaving.waiting:
        assert each.source == (LINES[each.line - 1].strip() if each.line else "")
    return found


def waiting(found: Exploration) -> list[Named]:
    """Who waits for what, on which line, held by whom, since which line."""
    assert found.interleaving is not None
    return [
        (each.actor, each.waits_for, each.line, each.held_by, each.held_since)
        for each in found.interleaving.waiting
    ]


# -- locks ------------------------------------------------------------------------------------


def test_two_locks_in_opposite_order(script: Path) -> None:
    found = deadlock(script, "abba")
    taken, wanted = line("take one"), line("take the other")
    assert waiting(found) == [
        ("main", "p1 to end", line("join one"), "p1", None),
        ("p1", f"Lock of line {line('make right')}", wanted, "p2", taken),
        ("p2", f"Lock of line {line('make left')}", wanted, "p1", taken),
    ]
    assert found.interleaving is not None
    assert found.interleaving.preemptions == 1
    assert found.interleaving.ending == "could not go on"
    # Where each took its first and where each waits for its second is what makes it a deadlock.
    decisive = [(step.actor, step.line) for step in found.interleaving.steps if step.decisive]
    assert {("p1", taken), ("p2", taken), ("p1", wanted), ("p2", wanted)} <= set(decisive)


def test_locks_that_one_line_makes_are_told_apart(script: Path) -> None:
    named = {each[0]: each[1] for each in waiting(deadlock(script, "abba_in_a_list"))}
    assert named["p1"] == f"Lock 1 of line {line('make both')}"
    assert named["p2"] == f"Lock 0 of line {line('make both')}"


def test_a_plain_lock_taken_twice(script: Path) -> None:
    found = deadlock(script, "again")
    assert found.schedules == 1
    lock = f"Lock of line {line('make lock')}"
    assert waiting(found) == [("main", lock, line("and again"), "itself", line("take it"))]


def test_a_reentrant_lock_may_be_taken_twice(script: Path) -> None:
    assert explore(Call(script, "again_reentrant"), schedules=4).outcome == "passed"


def test_one_waits_for_itself_and_another_for_that_one(script: Path) -> None:
    found = deadlock(script, "two_behind_one")
    lock = f"Lock of line {line('make shared')}"
    first, behind = line("take and keep"), line("behind itself")
    assert waiting(found) == [
        ("main", "p1 to end", line("join each"), "p1", None),
        ("p1", lock, behind, "itself", first),
        ("p2", lock, first, "p1", first),
    ]


def test_a_values_plain_lock_that_reading_the_value_takes_too(script: Path) -> None:
    found = deadlock(script, "value_of_a_plain_lock")
    lock = f"Lock of line {line('make value')}"
    held = line("take the value's")
    assert waiting(found) == [("main", lock, line("needs it as well"), "itself", held)]


def test_a_semaphore_that_is_used_up(script: Path) -> None:
    found = deadlock(script, "one_too_many")
    semaphore = f"Semaphore of line {line('make semaphore')}"
    assert waiting(found) == [("main", semaphore, line("one too many"), "itself", line("the only one"))]


# -- others that never come -------------------------------------------------------------------


@pytest.mark.parametrize(("size", "items", "latent"), [(100_000, 1, False), (10, 3, True)])
def test_a_join_before_the_queue_is_drained(script: Path, size: int, items: int, latent: bool) -> None:
    found = deadlock(script, "join_before_drain", size, items)
    assert found.interleaving is not None
    assert found.interleaving.latent is latent
    main, chef, feeder = waiting(found)
    assert main == ("main", "p1 to end", line("join before"), "p1", None)
    # Nobody has written the code that p1 and its feeder are in: it runs after produce() has ended.
    assert (chef[0], chef[1], chef[3:]) == ("p1", "what it has put on a queue to be taken out", ("", None))
    assert feeder == ("p1.t1", f"room in Queue of line {line('make queue')}", None, "", None)


def test_a_barrier_that_one_party_never_comes_to(script: Path) -> None:
    found = deadlock(script, "a_party_is_missing")
    main, *chefs = waiting(found)
    assert main == ("main", "p1 to end", line("join who met"), "p1", None)
    assert [each[0] for each in chefs] == ["p1", "p2"]
    for _, waits_for, where, held_by, since in chefs:
        assert waits_for.endswith(f"Barrier of line {line('make barrier')}")
        assert (where, held_by, since) == (line("meet here"), "", None)


@pytest.mark.parametrize(
    ("name", "waits_for", "where"),
    [
        ("nobody_sets", "Event of line", "wait for nobody"),
        ("nobody_notifies", "a notify on Condition of line", "wait for a word"),
        ("nobody_puts", "something on Queue of line", "get nothing"),
    ],
)
def test_what_nobody_gives(script: Path, name: str, waits_for: str, where: str) -> None:
    ((actor, what, number, held_by, since),) = waiting(deadlock(script, name))
    assert (actor, number, held_by, since) == ("main", line(where), "", None)
    assert waits_for in what


@pytest.mark.slow
def test_a_livelock_of_thousands_of_steps_is_told_with_no_more_of_them_than_are_kept(script: Path) -> None:
    found = explore(Call(script, "in_step"), shrinking=False)
    assert (found.outcome, found.finding) == ("failed", "livelock")
    assert found.interleaving is not None
    assert len(found.interleaving.steps) == MOST_STEPS
    assert any(step.decisive for step in found.interleaving.steps)


# -- time -------------------------------------------------------------------------------------


def test_a_sleep_lasts_as_long_as_it_should_on_the_programs_own_clocks(script: Path) -> None:
    found = explore(Call(script, "sleeps"), holds=lambda spans: all(1000 <= each < 1001 for each in spans))
    assert found.outcome == "passed"
    assert found.has_deadlines


def test_sleepers_wake_in_the_order_of_their_times(script: Path) -> None:
    # Half of the schedules are without preemption. In these nothing fires early: they have this one order.
    # In the others any sleep may end before somebody else has got on.
    values: list[list[Any]] = []

    def holds(value: list[Any]) -> bool:
        values.append(value)
        return True

    assert explore(Call(script, "sleep_apart"), holds=holds, schedules=40).outcome == "passed"
    assert [got for got, _ in values[:20]] == [[1000, 2000, 3000]] * 20
    assert all(3000 <= seconds < 3001 for _, seconds in values[:20])


def test_a_clock_that_is_read_often_never_goes_back(script: Path) -> None:
    assert explore(Call(script, "reads_the_clock"), holds=lambda value: value is True).outcome == "passed"


def test_no_process_reads_an_earlier_time_than_another_has_read_before(script: Path) -> None:
    found = explore(Call(script, "sends_the_time"), holds=lambda span: 0 < span < 1, schedules=30)
    assert found.outcome == "passed", found.results


def test_a_wait_with_a_time_out_is_no_deadlock(script: Path) -> None:
    found = explore(
        Call(script, "waits_in_vain"),
        holds=lambda value: value[:2] == [False, False] and 2000 <= value[2] < 2001,
    )
    assert found.outcome == "passed", found.results
