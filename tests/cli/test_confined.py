"""How `chefs` is told to confine submissions, and how it says what it did."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from manychefs.sandbox import choice
from manychefs.sandbox.confinement import LAYERS

from .conftest import RIGHT

Run = Callable[..., subprocess.CompletedProcess[str]]
PARTS = ("What happened", "Likely cause", "Evidence", "Next")


@pytest.fixture
def answer(kitchen: Path) -> Path:
    path = kitchen / "doubles.py"
    path.write_text(RIGHT)
    return path


@pytest.fixture
def nothing_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a computer that can confine nothing."""
    monkeypatch.setattr(choice, "trouble", lambda name: "" if name == "none" else "not on this machine")
    for name in (choice.WANTED, choice.REQUIRED):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_report_says_the_layer_that_was_asked_for(chefs: Run, answer: Path, layer: str) -> None:
    if trouble := choice.trouble(layer):  # type: ignore[arg-type]
        pytest.skip(trouble)
    done = chefs("check", "--submission", answer, "--confinement", layer, "--json")
    (report,) = json.loads(done.stdout)
    assert (report["confinement"], report["verdict"]) == (layer, "passed")


def test_the_strongest_is_taken_when_none_is_asked_for(chefs: Run, answer: Path) -> None:
    done = chefs("check", "--submission", answer, "--json", env={choice.WANTED: "", choice.REQUIRED: ""})
    strongest = next(name for name in LAYERS if not choice.trouble(name))
    assert json.loads(done.stdout)[0]["confinement"] == strongest


@pytest.mark.usefixtures("nothing_works")
@pytest.mark.parametrize(
    "words",
    [
        ("check", "01", "--require-confinement"),
        ("grade", ".", "--require-confinement"),
        ("check", "01", "--confinement", "bwrap"),
        ("check", "01", "--confinement", "bubble"),
        ("check", "01", "--confinement", "none", "--require-confinement"),
    ],
)
def test_what_cannot_be_had_is_refused_in_four_parts(chefs: Run, words: tuple[str, ...]) -> None:
    done = chefs(*words)
    assert done.returncode == 2
    assert all(part in done.stdout + done.stderr for part in PARTS)


@pytest.mark.usefixtures("nothing_works")
def test_the_environment_can_require_it(chefs: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(choice.REQUIRED, "1")
    assert chefs("check", "01").returncode == 2


@pytest.mark.usefixtures("nothing_works")
def test_doctor_says_what_is_in_the_way_of_each_stronger_layer(chefs: Run) -> None:
    findings = {each["name"]: each for each in json.loads(chefs("doctor", "--json").stdout)}
    confinement = findings["confinement"]
    assert confinement["found"].startswith("none: marks are protected")
    for name in ("bwrap", "unshare", "landlock"):
        assert f"Not {name}: not on this machine." in confinement["advice"]
    assert confinement["well"], "on a student's own computer it is no fault"
