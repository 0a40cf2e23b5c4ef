"""Orders of steps to draw: a lost update, a deadlock, a pool, a long one, and one that means harm."""

from __future__ import annotations

import pytest

from manychefs.report import Actor, Interleaving, Step, Waiting

HOSTILE = [
    "[bold red]passed[/] [/] [link=file:///x]here[/link]",
    "\x1b[2J\x1b[1;1H 4/4 \r passed",
    "<script>alert(1)</script>]]><!-- &amp; &#60; \" '",
    "%%{init: {'theme': 'dark'}}%% %% comment",
    "end",
    "p1-->>p2: hello; activate p1",
    "first\nend\nNote over a0: second\n```\n",
    "style x:y#35;z; classDef a:b#1; #quot; #9829; ﬂ°°35¶ß wrap: $$x^2$$ `tick` <br/> href click",
    "料理🍳 ümlaut e\u0301\u0301\u0301 \u202eright to left\ufffe\U0010ffff\x00",
    "x" * 10_000,
    '"' * 10_000,
    "",
]
"""What a student may write to be more than text: in a terminal, in SVG and HTML, in Mermaid."""

ADD = "tally.value += 1"
TALLY = "Value of line 20"


def _step(actor: str, action: str, line: int, source: str, target: str = "", decisive: bool = False) -> Step:
    return Step(actor=actor, action=action, line=line, source=source, target=target, decisive=decisive)


def _lost_update() -> Interleaving:
    return Interleaving(
        file="exercises/03_shared_counter/shared_counter.py",
        actors=[
            Actor(name="main", runs="count_up"),
            Actor(name="p1", runs="add_plates"),
            Actor(name="p2", runs="add_plates"),
        ],
        steps=[
            _step("main", "starts p1", 23, "chef.start()"),
            _step("main", "starts p2", 23, "chef.start()"),
            _step("main", "waits for p1 to end", 25, "chef.join()"),
            _step("p1", "reads 0", 14, ADD, TALLY, True),
            _step("p2", "reads 0", 14, ADD, TALLY, True),
            _step("p2", "writes 1", 14, ADD, TALLY, True),
            _step("p2", "reads 1", 14, ADD, TALLY),
            _step("p2", "writes 2", 14, ADD, TALLY),
            _step("p2", "ends", 14, ADD),
            _step("p1", "writes 1", 14, ADD, TALLY, True),
            _step("p1", "reads 1", 14, ADD, TALLY),
            _step("p1", "writes 2", 14, ADD, TALLY),
            _step("p1", "ends", 14, ADD),
            _step("main", "reads 2", 26, "return tally.value", TALLY),
        ],
        finding="wrong-result",
        ending="returned 2",
        allowed=["4"],
        preemptions=1,
        switches=3,
        schedule=4,
        seed=0,
        replays=2,
    )


def _abba() -> Interleaving:
    first, second = "Lock of line 8", "Lock of line 9"
    return Interleaving(
        file="transfer.py",
        actors=[
            Actor(name="main", runs="swap"),
            Actor(name="p1", runs="left"),
            Actor(name="p2", runs="right"),
        ],
        steps=[
            _step("main", "starts p1", 30, "a.start()"),
            _step("main", "starts p2", 31, "b.start()"),
            _step("main", "waits for p1 to end", 32, "a.join()"),
            _step("p1", "takes the lock", 12, "with salt:", first, True),
            _step("p2", "takes the lock", 19, "with pepper:", second, True),
            _step("p2", "waits for the lock", 20, "with salt:", first, True),
            _step("p1", "waits for the lock", 13, "with pepper:", second, True),
        ],
        finding="deadlock",
        ending="can never go on",
        waiting=[
            Waiting(actor="main", waits_for="p1 to end", line=32, source="a.join()", held_by="p1"),
            Waiting(
                actor="p1",
                waits_for="the lock of line 9",
                line=13,
                source="with pepper:",
                held_by="p2",
                held_since=19,
            ),
            Waiting(
                actor="p2",
                waits_for="the lock of line 8",
                line=20,
                source="with salt:",
                held_by="p1",
                held_since=12,
            ),
        ],
        preemptions=1,
        switches=2,
        schedule=11,
        seed=3,
        replays=2,
    )


def _pool() -> Interleaving:
    names = ["main", "main.t1", "main.t2", "main.t3", "p1", "p2"]
    steps = [_step("main", "puts a task", 9, "pool.map(cook, dishes)", "task queue")]
    for turn in range(4):
        steps += [
            _step("main.t1", f"sends task {turn}", 9, "pool.map(cook, dishes)", "task pipe"),
            _step(f"p{turn % 2 + 1}", f"receives task {turn}", 9, "pool.map(cook, dishes)", "task pipe"),
            _step(f"p{turn % 2 + 1}", f"reads {turn}", 5, "total.value += dish", "Value of line 3", turn > 1),
            _step(f"p{turn % 2 + 1}", "sends a result", 9, "pool.map(cook, dishes)", "result pipe"),
            _step("main.t3", "receives a result", 9, "pool.map(cook, dishes)", "result pipe"),
        ]
    steps += [
        _step("main.t2", "looks after the workers", 9, "pool.map(cook, dishes)"),
        _step("main", "reads 5", 10, "return total.value", "Value of line 3"),
    ]
    return Interleaving(
        file="pool.py",
        actors=[Actor(name=each) for each in names],
        steps=steps,
        finding="wrong-result",
        ending="returned 5",
        allowed=["6"],
        preemptions=2,
        switches=17,
        schedule=120,
        seed=7,
        replays=1,
        latent=True,
    )


def _long() -> Interleaving:
    """300 steps: p1 does 150, is interrupted between a read and a write, p2 does its 150."""
    order = _lost_update()
    order.steps = []
    for turn in range(75):
        order.steps += [
            _step("p1", f"reads {turn}", 14, ADD, TALLY, turn == 74),
            _step("p1", f"writes {turn + 1}", 14, ADD, TALLY, turn == 74),
        ]
    last = order.steps.pop()
    for turn in range(75):
        order.steps += [
            _step("p2", f"reads {turn + 74}", 14, ADD, TALLY, turn == 0),
            _step("p2", f"writes {turn + 75}", 14, ADD, TALLY, turn == 74),
        ]
    order.steps.append(last)
    order.ending, order.allowed = "returned 75", ["150"]
    return order


def _hostile() -> Interleaving:
    """Every text that comes from a program is each of HOSTILE in turn."""
    steps = [
        Step(actor=text, action=text, target=text, line=n, source=text, decisive=True)
        for n, text in enumerate(HOSTILE, 1)
    ]
    return Interleaving(
        file="".join(HOSTILE),
        actors=[Actor(name=text, runs=text) for text in HOSTILE[:6]],
        steps=steps,
        finding="deadlock",
        ending="".join(HOSTILE),
        allowed=HOSTILE,
        waiting=[
            Waiting(actor=text, waits_for=text, line=1, source=text, held_by=other, held_since=2)
            for text, other in zip(HOSTILE, HOSTILE[1:] + HOSTILE[:1], strict=True)
        ],
    )


@pytest.fixture
def orders() -> dict[str, Interleaving]:
    """The orders by name, made anew for each test."""
    return {
        "lost update": _lost_update(),
        "abba": _abba(),
        "pool": _pool(),
        "long": _long(),
        "hostile": _hostile(),
    }
