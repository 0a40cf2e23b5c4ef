"""An order of steps as SVG: well-formed, self-contained, and all of it there."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from manychefs.outputs.interleavings.svg import svg
from manychefs.report import Interleaving

NAMES = ["lost update", "abba", "pool", "long", "hostile"]
NS = "{http://www.w3.org/2000/svg}"


def parsed(order: Interleaving) -> ElementTree.Element:
    return ElementTree.fromstring(svg(order))


def texts(root: ElementTree.Element, kind: str = "") -> list[str]:
    """The words drawn, or those of one class."""
    return [each.text or "" for each in root.iter(f"{NS}text") if not kind or each.get("class") == kind]


def drawn(root: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [each for each in root.iter() if each.get("class") == kind]


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_whole_and_needs_nothing_else(orders: dict[str, Interleaving], name: str) -> None:
    text = svg(orders[name])
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{NS}title", f"{NS}desc"]
    assert {each.tag.removeprefix(NS) for each in root.iter()} == {
        *("svg", "title", "desc", "style", "rect", "path", "circle", "g", "text")
    }
    attributes = {key for each in root.iter() for key in each.attrib}
    assert not {key for key in attributes if key.startswith("on") or key in ("href", "style", "id", "src")}
    style = next(root.iter(f"{NS}style")).text or ""
    assert not re.search(r"url\(|@import|@font-face|https?:", style)
    assert "prefers-color-scheme: dark" in style


@pytest.mark.parametrize("name", NAMES)
def test_style_stays_inside_the_picture(orders: dict[str, Interleaving], name: str) -> None:
    """Put into a page, it must not restyle the page."""
    style = next(parsed(orders[name]).iter(f"{NS}style")).text or ""
    selectors = [each.strip() for part in re.findall(r"([^{};]+)\{", style) for each in part.split(",")]
    assert all(each.startswith((".chefs-order", "@media")) for each in selectors)


@pytest.mark.parametrize("name", NAMES)
def test_all_that_is_drawn_is_inside_the_picture(orders: dict[str, Interleaving], name: str) -> None:
    root = parsed(orders[name])
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    for each in root.iter():
        for key, end in (("x", width), ("cx", width), ("y", height), ("cy", height)):
            assert 0 <= float(each.get(key, "0")) <= end
    if name != "hostile":
        assert width <= 900


def test_a_lost_update(orders: dict[str, Interleaving]) -> None:
    root = parsed(orders["lost update"])
    assert texts(root, "headline") == ["A wrong result: the program returned 2. Right would be 4."]
    assert texts(root, "name") == ["main", "p1", "p2"]
    assert texts(root, "decisive") == [
        "line 14 reads 0",
        "line 14 reads 0",
        "line 14 writes 1",
        "line 14 writes 1",
    ]
    assert texts(root, "source") == ["tally.value += 1"] * 4
    assert [len(drawn(root, kind)) for kind in ("life", "work", "switch", "ring", "dot", "wait")] == [
        *(3, 5, 4, 4, 10, 1)
    ]
    assert "p1, line 14  reads 0." in (root.findtext(f"{NS}desc") or "")


def test_time_runs_downwards(orders: dict[str, Interleaving]) -> None:
    root = parsed(orders["lost update"])
    steps = [each for each in root.iter(f"{NS}circle") if each.get("class") in ("dot", "ring")]
    heights = [float(each.get("cy", "")) for each in steps]
    assert heights == sorted(set(heights))


def test_a_deadlock_has_arrows_to_who_is_waited_for(orders: dict[str, Interleaving]) -> None:
    root = parsed(orders["abba"])
    assert "p1 waits for the lock of line 9, held by p2 since line 19" in texts(root)
    assert "In a circle: p1 waits for p2 and p2 for p1. Neither can go on." in texts(root)
    assert len(drawn(root, "head")) == 2 * 3  # where each arrow begins, and its tip
    assert len(drawn(root, "wait")) == 3 + 3  # on the lifelines, and between them


def test_a_long_order_is_folded_as_in_the_table(orders: dict[str, Interleaving]) -> None:
    root = parsed(orders["long"])
    assert [text for text in texts(root) if "more steps" in text] == [
        "… 140 more steps of p1",
        "… 140 more steps of p2",
    ]
    assert len(drawn(root, "ring")) == 4


def test_steps_left_out_of_several_go_across_all_lanes(orders: dict[str, Interleaving]) -> None:
    order = orders["long"]
    order.steps = [step for pair in zip(order.steps[:150], order.steps[150:], strict=True) for step in pair]
    told = [text for text in texts(parsed(order)) if "more steps" in text]
    assert told
    assert all(text.endswith("of p1 and p2") for text in told)


def test_words_of_a_student_are_text(orders: dict[str, Interleaving]) -> None:
    text = svg(orders["hostile"])
    assert "<script" not in text
    assert "<!--" not in text
    assert "]]>" not in text
    assert len(text) < 60_000
    assert any(
        "<script>alert(1)</script>]]><!-- &amp; &#60; \" '" in each
        for each in texts(parsed(orders["hostile"]))
    )


def test_an_order_without_steps_is_a_picture_too() -> None:
    order = Interleaving(file="", actors=[], steps=[], finding="livelock", ending="goes on and on")
    assert texts(parsed(order), "headline")[0].startswith("A livelock, busy without end: the program goes on")
