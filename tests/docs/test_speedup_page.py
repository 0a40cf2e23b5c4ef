"""The example of docs/speedup.md: its commands are run, and say what the page shows but for figures."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from manychefs.outputs.speedup.compared import Compared
from manychefs.report import SpeedupMeasurement
from manychefs.speedup.cores import usable_cores

PAGE = (Path(__file__).parents[2] / "docs" / "speedup.md").read_text("utf-8")
REPO = Path(__file__).parents[2]


def block(language: str, number: int = 0) -> str:
    """The fenced block of this language, by its number."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[number]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sums.py").write_text(block("python"))
    return tmp_path


def run(command: str, folder: Path) -> tuple[int, str]:
    """Run a command of the page: its exit code and what it says."""
    words = shlex.split(command)
    assert words[0] == "chefs"
    dropped = ("FORCE_COLOR", "NO_COLOR", "LINES")
    done = subprocess.run(
        [sys.executable, "-m", "manychefs", *words[1:]],
        cwd=folder,
        env={name: text for name, text in os.environ.items() if name not in dropped} | {"COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def without_figures(text: str) -> list[str]:
    """The lines that do not depend on the machine: what is drawn and counted is left out."""
    kept = ("✗", "What", "Likely", "Next", "serial ", "control ", "yours ", "main ", "p1 ", "p2 ", "A strip")
    # A unit goes with its figure: a second on the page may be 980 ms on another day.
    figure = r"[\d.]+(?: (?:µs|ms|s)\b)?|[█▓─│░▁-▇]+"
    lines = [re.sub(figure, "…", line) for line in text.splitlines() if line.startswith(kept)]
    return [re.sub(r"[\s…]+", " ", line).strip() for line in lines]


def test_a_unit_goes_with_its_figure() -> None:
    second, less = (f"control  ████▓▓──  {took}, an even split here" for took in ("1.01 s", "980 ms"))
    assert without_figures(second) == without_figures(less) == ["control , an even split here"]


@pytest.mark.slow
@pytest.mark.skipif(
    usable_cores() != 2 or not Path("/proc/self/schedstat").exists(), reason="the page was made on two cores"
)
def test_the_example_says_what_the_page_shows(folder: Path) -> None:
    code, text = run(block("sh"), folder)
    assert without_figures(text) == without_figures(block("text"))
    assert code == 1


@pytest.mark.slow
@pytest.mark.skipif(usable_cores() < 2, reason="one core shows no speedup")
def test_the_pool_of_the_example_is_not_failed_and_has_a_curve(folder: Path) -> None:
    code, text = run(block("sh", 1), folder)
    assert code in (0, 3), text
    assert "speedup by number of workers" in text


def test_every_field_of_the_json_is_described() -> None:
    described = set(re.findall(r"`([a-z_…]+)`", PAGE))
    described |= {
        f"{name}_interval" for name in ("serial", "control", "student") if "…_interval" in described
    }
    for struct in (Compared, SpeedupMeasurement):
        fields = {field.encode_name for field in msgspec.structs.fields(struct)}
        assert fields <= described, struct


def test_the_benchmarks_that_it_names_run() -> None:
    for name in re.findall(r"benchmarks/speedup/\w+\.py", PAGE):
        assert (REPO / name).is_file()
    done = subprocess.run(
        [sys.executable, str(REPO / "benchmarks/speedup/verdicts.py"), "none.jsonl", "--trials", "0"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "False red: 0 of 0 right answers" in done.stdout
