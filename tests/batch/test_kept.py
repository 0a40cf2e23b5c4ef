"""A grading's folder: what is known is not graded again, and what a kill has torn does no harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from manychefs.batch import kept as keeping
from manychefs.batch.find import find_students
from manychefs.batch.kept import Ended, Graded, Kept, Planned, job_key, read_journal
from manychefs.batch.run import Job, Local, Result, grade_all
from manychefs.course import Course, load_course
from manychefs.errors import ChefsError
from manychefs.report import Check, Verdict
from manychefs.sandbox import choice
from manychefs.sandbox.confinement import LAYERS

HandIn = Callable[..., Path]

RIGHT = "def double(number):\n    return 2 * number\n"
CLASS = {"ada/doubles.py": RIGHT, "ben/doubles.py": "def double(number):\n    return number ** 2\n"}


@pytest.fixture(autouse=True)
def _fresh_keys() -> Iterator[None]:
    """A course is read anew, as by another command."""
    keeping._digests.clear()
    yield
    keeping._digests.clear()


def jobs_of(course: Course, folder: Path) -> list[Job]:
    return [
        Job(exercise, source, student.name, confinement=choice.choose())
        for student in find_students(course, [folder])
        for exercise in course.exercises
        if (source := student.submission(exercise))
    ]


def grade(course: Course, folder: Path, out: Path, regrade: bool = False) -> list[Result]:
    """Grade a class as `chefs grade` does."""
    with Kept(out, regrade) as kept:
        backend = Local(course, 2, kept.on_check, kept.on_plan)
        results = []
        for result in grade_all(backend, kept.work(course, jobs_of(course, folder))):
            kept.keep(result)
            results.append(result)
    return sorted(results, key=lambda result: result.job.student)


def marks(results: list[Result]) -> list[tuple[str, float, bool]]:
    return [(each.job.student, each.report.score if each.report else -1, each.reused) for each in results]


def test_what_is_unchanged_is_reused_and_only_that(course: Course, hand_in: HandIn, tmp_path: Path) -> None:
    folder, out = hand_in(CLASS), tmp_path / "out"
    assert marks(grade(course, folder, out)) == [("ada", 10, False), ("ben", 4, False)]
    assert marks(grade(course, folder, out)) == [("ada", 10, True), ("ben", 4, True)]
    hand_in({"ben/doubles.py": RIGHT})
    assert marks(grade(course, folder, out)) == [("ada", 10, True), ("ben", 10, False)]
    assert marks(grade(course, folder, out, regrade=True)) == [("ada", 10, False), ("ben", 10, False)]


def test_what_was_graded_in_a_layer_that_is_not_allowed_is_graded_again(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    """Without that, walls could be asked for and the marks be those of a grading without."""
    folder, out = hand_in({"ada/doubles.py": RIGHT}), tmp_path / "out"
    grade(course, folder, out)
    (job,) = jobs_of(course, folder)

    def known(layers: Collection[str]) -> bool:
        with Kept(out, layers=layers) as kept:
            (work,) = kept.work(course, [job])
        return isinstance(work, Result)

    assert known(LAYERS)
    assert known([job.confinement])
    assert not known([name for name in LAYERS if name != job.confinement])


def test_nor_do_verdicts_of_an_interrupted_grading_stand_in_another_layer(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    folder, out = hand_in({"ada/doubles.py": RIGHT}), tmp_path / "out"
    (job,) = jobs_of(course, folder)
    one, other = (
        Check(name=name, title=name, kind="correctness", points=5, verdict=Verdict.FAILED)
        for name in ("test_doubles", "test_zero")
    )

    def begin(layer: str, ended: Check) -> None:
        with Kept(out, layers=[layer]) as kept:
            (work,) = kept.work(course, [replace(job, confinement=layer)])
            assert isinstance(work, Job)
            assert work.begun is None
            kept.on_plan(work, [one, other])
            kept.on_check(work, ended)

    begin("none", one)
    begin("bwrap", other)
    with Kept(out, layers=["bwrap"]) as kept:
        (work,) = kept.work(course, [job])
    assert isinstance(work, Job)
    assert work.begun is not None
    assert [check.name for check in work.begun.ended] == ["test_zero"], "the other was found without walls"


def test_a_report_that_is_gone_or_damaged_is_made_again(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    folder, out = hand_in(CLASS), tmp_path / "out"
    grade(course, folder, out)
    (out / "reports" / "ada" / "01_doubles.json").unlink()
    (out / "reports" / "ben" / "01_doubles.json").write_text('{"student"')
    assert marks(grade(course, folder, out)) == [("ada", 10, False), ("ben", 4, False)]


def test_verdicts_of_an_interrupted_grading_stand(course: Course, hand_in: HandIn, tmp_path: Path) -> None:
    """Only the check without one is run: this one has a verdict that no run would give."""
    folder, out = hand_in({"ada/doubles.py": RIGHT}), tmp_path / "out"
    (job,) = jobs_of(course, folder)
    checks = [
        Check(name=name, title=name, kind="correctness", points=points, verdict=Verdict.ERROR)
        for name, points in (("test_doubles", 6), ("test_zero", 4))
    ]
    with Kept(out) as kept:
        (work,) = kept.work(course, [job])
        assert isinstance(work, Job)
        kept.on_plan(work, checks)
        kept.on_check(work, replace_verdict(checks[0], Verdict.FAILED))
        kept.on_check(work, checks[1])  # an error is no verdict
    (result,) = grade(course, folder, out)
    assert result.report is not None
    assert [(check.name, check.verdict) for check in result.report.checks] == [
        ("test_doubles", Verdict.FAILED),
        ("test_zero", Verdict.PASSED),
    ]
    assert [type(line) for line, _ in read_journal(out / "journal")] == [Planned, Ended, Ended, Graded]


def replace_verdict(check: Check, verdict: Verdict) -> Check:
    body = {name: getattr(check, name) for name in check.__struct_fields__}
    return Check(**body | {"verdict": verdict})


def test_a_torn_line_is_cut_off_and_what_has_a_report_leaves_the_journal(
    course: Course, hand_in: HandIn, tmp_path: Path
) -> None:
    folder, out = hand_in(CLASS), tmp_path / "out"
    grade(course, folder, out)
    with (out / "journal").open("ab") as file:
        file.write(b'{"type":"ended","key":"abc","che')
    assert all(result.reused for result in grade(course, folder, out))
    lines = (out / "journal").read_bytes().splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["graded", "graded"]


def test_an_error_is_run_again_by_the_next_grading(course: Course, hand_in: HandIn, tmp_path: Path) -> None:
    """And not the check beside it, whose verdict stands."""
    folder, out = hand_in({"ada/doubles.py": RIGHT}), tmp_path / "out"
    broken = tmp_path / "broken"
    broken.touch()
    grader = course.grader(course.exercises[0])
    grader.write_text(
        grader.read_text().replace(
            "    assert student.double(0)",
            f"    import pathlib\n    if pathlib.Path({str(broken)!r}).exists():\n        raise OSError\n"
            "    assert student.double(0)",
        )
    )
    assert marks(grade(course, folder, out)) == [("ada", 6, False)]
    broken.unlink()
    assert marks(grade(course, folder, out)) == [("ada", 10, False)]
    assert marks(grade(course, folder, out)) == [("ada", 10, True)]
    ended = [line.check.name for line, _ in read_journal(out / "journal") if isinstance(line, Ended)]
    assert ended == []


def test_the_key_hangs_on_all_that_a_verdict_hangs_on_and_on_no_date(course: Course, hand_in: HandIn) -> None:
    (job, _) = jobs_of(course, hand_in(CLASS))
    root = course.root

    def key(changed: Job = job, data: bytes = b"x") -> str:
        keeping._digests.clear()
        now = load_course(root)
        return job_key(now, replace(changed, exercise=now.exercises[0]), data)

    first = key()
    assert key() == first
    keys = [first, key(data=b"y"), key(replace(job, student="eve")), key(replace(job, seed=1))]
    keys += [key(replace(job, few_rounds=True)), key(replace(job, without=frozenset({"test_it"})))]
    keys += [key(replace(job, only=frozenset({"test_it"})))]
    keys += [key(replace(job, sought="test_it")), key(replace(job, methods=("spawn",)))]
    grader = course.grader(course.exercises[0])
    grader.write_text(grader.read_text() + "# changed\n")
    keys.append(key())
    manifest = root / "course.toml"
    manifest.write_text(manifest.read_text().replace("seconds = 1", "seconds = 2"))
    keys.append(key())
    assert len(set(keys)) == len(keys)
    last = keys[-1]
    (grader.parent / "wrong").mkdir()
    (grader.parent / "wrong" / "one.py").write_text("")
    manifest.write_text(
        manifest.read_text().replace("minutes = 1", "due = 2027-02-01T23:59:00+01:00\nminutes = 1")
    )
    assert load_course(root).exercises[0].due is not None
    assert key() == last


def test_two_gradings_into_one_folder_do_not_mix(tmp_path: Path) -> None:
    with Kept(tmp_path), pytest.raises(ChefsError, match="Another grading writes to"):
        Kept(tmp_path)
    Kept(tmp_path).__exit__(None, None, None)


@pytest.mark.skipif(sys.platform != "linux", reason="another process of the same number may live")
def test_the_temporary_folders_of_a_killed_grading_are_cleared_away(tmp_path: Path, own_tmpdir: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    stale = own_tmpdir / f"manychefs-{ended.pid}-abc"
    mine = own_tmpdir / f"manychefs-{os.getpid()}-abc"
    for folder in (stale, mine):
        folder.mkdir()
    for pid in (ended.pid, os.getpid()):
        (tmp_path / "journal.lock").write_text(str(pid))
        with Kept(tmp_path):
            pass
    assert (stale.exists(), mine.exists()) == (False, True)
    mine.rmdir()


def test_a_class_is_read_from_disk_entry_by_entry(course: Course, hand_in: HandIn, tmp_path: Path) -> None:
    out = tmp_path / "out"
    grade(course, hand_in(CLASS), out)
    pupils = [
        keeping.Pupil(name="ada", graded=["01_doubles"], refused={"02_halves": "a link"}),
        keeping.Pupil(name="ben", graded=["01_doubles"], waiting={"02_halves": "later"}),
        keeping.Pupil(name="eve", graded=["01_doubles"]),
    ]
    record = keeping.Record(title="T", exercises=["01_doubles", "02_halves"], students=pupils)
    keeping.write_record(out, record)
    rows = keeping.table(out, keeping.read_record(out))
    told = {
        name: [getattr(entry, "score", getattr(entry, "word", None)) for entry in row.values()]
        for name, row in rows.items()
    }
    assert told == {"ada": [10, "refused"], "ben": [4, "waiting"], "eve": ["waiting", None]}
    with pytest.raises(KeyError):
        rows["ada"]["03_no_such"]


def test_what_is_no_gradings_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ChefsError, match="not the folder of a grading"):
        keeping.read_record(tmp_path)
    (tmp_path / "class.json").write_text("[]")
    with pytest.raises(ChefsError, match="not the folder of a grading"):
        keeping.read_record(tmp_path)
