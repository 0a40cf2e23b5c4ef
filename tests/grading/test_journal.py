"""The journal survives its writer: whole lines are read once, half ones wait."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from manychefs.grading import journal
from manychefs.grading.journal import Collected, Ended, Reader, Started
from manychefs.report import Check, Deadlock, Feedback, ProcessState, Verdict

CHECK = Check(
    name="test_1",
    title="Über ‚alles‘\nand more",
    kind="races",
    points=2.5,
    verdict=Verdict.FAILED,
    feedback=Feedback(happened="a", evidence=["b\nc", "\x1b"]),
    evidence=Deadlock(seconds=1.5, processes=[ProcessState(name="p", pid=1, waits_for="x")]),
)
EVENTS = [Collected([CHECK]), Started("test_1"), Ended(CHECK)]


def test_what_is_appended_is_read_as_it_was(tmp_path):
    path = tmp_path / "journal"
    for event in EVENTS:
        journal.append(path, event)
    assert Reader(path).new() == EVENTS


def test_each_event_is_read_once(tmp_path):
    path = tmp_path / "journal"
    reader = Reader(path)
    assert reader.new() == []
    for event in EVENTS:
        journal.append(path, event)
        assert reader.new() == [event]
        assert reader.new() == []


def test_a_half_written_line_waits_for_its_end(tmp_path):
    whole = tmp_path / "whole"
    for event in EVENTS:
        journal.append(whole, event)
    data = whole.read_bytes()
    path = tmp_path / "journal"
    reader = Reader(path)
    read = []
    for start in range(0, len(data), 5):
        with path.open("ab") as file:
            file.write(data[start : start + 5])
        read += reader.new()
        assert len(read) == path.read_bytes().count(b"\n")
    assert read == EVENTS


def test_a_line_by_somebody_without_the_key_is_passed_over(tmp_path):
    path = tmp_path / "journal"
    forged = msgspec.json.encode(EVENTS[2])
    path.write_bytes(forged + b"\n" + b"0" * 32 + b" " + forged + b"\nnonsense\n\n\xff \n")
    journal.append(path, EVENTS[2])  # with no key
    journal.append(path, EVENTS[2], "another key")
    journal.append(path, EVENTS[0], "the key")
    assert Reader(path, "the key").new() == [EVENTS[0]]


def test_a_line_that_is_no_event_is_an_error_and_not_a_mark(tmp_path):
    path = tmp_path / "journal"
    body = b'{"type":"ended","check":{"name":"x","points":99}}'
    path.write_bytes(journal._code(body, "") + b" " + body + b"\n")
    with pytest.raises(msgspec.ValidationError):
        Reader(path).new()


def test_events_of_several_writers_do_not_mix(tmp_path):
    path = tmp_path / "journal"
    program = """
import sys
from pathlib import Path
from manychefs.grading import journal
for number in range(200):
    journal.append(Path(sys.argv[1]), journal.Started(sys.argv[2] * 500))
"""
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path), name]) for name in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    names = [event.name for event in Reader(path).new() if isinstance(event, Started)]
    assert sorted(names) == ["a" * 500] * 200 + ["b" * 500] * 200


def test_nobody_else_can_read_it(tmp_path):
    path = tmp_path / "journal"
    journal.append(path, EVENTS[0])
    assert path.stat().st_mode & 0o077 == 0
