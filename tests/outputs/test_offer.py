"""The `chefs explore` command that stands below a race that was found."""

from __future__ import annotations

import pytest

from manychefs.outputs.explorations.offer import explore_again
from manychefs.report import Actor, Check, Feedback, Interleaving, Machine, Report, Verdict


def report(happened: str, allowed: list[str], verdict: Verdict = Verdict.FAILED) -> Report:
    order = Interleaving(
        file="tally.py",
        actors=[Actor(name="main")],
        steps=[],
        finding="wrong-result",
        ending="",
        allowed=allowed,
    )
    check = Check(
        name="test_races", title="No order loses", kind="races", points=4, verdict=verdict,
        feedback=Feedback(happened=happened), evidence=order,
    )  # fmt: skip
    machine = Machine(python="3.11", platform="Linux", cores=2)
    return Report(
        student="", exercise="03_tally", title="", submission="my files/tally.py", checks=[check],
        machine=machine, engine="0", confinement="none",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("happened", "allowed", "command"),
    [
        (
            "count_up(processes=2, increments=3) returned 3, not 6, in schedule 4 of those explored.",
            ["6"],
            "chefs explore 'my files/tally.py::count_up' "
            '--args \'{"processes": 2, "increments": 3}\' --expect 6',
        ),
        (
            "cook([('stew (hot)', 0.5)]) returned [1], not [0].",
            ["[0]"],
            "chefs explore 'my files/tally.py::cook' --args '[[[\"stew (hot)\", 0.5]]]' --expect '[0]'",
        ),
        ("run() had not returned.", ["all of them"], "chefs explore 'my files/tally.py::run'"),
        ("cook([1, 2, …, 9]) returned 3.", ["6"], ""),
        ("cook(1, times=2) returned 3.", ["6"], ""),
        ("It went wrong.", ["6"], ""),
    ],
)
def test_it_repeats_the_call_or_is_not_there(happened: str, allowed: list[str], command: str) -> None:
    assert explore_again(report(happened, allowed)) == command


def test_a_check_that_passed_offers_nothing() -> None:
    assert explore_again(report("run() ended.", ["1"], Verdict.PASSED)) == ""
