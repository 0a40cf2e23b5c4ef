"""Stacks are read from what the running Python's faulthandler really writes."""

from __future__ import annotations

import faulthandler
import sys
import threading
from pathlib import Path

import pytest

from manychefs.sandbox.stacks import Frame, parse, waits_for


def dump(path: Path) -> str:
    with path.open("w+") as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        return file.read()


def test_the_main_thread_comes_first_and_its_innermost_frame_is_on_top(tmp_path):
    def inner() -> str:
        return dump(tmp_path / "dump")

    main = parse(inner())[0]
    functions = [frame.function for frame in main]
    assert functions[:2] == ["dump", "inner"]
    assert main[1].file == __file__
    assert main[1].line == inner.__code__.co_firstlineno + 1


def test_every_thread_is_a_list_of_its_own(tmp_path):
    begun, end = threading.Event(), threading.Event()

    def wait_here() -> None:
        begun.set()
        end.wait()

    threads = [threading.Thread(target=wait_here) for _ in range(2)]
    for thread in threads:
        thread.start()
    begun.wait()
    others = len(sys._current_frames()) - 3  # of whoever runs the tests
    try:
        found = parse(dump(tmp_path / "dump"))
    finally:
        end.set()
        for thread in threads:
            thread.join()
    assert len(found) == 3 + others
    assert found[0][0].function == "dump"
    assert sum(any(frame.function == "wait_here" for frame in thread) for thread in found[1:]) == 2


@pytest.mark.parametrize("text", ["", "garbage\n", '  File "x", line 1 in f\n', "Thread 0x1 (most recent"])
def test_what_is_no_dump_has_no_threads(text):
    assert parse(text) == []


def test_a_dump_that_is_cut_short_gives_what_is_whole(tmp_path):
    whole = dump(tmp_path / "dump")
    for length in range(0, len(whole), 7):
        for thread in parse(whole[:length]):
            assert thread
            assert all(frame.line > 0 for frame in thread)


def test_a_file_name_may_hold_quotes_and_commas():
    (thread,) = parse('Current thread 0x1 (most recent call first):\n  File "a", line 2 in b", line 7 in f\n')
    assert thread == [Frame('a", line 2 in b', 7, "f")]


def frames(*keys: tuple[str, str]) -> list[Frame]:
    return [Frame(f"/lib/{file}", 1, function) for file, function in keys]


def test_the_library_call_nearest_to_the_students_line_says_what_is_waited_for():
    """A get() that is inside a lock's __enter__ waits for an item, as its reader sees it."""
    stack = frames(("synchronize.py", "__enter__"), ("queues.py", "get"), ("dish.py", "f"))
    assert waits_for(stack, "dish.py", "queue.get()") == "waits for an item from a queue"


def test_what_called_the_student_is_not_what_is_waited_for():
    stack = frames(("dish.py", "f"), ("process.py", "join"))
    assert waits_for(stack, "dish.py", "n += 1") == "is running"


def test_a_c_call_is_told_by_the_students_own_line():
    stack = frames(("dish.py", "f"))
    assert waits_for(stack, "dish.py", "lock.acquire()") == "waits for a lock"
    assert waits_for(stack, "dish.py", "with the_lock:") == "waits for a lock"
    assert waits_for(stack, "dish.py", "time.sleep(9)") == "sleeps"
