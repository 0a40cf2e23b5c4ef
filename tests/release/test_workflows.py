"""The CI files of a student's repository: pinned, with no more rights than they need.

And this repository's own. Both go before what others look at such files with: zizmor, and the schemas of
SchemaStore that check-jsonschema brings along. They come from a package index, where there is one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from manychefs.cli import main
from manychefs.release.workflows import FILES, GITHUB, write_workflows

OWN = Path(__file__).parents[2] / ".github" / "workflows" / "test.yml"
ZIZMOR = "zizmor==1.32.0"
SCHEMAS = "check-jsonschema==0.39.0"


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program of a pinned package, which is installed beside nothing else."""

    def run(package: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        folder = tmp_path_factory.getbasetemp() / "tools" / package
        if not folder.exists():
            uv = ["uv", "pip", "install", "--quiet", "--python", sys.executable]
            pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
            install = [*(uv if shutil.which("uv") else pip), "--target", str(folder), package]
            done = subprocess.run(install, capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"{package} cannot be installed: {done.stderr.strip()[-200:]}")
        return subprocess.run(
            [str(folder / "bin" / package.partition("==")[0]), *words],
            env=os.environ | {"PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


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


# -- as others look at them -------------------------------------------------------------------


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    """A repository with the CI files that are released, and with this repository's own."""
    write_workflows(tmp_path)
    shutil.copy(OWN, tmp_path / ".github" / "workflows" / "own.yml")
    return tmp_path


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_zizmor_finds_nothing_in_them(tool: Callable[..., Any], workflows: Path) -> None:
    done = tool(ZIZMOR, "--offline", "--no-progress", workflows)
    assert done.returncode == 0, done.stdout + done.stderr
    (workflows / ".github" / "workflows" / "grade.yml").write_text(
        GITHUB.replace("python3 chefs.py ci", "echo ${{ github.event.pull_request.title }}"), "utf-8"
    )
    assert "template-injection" in tool(ZIZMOR, "--offline", "--no-progress", workflows).stdout


@pytest.mark.slow
@pytest.mark.timeout(400)  # a dozen packages are installed first
def test_they_fit_the_schemas_of_github_and_gitlab(tool: Callable[..., Any], workflows: Path) -> None:
    github, gitlab = workflows / ".github" / "workflows" / "grade.yml", workflows / ".gitlab-ci.yml"
    for schema, path, more in (
        ("vendor.github-workflows", github, []),
        ("vendor.github-workflows", github.with_name("own.yml"), []),
        ("vendor.gitlab-ci", gitlab, ["--data-transform", "gitlab-ci"]),
    ):
        done = tool(SCHEMAS, "--builtin-schema", schema, *more, path)
        assert done.returncode == 0, done.stdout + done.stderr
    gitlab.write_text(gitlab.read_text("utf-8").replace("script:", "scripts:"), "utf-8")
    assert tool(SCHEMAS, "--builtin-schema", "vendor.gitlab-ci", gitlab).returncode == 1
