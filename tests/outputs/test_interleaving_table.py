"""An order of steps in the terminal: a column an actor, decisive steps marked, who waits for what."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len

from manychefs.outputs import terminal
from manychefs.outputs.interleavings.table import table
from manychefs.report import Actor, Check, Feedback, Interleaving, Step, Verdict, Waiting

NAMES = ["lost update", "abba", "pool", "long", "hostile"]


@pytest.fixture(autouse=True)
def _no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def lines(order: Interleaving, width: int = 80) -> list[str]:
    """What a terminal of this width shows, without spaces at the ends."""
    console = terminal.console()
    console.file = text = io.StringIO()
    console.width = width
    console.print(table(order, width))
    return [line.rstrip() for line in text.getvalue().splitlines()]


LOST_UPDATE = """\
A wrong result: the program returned 2. Right would be 4.
Found in schedule 4 with seed 0: 1 interruption, 3 switches. Both replays went
the same way.

  │ main                         │ p1                │ p2
  │ count_up                     │ add_plates        │ add_plates
──┼──────────────────────────────┼───────────────────┼──────────────────
  │ line 23  starts p1           │                   │
  │ line 23  starts p2           │                   │
  │ line 25  waits for p1 to end │                   │
● │                              │ line 14  reads 0  │
● │                              │                   │ line 14  reads 0
● │                              │                   │ line 14  writes 1
  │                              │                   │ line 14  reads 1
  │                              │                   │ line 14  writes 2
  │                              │                   │ line 14  ends
● │                              │ line 14  writes 1 │
  │                              │ line 14  reads 1  │
  │                              │ line 14  writes 2 │
  │                              │ line 14  ends     │
  │ line 26  reads 2             │                   │

● the steps that make this order go wrong
  shared_counter.py:14  tally.value += 1  (Value of line 20)
"""


def test_a_lost_update(orders: dict[str, Interleaving]) -> None:
    assert lines(orders["lost update"]) == [*LOST_UPDATE.splitlines(), ""]


ABBA = """\
A deadlock: the program can never go on.
Found in schedule 11 with seed 3: 1 interruption, 2 switches. Both replays
went the same way.

     │ main                │ p1                 │ p2
line │ swap                │ left               │ right
─────┼─────────────────────┼────────────────────┼───────────────────
  30 │ starts p1           │                    │
  31 │ starts p2           │                    │
  32 │ waits for p1 to end │                    │
● 12 │                     │ takes the lock     │
     │                     │ Lock of line 8     │
● 19 │                     │                    │ takes the lock
     │                     │                    │ Lock of line 9
● 20 │                     │                    │ waits for the lock
     │                     │                    │ Lock of line 8
● 13 │                     │ waits for the lock │
     │                     │ Lock of line 9     │

● the steps that make this order go wrong
  transfer.py:12  with salt:  (Lock of line 8)
  transfer.py:19  with pepper:  (Lock of line 9)
  transfer.py:20  with salt:  (Lock of line 8)
  transfer.py:13  with pepper:  (Lock of line 9)

Who waits for what
  main waits for p1 to end
    line 32: a.join()
  p1 waits for the lock of line 9, held by p2 since line 19
    line 13: with pepper:
  p2 waits for the lock of line 8, held by p1 since line 12
    line 20: with salt:
In a circle: p1 waits for p2 and p2 for p1. Neither can go on.
"""


def test_a_deadlock_ends_with_who_waits_for_what(orders: dict[str, Interleaving]) -> None:
    assert lines(orders["abba"], 78) == [*ABBA.splitlines(), ""]


def test_what_each_step_works_with_has_a_column_where_there_is_room(orders: dict[str, Interleaving]) -> None:
    first = next(line for line in lines(orders["abba"], 120) if line.startswith("●"))
    assert "│ line 12  takes the lock" in first
    assert first.endswith("│ Lock of line 8")


def test_many_actors_stand_in_one_column(orders: dict[str, Interleaving]) -> None:
    text = lines(orders["pool"])
    assert "  main.t1: line 9  sends task 0  (task pipe)" in text
    assert "● p1: line 5  reads 2  (Value of line 3)" in text
    assert not any("│" in line for line in text)
    assert any("│" in line for line in lines(orders["pool"], 200))


def test_a_replay_that_went_another_way_and_a_latent_one_are_said(orders: dict[str, Interleaving]) -> None:
    text = " ".join(lines(orders["pool"]))
    assert "Nondeterministic: only one of two replays went the same way." in text
    assert "Latent: it goes wrong only once more is put into a pipe or queue" in text
    sure = " ".join(lines(orders["lost update"]))
    assert "Nondeterministic" not in sure
    assert "Latent" not in sure


def test_a_long_order_fits_a_screen(orders: dict[str, Interleaving]) -> None:
    text = lines(orders["long"])
    assert len(text) <= 36
    assert len([line for line in text if line.startswith("● │")]) == 4
    assert len([line for line in text if "… 140 more steps" in line]) == 2


@pytest.mark.parametrize("actors", [2, 3, 4])
@pytest.mark.parametrize("width", [69, 80])
def test_up_to_four_actors_have_columns_in_a_usual_terminal(actors: int, width: int) -> None:
    steps = [
        Step(actor=f"p{n % actors + 1}", action="waits for the lock", line=100 + n, target=f"Lock {n % 3}")
        for n in range(12)
    ]
    order = Interleaving(file="a.py", actors=[], steps=steps, finding="livelock", ending="goes on and on")
    text = lines(order, width)
    assert len([line for line in text if line.count("│") >= actors]) >= 12
    assert all(len(line) <= width for line in text)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [20, 40, 69, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal(orders: dict[str, Interleaving], name: str, width: int) -> None:
    assert max(map(cell_len, lines(orders[name], width))) <= width


@pytest.mark.parametrize("name", NAMES)
def test_a_table_keeps_to_its_width_on_a_wider_terminal(orders: dict[str, Interleaving], name: str) -> None:
    console = terminal.console()
    console.file = text = io.StringIO()
    console.width = 300
    console.print(table(orders[name], 60))
    assert max(cell_len(line.rstrip()) for line in text.getvalue().splitlines()) <= 60


def test_words_of_a_student_are_text(orders: dict[str, Interleaving]) -> None:
    text = "\n".join(lines(orders["hostile"], 200))
    assert "[bold red]passed[/] [/] [link=file:///x]here[/link]" in text
    assert "\\x1b[2J\\x1b[1;1H 4/4 \\r passed" in text
    assert "first end Note over a0: second" in text
    assert not set(text) & set("\x1b\r\x00\u202e\ufffe")
    assert len(text) < 30_000


@pytest.mark.parametrize(
    ("holders", "sentence"),
    [
        ({"p1": "p1"}, "p1 waits for what it holds itself: it can never go on."),
        ({"p1": "itself"}, "p1 waits for what it holds itself: it can never go on."),
        (
            {"main": "p1", "p1": "p2", "p2": "p3", "p3": "p1"},
            "In a circle: p1 waits for p2, p2 for p3 and p3 for p1. None of them can go on.",
        ),
        (
            {f"p{n}": f"p{(n + 1) % 50}" for n in range(50)},
            "In a circle: p0 waits for p1, p1 for p2, p2 for p3, p3 for p4, p4 for p5, … and p49 for p0. "
            "None of them can go on.",
        ),
        ({"main": "p1", "p1": ""}, ""),
    ],
)
def test_a_circle_is_one_sentence(holders: dict[str, str], sentence: str) -> None:
    waiting = [Waiting(actor=one, waits_for="a lock", held_by=other) for one, other in holders.items()]
    order = Interleaving(
        file="a.py", actors=[Actor(name="p1")], steps=[], finding="deadlock", ending="stops", waiting=waiting
    )
    text = lines(order, 200)
    assert "  p1 waits for a lock" in "\n".join(text)
    assert [line for line in text if line.startswith("In a circle") or "holds itself" in line] == (
        [sentence] if sentence else []
    )


def test_an_order_without_steps_has_its_headline() -> None:
    order = Interleaving(file="", actors=[], steps=[], finding="exception", ending="raised ValueError: x")
    assert lines(order)[0] == "An exception: the program raised ValueError: x."
    assert lines(order)[1].startswith("0 interruptions, 0 switches.")


def test_a_check_shows_the_order_under_its_feedback(orders: dict[str, Interleaving]) -> None:
    failed = Check(
        name="test_it",
        title="No order of steps loses an update",
        kind="races",
        points=4,
        verdict=Verdict.FAILED,
        feedback=Feedback(happened="An update is lost.", next_step="Hold a lock."),
        evidence=orders["lost update"],
    )
    console = terminal.console()
    console.file = text = io.StringIO()
    console.width = 80
    seen: set[str] = set()
    console.print(terminal.check(failed, seen))
    shown = text.getvalue()
    assert shown.index("Hold a lock.") < shown.index("● 14 │") < shown.index("tally.value += 1")
    assert max(map(len, shown.splitlines())) <= 80
    console.print(terminal.check(failed, seen))
    assert text.getvalue().count("tally.value += 1") == 1
