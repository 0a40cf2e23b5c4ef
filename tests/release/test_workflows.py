"""The CI files of a student's repository: pinned, with no more rights than they need."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from manychefs.cli import main
from manychefs.release.workflows import FILES, GITHUB, write_workflows


def test_actions_are_pinned_to_commits_and_say_which_release_that_is() -> None:
    used = re.findall(r"uses: (\S+)(.*)", GITHUB)
    assert len(used) == 3
    for action, comment in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)


def test_the_job_may_only_read_and_keeps_no_credentials() -> None:
    assert re.findall(r"permissions:\n((?:  .*\n)+)", GITHUB) == ["  contents: read\n"]
    assert "persist-credentials: false" in GITHUB
    assert not re.search(r"^ *pull_request_target:|secrets\.", GITHUB, re.MULTILINE)


def test_both_call_the_same_command_and_gitlab_reads_the_file_that_it_writes() -> None:
    assert all("python3 chefs.py ci\n" in text for text in FILES.values())
    assert "junit: manychefs-junit.xml" in FILES[".gitlab-ci.yml"]


def test_they_are_written_where_each_service_looks(tmp_path: Path) -> None:
    assert write_workflows(tmp_path) == [tmp_path / name for name in FILES]
    assert (tmp_path / ".github" / "workflows" / "grade.yml").read_text() == GITHUB


def test_the_command_writes_them_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["chefs", "workflows", str(tmp_path / "repository")])
    assert main() == 0
    assert [Path(line) for line in capsys.readouterr().out.split()] == [
        tmp_path / "repository" / name for name in FILES
    ]
