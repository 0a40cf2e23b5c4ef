"""A measurement as a picture: what is in it, that it fits, and that it harms nobody."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from rich.console import Console

from manychefs.outputs.speedup.screen import screen
from manychefs.outputs.speedup.svg import svg
from manychefs.report import CurvePoint, SpeedupMeasurement, Strip

SVG = "{http://www.w3.org/2000/svg}"


def measurement(**changed) -> SpeedupMeasurement:
    """A start-join program: two processes that took turns."""
    fields = {
        "cores": 2, "required": 1.5, "rounds": 5, "serial_seconds": 0.4, "student_seconds": 0.4,
        "control_seconds": 0.21, "serial_interval": (0.38, 0.45), "student_interval": (0.39, 0.5),
        "control_interval": (0.2, 0.22), "speedup": 1.0, "low": 0.9, "high": 1.1, "parallelism": 1.0,
        "demand": 1.0, "balance": 2.0, "inflation": 1.0, "processes": 3,
        "strips": [
            Strip(name="main", ran=[0.0] * 60, waited=[0.0] * 60),
            Strip(name="p1", ran=[1.0] * 30 + [0.0] * 30, waited=[0.0] * 60),
            Strip(name="p2", ran=[0.0] * 40 + [1.0] * 20, waited=[0.0] * 30 + [1.0] * 10 + [0.0] * 20),
        ],
    }  # fmt: skip
    return SpeedupMeasurement(**fields | changed)


CURVE = [
    CurvePoint(workers=1, seconds=0.4, speedup=1.0, low=0.9, high=1.1),
    CurvePoint(workers=2, seconds=0.2, speedup=1.9, low=1.7, high=2.0),
]


def shown(measured: SpeedupMeasurement, width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    console.print(screen(measured, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def strips(lines: list[str]) -> dict[str, str]:
    return {name: line[9:] for line in lines for name in ("main", "p1", "p2") if line.startswith(f"{name} ")}


def test_who_ran_when_is_seen_in_a_terminal():
    drawn = strips(shown(measurement()))
    assert set(drawn["main"]) <= {" "}
    assert drawn["p1"].rstrip()[:-1] == "█" * (len(drawn["p1"].rstrip()) - 1)
    assert drawn["p2"].strip(" ▄").startswith("░")
    assert drawn["p2"].rstrip().endswith("█")
    for first, second in zip(drawn["p1"].ljust(60), drawn["p2"].ljust(60), strict=True):
        assert not (first == second == "█"), "they took turns"


@pytest.mark.parametrize("width", [80, 100, 200])
def test_it_fits_the_terminal(width):
    for measured in (measurement(), measurement(curve=CURVE), measurement(slower=True, required=2.0)):
        assert all(len(line.rstrip()) <= width for line in shown(measured, width))
        assert any(line.startswith("yours ") for line in shown(measured, width)), "no line was folded"


def test_bars_are_as_long_as_the_times_and_the_lines_stand_where_they_belong():
    lines = shown(measurement())
    length = {line.split()[0]: line.count("█") + line.count("▓") for line in lines[:3]}
    assert length["serial"] == length["yours"]
    assert length["control"] == pytest.approx(length["serial"] * 0.21 / 0.4, abs=2)
    ideal, required = (next(line for line in lines if word in line) for word in ("└ ideal", "└ required"))
    assert ideal.index("└") < required.index("└")
    assert "0.20 s" in ideal
    assert "0.27 s" in required


def test_the_picture_is_well_formed_and_says_the_same():
    tree = ElementTree.fromstring(svg(measurement(curve=CURVE)))
    title, described = (tree.findtext(f"{SVG}{name}") or "" for name in ("title", "desc"))
    assert "1.00x on 2 cores" in title
    assert "p1 ran 50 % of the time" in described
    assert "2 workers: 1.90x" in described
    width, height = float(tree.attrib["width"]), float(tree.attrib["height"])
    for box in tree.iter(f"{SVG}rect"):
        if "x" in box.attrib:
            right = float(box.attrib["x"]) + float(box.attrib["width"])
            bottom = float(box.attrib["y"]) + float(box.attrib["height"])
            assert right <= width
            assert bottom <= height
    kinds = [each.attrib.get("class") for each in tree.iter()]
    assert {"serial", "control", "student", "ideal", "required", "wait", "curve"} <= set(kinds)


def test_what_is_not_there_is_not_drawn():
    bare = measurement(strips=[], control_seconds=0.0)
    assert "who ran when" not in svg(bare) + "".join(shown(bare))
    assert not any(line.startswith("control") for line in shown(bare))
    tiny = measurement(slower=True, required=2.0, speedup=0.2, low=0.15, high=0.25)
    assert "allowed" in svg(tiny)
    assert any("5.00 times" in line for line in shown(tiny))
