"""What a search says at its end: no more than it has seen."""

from __future__ import annotations

from pathlib import Path

from manychefs.interleavings.search import Call, explore

AWAY = """\
import subprocess


def wait():
    return subprocess.run(["sleep", "3"]).returncode
"""


def test_a_program_of_one_schedule_that_was_never_seen_to_end_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "away.py"
    path.write_text(AWAY)
    found = explore(Call(path, "wait"))
    assert found.outcome == "inconclusive"
    assert "a program that it started" in found.reason
    assert not found.exhaustive
