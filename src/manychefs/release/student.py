"""What a student gets: a folder that one command sets up, with nothing in it that gives an answer away.

    solutions/ ──stub_of──────────────────────► exercises/ ──────┐
    graders/ ──without answers, hidden checks─► graders/ ────────┤
    this package ──wheel──────────────────────► manychefs-….whl ─┼─► searched for secrets ─► a folder, a zip
    lessons, course.toml, launcher, pins ───────────────────────►┤                          or nothing
    README, CI files, written here ─────────────────────────────►┘

Everything is put together in memory first: what is refused has never been on disk.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from manychefs import files as outputs
from manychefs.course import MANIFEST, Course, Exercise
from manychefs.errors import ChefsError, OutputError
from manychefs.release.secrets import given_away, secrets_of
from manychefs.release.stubs import stub_of
from manychefs.release.wheel import make_wheel, wheel_name, zipped
from manychefs.release.workflows import FILES as WORKFLOWS

LAUNCHER, PINS, LICENSE = "chefs.py", "requirements/core.txt", "LICENSE"
KIT = Path(__file__).parents[3]  # the kit's own folder, where it runs from its source
ANSWERS = ("wrong", "right")  # folders of a grader; what its checks read, too, may have folders called so
KEPT_STUB = "stub.py"  # what `chefs reset` puts back where there is no solution to make it from
SHOWN_SECRETS = 5

IGNORED = """\
# What chefs.py sets up
/.venv/
/.venv.lock

# What the kit keeps of your work, and the page that it writes
/.chefs/
/report.html

__pycache__/
"""


def student_files(course: Course) -> dict[str, bytes]:
    """Everything that a student gets, by its path in the release; searched.

    Raises:
        ChefsError: if something is missing, or if something in it gives an answer away.
    """
    found = {
        "README.md": readme(course).encode(),
        MANIFEST: course.manifest.read_bytes(),
        ".gitignore": IGNORED.encode(),
        wheel_name(): make_wheel(),
        **{name: _of_the_kit(course, name) for name in (LAUNCHER, PINS)},
        **{name: text.encode() for name, text in WORKFLOWS.items()},
    }
    for exercise in course.exercises:
        found |= _exercise(course, exercise) | _grader(course, exercise)
    with contextlib.suppress(ChefsError):  # a course may have a licence of its own, or none
        found[LICENSE] = _of_the_kit(course, LICENSE)
    _refuse_secrets(course, found)
    return dict(sorted(found.items()))


def _exercise(course: Course, exercise: Exercise) -> dict[str, bytes]:
    """The lesson and what else is given, as it is; the stub, as the solution makes it."""
    folder = course.stub(exercise).parent
    found = {f"exercises/{exercise.name}/{name}": data for name, data in _given(folder).items()}
    found[f"exercises/{exercise.name}/{exercise.filename}"] = stub_of(course, exercise).encode()
    return found


def _grader(course: Course, exercise: Exercise) -> dict[str, bytes]:
    """The visible grader, with what it reads, and the stub once more, for whoever wants to begin again."""
    hidden = course.hidden_grader(exercise).name
    given = _given(course.grader(exercise).parent)
    given = {
        name: data for name, data in given.items() if name != hidden and name.partition("/")[0] not in ANSWERS
    }
    given[KEPT_STUB] = stub_of(course, exercise).encode()
    return {f"graders/{exercise.name}/{name}": data for name, data in given.items()}


def _given(folder: Path) -> dict[str, bytes]:
    """The files in a folder of an exercise that are for students."""
    names = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in names.items()
        if not any(part.startswith((".", "__")) for part in name.parts)
        and not path.name.endswith((".pyc", "~"))
        and ".before-" not in path.name
    }


def _of_the_kit(course: Course, name: str) -> bytes:
    """A file that stands beside course.toml, or in the kit's own folder."""
    for folder in (course.root, KIT):
        with contextlib.suppress(OSError):
            return (folder / name).read_bytes()
    raise ChefsError(
        f"{name} is missing, without which students cannot set the course up.",
        cause="The course lies in a folder of its own, and the kit was installed without its source.",
        evidence=[f"looked in {course.root} and {KIT}"],
        next_step=f"Copy {name} from the kit into the course's folder.",
    )


def _refuse_secrets(course: Course, found: dict[str, bytes]) -> None:
    given = given_away(secrets_of(course), found)
    if not given:
        return
    shown = [
        f"{name}: {secret.text.splitlines()[0][:80]!r} of {secret.source.relative_to(course.root)}"
        for name, secret in given[:SHOWN_SECRETS]
    ]
    more = [f"… and {len(given) - SHOWN_SECRETS} more"] if len(given) > SHOWN_SECRETS else []
    raise ChefsError(
        "Nothing was released: it would give an answer away.",
        cause="A file that is handed out holds a line of a solution, or of a hidden check.",
        evidence=[*shown, *more],
        next_step="Take it out of that file. What is to be told belongs in the lesson, a hint, or the stub.",
    )


# -- the README -------------------------------------------------------------------------------


def readme(course: Course) -> str:
    """The README of the release."""
    first = f"{course.exercises[0].number:02}"
    rows = [
        f"| {each.number:02} | [{each.title}](exercises/{each.name}/README.md) | {each.concept} "
        f"| {each.minutes} |"
        for each in course.exercises
    ]
    hours = round(sum(each.minutes for each in course.exercises) / 60)
    return README.format(
        title=course.title,
        first=first,
        folder=course.exercises[0].name,
        file=course.exercises[0].filename,
        count=len(course.exercises),
        hours=f"about {hours} hours" if hours > 1 else "about an hour",
        rows="\n".join(rows),
        hidden=HIDDEN if any(course.hidden_grader(each).is_file() for each in course.exercises) else "",
    )


HIDDEN = """

Some exercises have more points than you see here: they are for checks that only your instructor has."""

README = """\
# {title}

{count} exercises, {hours} in all, each with a lesson, a file to fill in, and a grader that says what is
wrong, why, and what to try next.

## Start

You need Python 3.11 or newer, on Linux, macOS or Windows, and nothing else:

```sh
python3 chefs.py
```

The first start sets everything up in `.venv`, once: half a minute, over a slow network a few, and it says
what it is at. Then it opens the course in the terminal: the exercises, what is done, and the checks of the
current one, which run each time you save its file. Keys: `l` lesson, `h` hint, `o` open in the editor, `n`
next, `p` previous, `x` begin again (a copy is kept), `q` quit.

## Work

1. Read the lesson: `exercises/{folder}/README.md`.
2. Fill in `exercises/{folder}/{file}`: each task says what goes where.
3. Save it. At the start everything is red, as it should be; each red check says what happened, the likely
   cause, and what to try next.

The same in single commands, for a plain terminal, a screen reader or a script:

| command | what it does |
|---|---|
| `python3 chefs.py list` | the exercises of the course |
| `python3 chefs.py check {first}` | the checks of an exercise, once |
| `python3 chefs.py watch --plain` | the checks at each save, line by line |
| `python3 chefs.py hint {first}` | a hint, one step at a time |
| `python3 chefs.py progress` | how far you are |
| `python3 chefs.py report --open` | a page of all your answers, in the browser |
| `python3 chefs.py explore FILE.py::FUNCTION` | orders of steps in which any script of yours goes wrong |
| `python3 chefs.py doctor` | what this computer can do |

Lessons and feedback write `chefs` for `python3 chefs.py`. A race is shown as a table with a column a
process, to be read from top to bottom; an *interruption* is where a process is stopped between two steps for
another one, and `main.t1` is a thread of the main process, such as a queue's own.

The graders are in `graders/`, in plain pytest: read them, they say what is asked. A push to GitHub or GitLab
is graded by the same graders.{hidden}

## The course

| no | exercise | concept | min |
|---|---|---|---|
{rows}
"""


# -- writing ----------------------------------------------------------------------------------


def write_folder(found: dict[str, bytes], folder: Path) -> None:
    """Write a release to a new folder, an empty one, or one with nothing in it but a git repository.

    Raises:
        ChefsError: if something else is in it: an earlier release may hold what is now to be hidden.
        OutputError: if it cannot be written; then nothing is there.
    """
    _refuse_filled(folder)
    draft = folder.resolve().with_name(f".{folder.resolve().name}.{os.getpid()}")
    try:
        for name, data in found.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if (folder / ".git").exists():
            for child in list(draft.iterdir()):
                child.replace(folder / child.name)
        else:
            with contextlib.suppress(FileNotFoundError):
                folder.rmdir()
            draft.rename(folder)
    except OSError as error:
        raise OutputError(
            f"The release could not be written to {folder}.",
            cause=error.strerror or type(error).__name__,
            next_step="Make room, or name another folder.",
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _refuse_filled(folder: Path) -> None:
    try:
        there = sorted(child.name for child in folder.iterdir() if child.name != ".git")
    except FileNotFoundError:
        return
    except OSError as error:
        there = [error.strerror or type(error).__name__]
    if there:
        raise ChefsError(
            f"{folder} is not empty.",
            cause="A release is whole: what an earlier one has left there might be what is now hidden.",
            evidence=[", ".join(there[:8])],
            next_step="Name a new folder, or empty this one (its .git may stay).",
        )


def write_zip(found: dict[str, bytes], path: Path) -> None:
    """Write a release as a zip, with all of it in one folder that has the zip's name.

    Raises:
        OutputError: if it cannot be written; what stood there still does.
    """
    outputs.write(path, zipped({f"{path.stem}/{name}": data for name, data in found.items()}), "--zip FILE")
