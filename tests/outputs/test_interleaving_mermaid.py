"""An order of steps as Mermaid: only lines of the known shapes, whatever a student wrote."""

from __future__ import annotations

import re

import pytest

from manychefs.outputs.interleavings.mermaid import LARGEST, escaped, mermaid
from manychefs.report import Actor, Interleaving, Step, Waiting

NAMES = ["lost update", "abba", "pool", "long", "hostile"]
TEXT = r"(?:[A-Za-z0-9 .,+=()\[\]_/-]|#\d+;|<br/>)*"
SHAPES = re.compile(
    "|".join(
        (
            f"accTitle: {TEXT}",
            f"accDescr: {TEXT}",
            f"participant a\\d+ as {TEXT}",
            f"Note over a\\d+(?:,a\\d+)?: {TEXT}",
            f"a\\d+(?:->>|--x)a\\d+: {TEXT}",
            r"rect rgba\(240, 136, 62, 0\.25\)",
            "end",
        )
    )
)


def body(order: Interleaving) -> list[str]:
    first, *lines = mermaid(order).splitlines()
    assert first == "sequenceDiagram"
    return [line.removeprefix("    ") for line in lines]


@pytest.mark.parametrize("name", NAMES)
def test_each_line_is_of_a_known_shape(orders: dict[str, Interleaving], name: str) -> None:
    lines = body(orders[name])
    assert [line for line in lines if not SHAPES.fullmatch(line)] == []
    assert lines.count("end") == sum(line.startswith("rect") for line in lines)


def test_a_lost_update(orders: dict[str, Interleaving]) -> None:
    assert body(orders["lost update"]) == [
        "accTitle: A wrong result#58; the program returned 2. #82;ight would be 4.",
        "accDescr: Found in schedule 4 with seed 0#58; 1 interruption, 3 switches. "
        "Both replays went the same way.",
        "participant a0 as main<br/>count_up",
        "participant a1 as p1<br/>add_plates",
        "participant a2 as p2<br/>add_plates",
        "Note over a0: line 23  starts p1",
        "Note over a0: line 23  starts p2",
        "Note over a0: line 25  waits for p1 to #101;nd",
        "rect rgba(240, 136, 62, 0.25)",
        "a0->>a1: now p1",
        "Note over a1: #9679; line 14  reads 0<br/>tally.value +#61; 1<br/>Value of line 20",
        "a1->>a2: now p2",
        "Note over a2: #9679; line 14  reads 0<br/>tally.value +#61; 1<br/>Value of line 20",
        "Note over a2: #9679; line 14  writes 1<br/>tally.value +#61; 1<br/>Value of line 20",
        "end",
        "Note over a2: line 14  reads 1",
        "Note over a2: line 14  writes 2",
        "Note over a2: line 14  ends",
        "rect rgba(240, 136, 62, 0.25)",
        "a2->>a1: now p1",
        "Note over a1: #9679; line 14  writes 1<br/>tally.value +#61; 1<br/>Value of line 20",
        "end",
        "Note over a1: line 14  reads 1",
        "Note over a1: line 14  writes 2",
        "Note over a1: line 14  ends",
        "a1->>a0: now main",
        "Note over a0: line 26  reads 2",
    ]


def test_a_deadlock_ends_with_crossed_arrows(orders: dict[str, Interleaving]) -> None:
    assert body(orders["abba"])[-4:] == [
        "a0--xa1: main waits for p1 to #101;nd",
        "a1--xa2: p1 waits for the lock of line 9, held by p2 since line 19",
        "a2--xa1: p2 waits for the lock of line 8, held by p1 since line 12",
        "Note over a0,a2: In a circle#58; p1 waits for p2 #97;nd p2 for p1. Neither can go on.",
    ]


def test_who_waits_for_itself_is_no_second_actor(orders: dict[str, Interleaving]) -> None:
    order = orders["abba"]
    order.waiting = [Waiting(actor="p1", waits_for="the lock of line 8", held_by="itself", held_since=12)]
    assert body(order)[-2:] == [
        "Note over a1: p1 waits for the lock of line 8, held by itself since line 12",
        "Note over a0,a2: p1 waits for what it holds itself#58; it can never go on.",
    ]


def test_a_long_order_is_folded_as_in_the_table(orders: dict[str, Interleaving]) -> None:
    notes = [line for line in body(orders["long"]) if "more steps" in line]
    assert notes == [
        "Note over a0: #8230; 140 more steps of p1",
        "Note over a1: #8230; 140 more steps of p2",
    ]


@pytest.mark.parametrize(
    ("text", "coded"),
    [
        ("reads [1, 2]", "reads [1, 2]"),
        ("end", "#101;nd"),
        ("END of endless", "#69;ND of endless"),
        ("a-->>b: c;", "a-#45;#62;#62;b#58; c#59;"),
        ("%%{init}", "#37;#37;#123;#105;nit#125;"),
        ("#35;", "#35;35#59;"),
        ("<br/>`x`", "#60;br/#62;#96;x#96;"),
        ("é", "#233;"),
        ("x" * 50, "x" * 34 + "#8230;"),
        ("%" * 50, "#37;" * 8 + "#8230;"),
    ],
)
def test_what_is_no_letter_is_a_code(text: str, coded: str) -> None:
    assert escaped(text, 40) == coded


def test_nothing_is_too_large_for_github() -> None:
    texts = [f"\U0010fffd{number}" + "😀" * 10_000 for number in range(300)]
    steps = [Step(actor=text, action=text, target=text, source=text, decisive=True) for text in texts]
    for count in (24, 300):
        order = Interleaving(
            file="",
            actors=[Actor(name=text, runs=text) for text in texts],
            steps=steps[:count],
            finding="deadlock",
            ending=texts[0],
            allowed=texts,
            waiting=[Waiting(actor=text, waits_for=text, held_by=text) for text in texts],
        )
        assert len(mermaid(order)) <= LARGEST
        assert all(SHAPES.fullmatch(line) for line in body(order))
