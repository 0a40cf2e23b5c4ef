"""What changed between two gradings of one class: a grader, the engine, a machine, or what was handed in."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from manychefs.report import Check, ClassTable, Entry, Refused, Report


class Change(msgspec.Struct, kw_only=True):
    """One check of one student that is not as it was; of a report that came or went, one with no check.

    old, new: the verdict, or `missing`, `refused`, `waiting`; empty where there is no such check. old_points,
    new_points: what was earned (of a whole report: what counts).
    """

    student: str
    exercise: str
    check: str
    title: str
    old: str
    new: str
    old_points: float
    new_points: float


class Comparison(msgspec.Struct, kw_only=True):
    """Two gradings side by side. same: checks that are as they were. engines: the engines of each grading."""

    same: int
    changes: list[Change]
    old_engines: list[str]
    new_engines: list[str]


def compare(old: ClassTable, new: ClassTable) -> Comparison:
    """Compare two tables, student by student and check by check."""
    found = Comparison(same=0, changes=[], old_engines=[], new_engines=[])
    for student in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(student, {}), new.get(student, {})
        for exercise in sorted({*before, *after}):
            _compare(found, student, exercise, before.get(exercise), after.get(exercise))
    found.old_engines.sort()
    found.new_engines.sort()
    return found


def _compare(found: Comparison, student: str, exercise: str, old: Entry, new: Entry) -> None:
    for engines, entry in ((found.old_engines, old), (found.new_engines, new)):
        if isinstance(entry, Report) and entry.engine not in engines:
            engines.append(entry.engine)
    if isinstance(old, Report) and isinstance(new, Report):
        for change in _checks(student, exercise, old, new):
            if (change.old, change.old_points) == (change.new, change.new_points):
                found.same += 1
            else:
                found.changes.append(change)
        old_late, new_late = -old.late_points, -new.late_points
        if old_late != new_late:
            found.changes.append(_change(student, exercise, "late", "late", old_late, new_late))
    elif _word(old) != _word(new):
        found.changes.append(_change(student, exercise, _word(old), _word(new), _mark(old), _mark(new)))


def _change(student: str, exercise: str, old: str, new: str, before: float, after: float) -> Change:
    return Change(
        student=student,
        exercise=exercise,
        check="",
        title="",
        old=old,
        new=new,
        old_points=before,
        new_points=after,
    )


def _checks(student: str, exercise: str, old: Report, new: Report) -> Iterator[Change]:
    before = {check.name: check for check in old.checks}
    after = {check.name: check for check in new.checks}
    for name in [*before, *(name for name in after if name not in before)]:
        was, is_ = before.get(name), after.get(name)
        yield Change(
            student=student,
            exercise=exercise,
            check=name,
            title=(is_ or was or new.checks[0]).title,
            old=_verdict(was),
            new=_verdict(is_),
            old_points=was.earned if was else 0.0,
            new_points=is_.earned if is_ else 0.0,
        )


def _verdict(check: Check | None) -> str:
    return check.verdict.value if check else ""


def _word(entry: Entry) -> str:
    if isinstance(entry, Refused):
        return entry.word
    return "missing" if entry is None else "graded"


def _mark(entry: Entry) -> float:
    return entry.mark if isinstance(entry, Report) else 0.0
