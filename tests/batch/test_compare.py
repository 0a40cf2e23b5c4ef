"""What changed between two gradings."""

from __future__ import annotations

from manychefs.batch.compare import compare
from manychefs.report import Check, ClassTable, Lateness, Machine, Refused, Report, Verdict


def report(engine: str = "1", late: Lateness | None = None, **verdicts: Verdict) -> Report:
    checks = [
        Check(
            name=name,
            title=f"Title of {name}",
            kind="tests",
            points=2,
            verdict=verdict,
            earned=2 if verdict is Verdict.PASSED else 0,
        )
        for name, verdict in verdicts.items()
    ]
    machine = Machine(python="3", platform="Linux", cores=2)
    return Report(
        student="x",
        exercise="01_x",
        title="T",
        submission="",
        checks=checks,
        machine=machine,
        engine=engine,
        confinement="none",
        late=late,
    )


PASSED, FAILED = Verdict.PASSED, Verdict.FAILED


def told(old: ClassTable, new: ClassTable) -> list[tuple[str, str, str, str, float, float]]:
    return [
        (each.student, each.check, each.old, each.new, each.old_points, each.new_points)
        for each in compare(old, new).changes
    ]


def test_checks_that_changed_came_or_went() -> None:
    old = {"ada": {"01_x": report(a=PASSED, b=FAILED, gone=PASSED)}}
    new = {"ada": {"01_x": report("2", a=PASSED, b=PASSED, new=FAILED)}}
    assert told(old, new) == [
        ("ada", "b", "failed", "passed", 0, 2),
        ("ada", "gone", "passed", "", 2, 0),
        ("ada", "new", "", "failed", 0, 0),
    ]
    found = compare(old, new)
    assert (found.same, found.old_engines, found.new_engines) == (1, ["1"], ["2"])
    assert [change.title for change in found.changes] == ["Title of b", "Title of gone", "Title of new"]


def test_reports_that_came_or_went() -> None:
    old: ClassTable = {"ada": {"01_x": None, "02_x": Refused(reason="a")}, "ben": {"01_x": report(a=PASSED)}}
    new: ClassTable = {"ada": {"01_x": report(a=PASSED), "02_x": Refused(reason="b")}, "eve": {"01_x": None}}
    assert told(old, new) == [
        ("ada", "", "missing", "graded", 0, 2),
        ("ben", "", "graded", "missing", 2, 0),
    ]


def test_what_coming_late_takes_is_a_change_as_well() -> None:
    late = Lateness(due="", handed_in="", days=1, share=0.5)
    old = {"ada": {"01_x": report(a=PASSED)}}
    assert told(old, {"ada": {"01_x": report(late=late, a=PASSED)}}) == [("ada", "", "late", "late", 0, -1)]
    assert told(old, old) == []
