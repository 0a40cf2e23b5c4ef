"""Course and Exercise: what course.toml describes, read into typed objects.

    course.toml ──load_course──► Course ──► Exercise ──► paths in the three wings
                                                         exercises/NN_slug  solutions/NN_slug  graders/NN_slug

Unknown keys, unlisted folders and wrong types are errors that name the file, the key and what was
expected: a typo in a manifest must never silently change a mark.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from manychefs.errors import ChefsError, CourseError

StartMethod = Literal["fork", "spawn", "forkserver"]
START_METHODS: tuple[StartMethod, ...] = get_args(StartMethod)
MANIFEST = "course.toml"
HIDDEN_GRADER = "test_hidden.py"
SCHEDULE_SECONDS = 0.5  # for one schedule; some fifty times what it takes on an idle machine
WINGS = ("exercises", "solutions", "graders")

Text = Annotated[str, msgspec.Meta(min_length=1)]
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]*$")]
Positive = Annotated[int, msgspec.Meta(gt=0)]


class Limits(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """What one call of a student's function may use.

    seconds: wall-clock time, at which all its processes are shown and killed.
    memory_mb: address space of one process, in MiB (where the system can enforce it); all its processes
    together may have four times as much. processes: processes alive at once. disk_mb: files, all together,
    in MiB. files: how many of them. output_mb: what the program prints, in MiB.
    """

    seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 5.0
    memory_mb: Positive = 1024
    processes: Positive = 64
    disk_mb: Positive = 64
    files: Positive = 10_000
    output_mb: Positive = 256


class Task(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """One numbered task of an exercise, with its hints from vague to nearly the code."""

    title: Text
    hints: Annotated[list[Text], msgspec.Meta(min_length=3, max_length=3)]


class Late(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """What coming after an exercise's `due` costs.

    grace_minutes: so much is not late at all. per_day: the part of the exercise's points that each day
    begun takes. at_most: the part that all days together take.
    """

    grace_minutes: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    per_day: Annotated[float, msgspec.Meta(ge=0, le=1)]
    at_most: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0


class Exercise(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """One exercise as course.toml lists it. `number` orders the course and names the folders.

    schedules: how many schedules a `races` check explores under fork (0: none). repeats: its real runs under
    each start method.
    required_speedup: what a `speedup` check asks for on two cores (None: no such check).
    structure_earns: whether a program that is parallel in structure gets the points where the clock cannot
    show it: `busy` on a machine that is too busy, `always` also on a single core, or `never`.
    due: when it has to be handed in, with its offset from UTC (None: it has no date, and nothing is late).
    """

    number: Annotated[int, msgspec.Meta(ge=1, le=99)]
    slug: Slug
    title: Text
    concept: Text
    minutes: Positive
    points: Positive
    start_methods: Annotated[list[StartMethod], msgspec.Meta(min_length=1)]
    schedules: Annotated[int, msgspec.Meta(ge=0)] = 0
    repeats: dict[StartMethod, Positive] = {}
    required_speedup: Annotated[float, msgspec.Meta(gt=1)] | None = None
    structure_earns: Literal["busy", "always", "never"] = "busy"
    limits: Limits = Limits()
    due: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    tasks: Annotated[list[Task], msgspec.Meta(min_length=1)]

    @property
    def exploring_seconds(self) -> float:
        """Seconds that exploring a check's schedules may take on a slow machine, before it is given up."""
        return self.schedules * SCHEDULE_SECONDS

    @property
    def name(self) -> str:
        """`03_shared_counter`: the folder in each wing, and the exercise's full name."""
        return f"{self.number:02}_{self.slug}"

    @property
    def filename(self) -> str:
        """`shared_counter.py`: the file that the student fills."""
        return f"{self.slug}.py"

    def repeats_under(self, method: StartMethod, first: bool) -> int:
        """How many real runs a `races` check makes under `method`.

        Args:
            first: whether `method` is the first that this machine offers. That one gets the
                largest number listed, so that a machine without fork repeats as often.
        """
        return max(self.repeats.values(), default=1) if first else self.repeats.get(method, 1)


class Ci(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """How CI jobs grade this course.

    speedup: `advisory`, a speedup that a shared runner does not show takes no points; or `graded`.
    """

    speedup: Literal["advisory", "graded"] = "advisory"


class Manifest(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, frozen=True):
    """course.toml as it is written."""

    title: Text
    ci: Ci = Ci()
    late: Late | None = None
    exercise: Annotated[list[Exercise], msgspec.Meta(min_length=1)]


class Course:
    """A course on disk: its folder and its exercises in order."""

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self.root = root
        self.title = manifest.title
        self.ci = manifest.ci
        self.late = manifest.late
        self.exercises = sorted(manifest.exercise, key=lambda exercise: exercise.number)

    @property
    def manifest(self) -> Path:
        """course.toml."""
        return self.root / MANIFEST

    def stub(self, exercise: Exercise) -> Path:
        """The file that the student fills."""
        return self.root / "exercises" / exercise.name / exercise.filename

    def lesson(self, exercise: Exercise) -> Path:
        """The lesson's text."""
        return self.root / "exercises" / exercise.name / "README.md"

    def solution(self, exercise: Exercise) -> Path:
        """The hidden reference solution."""
        return self.root / "solutions" / exercise.name / exercise.filename

    def grader(self, exercise: Exercise) -> Path:
        """The grader: a plain pytest file."""
        return self.root / "graders" / exercise.name / f"test_{exercise.slug}.py"

    def hidden_grader(self, exercise: Exercise) -> Path:
        """Checks that students do not get: a second grader beside the first, where there is one."""
        return self.grader(exercise).with_name(HIDDEN_GRADER)

    def known_answers(self, exercise: Exercise) -> list[Path]:
        """The known-wrong and the other right answers, which no student gets either."""
        return [*self.wrong_answers(exercise), *sorted((self.grader(exercise).parent / "right").glob("*.py"))]

    def wrong_answers(self, exercise: Exercise) -> list[Path]:
        """The known-wrong answers that the grader must catch."""
        return sorted((self.root / "graders" / exercise.name / "wrong").glob("*.py"))

    def find(self, name: str) -> Exercise:
        """The exercise that `name` means: its number (`3`, `03`), its slug, or `03_shared_counter`.

        Raises:
            ChefsError: if there is none, with the nearest name.
        """
        word = name.strip().rstrip("/").rsplit("/", 1)[-1]
        for exercise in self.exercises:
            if word in (exercise.name, exercise.slug) or (word.isdecimal() and int(word) == exercise.number):
                return exercise
        names = [name for each in self.exercises for name in (each.slug, each.name)]
        near = difflib.get_close_matches(word, names, n=1, cutoff=0.4)
        listed = f"{self.exercises[0].name} to {self.exercises[-1].name}"
        raise ChefsError(
            f"There is no exercise called {name!r}.",
            cause=f"Did you mean {near[0]!r}?" if near else "The name or the number is mistyped.",
            evidence=[f"{self.root / MANIFEST} lists {len(self.exercises)} exercises, {listed}."],
            next_step="Name it by number, slug or both: `chefs list` shows them all.",
        )

    def select(self, names: list[str]) -> list[Exercise]:
        """The exercises that `names` mean, each once, in the order given; all if none is named."""
        if not names:
            return self.exercises
        return list({each.name: each for each in map(self.find, names)}.values())


def find_course_root(start: Path | None = None) -> Path:
    """The nearest folder upward from `start` (default: the current one) that has a course.toml.

    The environment's MANYCHEFS_COURSE, which the launcher sets, is what it falls back on.

    Raises:
        CourseError: if there is none.
    """
    try:
        start = (start or Path.cwd()).resolve()
    except FileNotFoundError:
        raise CourseError(
            "The current folder does not exist any more.",
            cause="It was deleted or moved while this terminal was in it.",
            next_step="Change into the course's folder.",
        ) from None
    for folder in (start, *start.parents):
        if (folder / MANIFEST).is_file():
            return folder
    fallback = os.environ.get("MANYCHEFS_COURSE", "")
    if fallback and (Path(fallback) / MANIFEST).is_file():
        return Path(fallback).resolve()
    raise CourseError(
        "No course was found here.",
        cause="This folder and those above it have no course.toml.",
        evidence=[f"Looked from {start} upward."],
        next_step="Change into the course's folder, or name it: `chefs --course DIR …`.",
    )


def load_course(root: Path) -> Course:
    """Read the course in folder `root`.

    Raises:
        CourseError: if course.toml is missing, is not TOML, has an unknown or a missing key or a
            value of another type, or if a wing has a folder that it does not list.
    """
    path = root / MANIFEST
    manifest = _read_manifest(path)
    _refuse_repeats(path, manifest)
    _refuse_unlisted(root, manifest)
    return Course(root, manifest)


def _read_manifest(path: Path) -> Manifest:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(
            f"The course's manifest {path} cannot be read.",
            cause=error.strerror or type(error).__name__,
            next_step="Check the path, or name the course's folder: `chefs --course DIR …`.",
        ) from None
    try:
        return msgspec.toml.decode(data, type=Manifest)
    except msgspec.ValidationError as error:
        raise _bad_key(path, data, str(error)) from None
    except msgspec.DecodeError as error:
        raise _bad_toml(path, str(error)) from None
    except UnicodeDecodeError as error:
        raise _bad_toml(path, f"not UTF-8: {error.reason} at byte {error.start}") from None


def _bad_toml(path: Path, reason: str) -> CourseError:
    return CourseError(
        f"{path} is not valid TOML.",
        cause="A quote, a bracket or an equals sign is missing or too many.",
        evidence=[reason],
        next_step=f"Mend the place named above in {path.name}.",
    )


def _bad_key(path: Path, data: bytes, reason: str) -> CourseError:
    """msgspec says what and where (`… - at `$.exercise[2].limits``); say which exercise that is."""
    found = re.match(r"(.*) - at (?:`(?:key|value)` in )?`\$\.?(.*)`$", reason, re.DOTALL)
    problem, place = (found[1], found[2]) if found else (reason, "")
    place = place or "the top level"
    evidence = [f"{path}: {place}: {problem}"]
    if slug := _slug_at(data, place):
        evidence.append(f"That is exercise {slug!r}.")
    cause, next_step = "A value is missing or of another type than expected.", "Mend that key."
    if unknown := re.search(r"unknown field `([^`]*)`", problem):
        known = _keys_at(place)
        near = difflib.get_close_matches(unknown[1], known, n=1)
        cause = f"The key {unknown[1]!r} is not one that the kit knows: a typo?"
        next_step = f"Did you mean {near[0]!r}? " if near else ""
        next_step += f"Known keys there: {', '.join(known)}."
    elif place.endswith(".due"):
        next_step = "Write the date with its offset from UTC: due = 2027-02-01T23:59:00+01:00"
    elif "start_methods" in place or "repeats" in place:
        next_step = f"Start methods are {', '.join(START_METHODS)}."
    return CourseError(
        f"{path} has something that the kit does not understand.",
        cause=cause,
        evidence=evidence,
        next_step=next_step,
    )


def _slug_at(data: bytes, place: str) -> str:
    """The slug of the exercise that a place such as `exercise[2].limits` is in."""
    index = re.match(r"exercise\[(\d+)\]", place)
    listed = tomllib.loads(data.decode()).get("exercise")
    if index and isinstance(listed, list) and int(index[1]) < len(listed):
        entry = listed[int(index[1])]
        return str(entry.get("slug", "")) if isinstance(entry, dict) else ""
    return ""


def _keys_at(place: str) -> list[str]:
    struct: type[msgspec.Struct] = Manifest
    if "tasks" in place:
        struct = Task
    elif "limits" in place:
        struct = Limits
    elif place.startswith("ci"):
        struct = Ci
    elif place.startswith("late"):
        struct = Late
    elif "exercise" in place:
        struct = Exercise
    return [field.encode_name for field in msgspec.structs.fields(struct)]


def _refuse_repeats(path: Path, manifest: Manifest) -> None:
    """Two exercises with one number or one slug would share folders and marks."""
    for key in ("number", "slug"):
        seen: dict[object, Exercise] = {}
        for exercise in manifest.exercise:
            value = getattr(exercise, key)
            if value in seen:
                raise CourseError(
                    f"{path} lists two exercises with the same {key}.",
                    cause="One was copied from the other.",
                    evidence=[f"{key} = {value!r}: {seen[value].title!r} and {exercise.title!r}"],
                    next_step=f"Give each exercise a {key} of its own.",
                )
            seen[value] = exercise


def _refuse_unlisted(root: Path, manifest: Manifest) -> None:
    listed = {exercise.name for exercise in manifest.exercise}
    for wing in WINGS:
        folder = root / wing
        if not folder.is_dir():
            continue
        for child in sorted(folder.iterdir()):
            if child.is_dir() and re.match(r"\d", child.name) and child.name not in listed:
                raise CourseError(
                    f"{child} is not listed in {root / MANIFEST}.",
                    cause="The folder or the exercise was renamed, or the entry is missing.",
                    evidence=[f"listed: {', '.join(sorted(listed))}"],
                    next_step="List the exercise in course.toml, or move the folder away.",
                )
