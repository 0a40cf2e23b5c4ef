"""The command for CI jobs: grade what is there, and tell it the way this service reads it.

chefs ci ──► which service is this? ──► grade every exercise ──► log, annotations, summary, result file
                                                            └──► exit code: the student's, or ours
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from manychefs import files
from manychefs.batch.run import Job, usual_slots
from manychefs.cli.app import app, the_course
from manychefs.cli.platforms import Platform, find_platform
from manychefs.cli.progress import graded
from manychefs.course import Course, Exercise
from manychefs.errors import ChefsError
from manychefs.outputs import terminal
from manychefs.outputs.classroom50 import classroom50
from manychefs.outputs.github import summary, without_commands, workflow_commands
from manychefs.outputs.gradescope import gradescope
from manychefs.outputs.junit import junit
from manychefs.outputs.scores import is_unwritten, total_text
from manychefs.report import Feedback, Report, Verdict

RESULTS: dict[str, Callable[[list[Report]], str]] = {
    "classroom50": classroom50,
    "gitlab": junit,
    "gradescope": gradescope,
}


@app.command()
def ci(
    context: typer.Context,
    exercises: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EXERCISE]…", help="Number, slug or both (default: all)."),
    ] = None,
    junit_file: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Write JUnit XML there as well (Jenkins, Azure)."),
    ] = None,
) -> int:
    """Grade in a CI job: find out which service this is, and tell it the results its own way.

    Exit codes: 0 nothing that was begun fails, 1 something does, 2 wrong usage, 3 the kit or the machine
    failed. Gradescope and Classroom 50 read failures from a result file: there 1 becomes 0.
    """
    course = the_course(context)
    platform = find_platform(os.environ, Path.cwd())
    reports = _graded(course, course.select(list(exercises or ())), platform)
    if course.ci.speedup == "advisory":
        for report in reports:
            make_speedup_advisory(report)
    _tell(reports, platform)
    if junit_file is not None:
        files.write(junit_file, junit(reports).encode(), "--junit FILE")
    return exit_code(reports, platform)


def _graded(course: Course, exercises: list[Exercise], platform: Platform) -> list[Report]:
    """A report of each exercise that has been handed in; one that cannot be graded is an error."""
    jobs = [
        Job(exercise, path) for exercise in exercises if (path := _submission(course, exercise, platform))
    ]
    if not jobs:
        raise ChefsError(
            "There is nothing to grade.",
            cause="None of the exercises' files was handed in, or they have other names.",
            evidence=[
                f"looked in: {platform.submissions or course.root / 'exercises'}",
                f"expected: {', '.join(each.filename for each in exercises)}",
            ],
            next_step="Hand in the files under the names that they had.",
        )
    reports: dict[str, Report] = {}
    for result in graded(course, jobs, usual_slots(), quiet=True):
        if result.refused is not None:
            raise result.refused
        assert result.report is not None
        reports[result.job.exercise.name] = result.report
    return [reports[job.exercise.name] for job in jobs]


def _submission(course: Course, exercise: Exercise, platform: Platform) -> Path | None:
    if platform.submissions is None:
        return course.stub(exercise)
    places = (platform.submissions / exercise.name, platform.submissions)
    found = [folder / exercise.filename for folder in places if (folder / exercise.filename).is_file()]
    return found[0] if found else None


def make_speedup_advisory(report: Report) -> None:
    """Tell a speedup that was not reached, and take no points: nobody chooses a runner's neighbours."""
    for check in report.checks:
        if check.kind == "speedup" and check.verdict is Verdict.FAILED:
            check.verdict = Verdict.INCONCLUSIVE
            told = check.feedback or Feedback(happened="It was not fast enough here.")
            told.evidence = [
                *told.evidence,
                "advisory: in CI a speedup gives points and takes none (course.toml: [ci] speedup)",
            ]
            check.feedback = told


def exit_code(reports: list[Report], platform: Platform) -> int:
    """0, 1 or 3. Answers not begun yet are no failure, and neither is what this machine cannot show."""
    verdicts = {check.verdict for report in reports if not is_unwritten(report) for check in report.checks}
    if Verdict.ERROR in verdicts:
        return 3
    return 1 if Verdict.FAILED in verdicts and not platform.failures_are_ours else 0


def _tell(reports: list[Report], platform: Platform) -> None:
    shown = _log(reports)
    if platform.name in ("github", "classroom50"):
        sys.stdout.write(without_commands(shown))
        root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
        sys.stdout.write(workflow_commands(reports, root))
        _append(os.environ.get("GITHUB_STEP_SUMMARY"), summary(reports))
    else:
        sys.stdout.write(shown)
    if platform.results is not None:
        files.write(platform.results, RESULTS[platform.name](reports).encode(), "another folder")


def _log(reports: list[Report]) -> str:
    """What a terminal would show, as text."""
    console = terminal.console()
    with console.capture() as captured:
        for report in reports:
            _print_report(console.print, report)
        console.print(f"\n{total_text(reports)}")
    return captured.get()


def _print_report(show: Callable[..., None], report: Report) -> None:
    show(f"\n{report.exercise}  {report.title}")
    if is_unwritten(report):
        show(f"  not begun yet: 0 of {report.points:g} points")
        return
    seen: set[str] = set()
    for check in report.checks:
        show(terminal.check(check, seen))
    show(terminal.ending(report, stub=False))


def _append(path: str | None, text: str) -> None:
    """Add to the file that GitHub names; a runner without one has no summary."""
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text + "\n")
