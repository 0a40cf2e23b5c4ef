"""Commands for authors of exercises and of the kit: new exercise, stubs, validate, test."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from manychefs import files
from manychefs.batch.run import usual_slots
from manychefs.cli.app import app, the_course
from manychefs.cli.progress import graded
from manychefs.course import Course
from manychefs.errors import ChefsError
from manychefs.outputs import terminal
from manychefs.release import new_exercise
from manychefs.release import stubs as stub_files
from manychefs.release import validate as validation
from manychefs.release.workflows import write_workflows

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[EXERCISE]…", help="Number, slug or both (default: all)."),
]


@app.command()
def stubs(context: typer.Context, exercises: Names = None) -> None:
    """Write exercises/ from solutions/ by the SOLUTION markers."""
    course = the_course(context)
    console = terminal.console()
    for exercise in course.select(list(exercises or ())):
        console.print(f"{course.stub(exercise)}: {stub_files.write_stub(course, exercise)}")


new = typer.Typer(help="Begin something of your own.", no_args_is_help=True)
app.add_typer(new, name="new")


@new.command()
def exercise(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="Its name, like shared_counter.")],
    number: Annotated[
        int | None, typer.Option("--number", help="Its place in the course (default: after the last).")
    ] = None,
) -> None:
    """Write a new exercise, which works, and whose TODOs say what to change."""
    course = the_course(context)
    console = terminal.console()
    for path in new_exercise.create(course, slug, number):
        console.print(str(path))
    console.print(f"Now `chefs validate {slug}`: it lists what is still to do. docs/authors.md says how.")


@app.command()
def workflows(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The student's repository.")],
) -> None:
    """Write the CI files of a student's repository, for GitHub and GitLab."""
    files.prepare(folder)
    for path in write_workflows(folder):
        print(path)


@app.command()
def validate(
    context: typer.Context,
    exercises: Names = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Submissions at a time.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Where the pauses of races checks fall.")] = 0,
    sample: Annotated[
        int | None,
        typer.Option("--sample", min=1, help="Only so many wrong answers of each exercise, by the seed."),
    ] = None,
    thorough: Annotated[
        bool,
        typer.Option("--thorough", help="Also: wrong answers pass the checks that do not catch them."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> int:
    """Prove that solutions pass, stubs are red and helpful, and wrong answers are caught."""
    course = the_course(context)
    chosen = course.select(list(exercises or ()))
    started = time.monotonic()
    findings = {each.name: validation.Findings(each) for each in chosen}
    plans = [validation.plan(course, each, findings[each.name], seed, sample, thorough) for each in chosen]
    _try_all(course, plans, findings, jobs or usual_slots(), quiet=as_json)
    if as_json:
        _print_json(list(findings.values()))
    else:
        _print_findings(list(findings.values()), time.monotonic() - started)
    return 1 if any(found.problems for found in findings.values()) else 0


def _try_all(
    course: Course,
    plans: list[list[validation.Trial]],
    findings: dict[str, validation.Findings],
    slots: int,
    quiet: bool,
) -> None:
    """Grade all trials, measure again what was left open, and write what came of it into `findings`."""
    jobs = [trial.job for trial in validation.in_turn(plans)]
    results = {id(result.job): result for result in graded(course, jobs, slots, quiet=quiet)}
    trials = {id(trial.job): trial for trial in chain.from_iterable(plans)}
    for _ in range(validation.MEASURED_AGAIN):
        again = {
            of: job for of in trials if (job := validation.once_more(trials[of], results[of])) is not None
        }
        if not again:
            break
        first = {id(job): of for of, job in again.items()}
        for result in graded(course, list(again.values()), slots, quiet=quiet):
            results[first[id(result.job)]] = result
            findings[result.job.exercise.name].again += 1
    for of, trial in trials.items():
        validation.judge(trial, results[of], findings[trial.job.exercise.name])


def _print_findings(findings: list[validation.Findings], seconds: float) -> None:
    console = terminal.console()
    for found in findings:
        sign = "✗" if found.problems else "✓"
        console.print(
            f"{sign} {found.exercise.name}: {found.right} right answers with full points, "
            f"{found.caught} of {found.wrong} wrong answers caught"
            + (f", {found.not_here} not wrong on so few cores" if found.not_here else "")
            + (f", {found.again} speedups measured again" if found.again else "")
        )
        for problem in found.problems:
            console.print(f"    {problem}")
    console.print(f"{len(findings)} exercises in {seconds:.0f} s")


def _print_json(findings: list[validation.Findings]) -> None:
    import msgspec

    body = [
        {
            "exercise": found.exercise.name,
            "right": found.right,
            "wrong": found.wrong,
            "caught": found.caught,
            "not_here": found.not_here,
            "again": found.again,
            "problems": found.problems,
        }
        for found in findings
    ]
    print(msgspec.json.encode(body).decode())


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run_tests(
    context: typer.Context,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Also report coverage over processes; takes twice as long.")
    ] = False,
) -> int:
    """Run the kit's own everyday tests, two at a time; more words go to pytest."""
    root = the_course(context).root
    if not (root / "tests").is_dir():
        raise ChefsError(
            "There are no tests here.",
            cause="This is a course as students get it; the kit's own tests are in the kit's own folder.",
            evidence=[f"no folder tests in {root}"],
            next_step="To have your answers graded: python3 chefs.py check",
        )
    pytest = ["pytest", "-m", "not slow", *context.args]
    if not coverage:
        # Most tests wait for processes. A worker that has nothing left takes over what another one still has.
        pytest[1:1] = ["--numprocesses=2", "--dist=worksteal"]
        return subprocess.run([sys.executable, "-m", *pytest], cwd=root, check=False).returncode
    measure = [sys.executable, "-m", "coverage"]
    subprocess.run([*measure, "erase"], cwd=root, check=False)
    code = subprocess.run([*measure, "run", "-m", *pytest], cwd=root, check=False).returncode
    subprocess.run([*measure, "combine", "-q"], cwd=root, check=False)
    subprocess.run([*measure, "report"], cwd=root, check=False)
    return code
