"""An nbgrader course from this one: `chefs release --nbgrader DIR`.

    solution ──`%%writefile slug.py`──► the solution cell ──┐
    lesson ─────────────────────────────► text ─────────────┼─► DIR/source/EXERCISE/EXERCISE.ipynb
    grader ──a locked grade cell a check─► ─────────────────┘
    written here ───────────────────────────────────────────► DIR/manychefs_config.py, which is read by
                                                              DIR/nbgrader_config.py, the instructor's own

`nbgrader generate_assignment EXERCISE` makes of a source what students get: it takes the solution out by the
same markers as `chefs stubs`. The answer is written to a file and not defined in the notebook, because
processes that start afresh (spawn, forkserver) cannot find what a notebook defines. A grade cell only names
its check: what is right and wrong is in the kit, where no student's program and no feedback page can show it.
"""

from __future__ import annotations

import ast
from pathlib import Path

from manychefs import files
from manychefs.batch.cells import SOLUTION
from manychefs.course import Course, Exercise
from manychefs.errors import CourseError, OutputError
from manychefs.outputs import notebook
from manychefs.outputs.notebook import Cell
from manychefs.report import Check, Verdict

KEPT = "before-release"
"""The folder for what a release would have overwritten. Not in source/: all that is there is given out."""

OURS, THEIRS = "manychefs_config.py", "nbgrader_config.py"
LINE = f'load_subconfig("{OURS}")'

THEIR_CONFIG = f"""\
# Written by `chefs release --nbgrader`, once: what you set below is yours, and comes last.
{LINE}

c = get_config()
"""

CONFIG = """\
# Written by `chefs release --nbgrader`, each time. Settings of your own belong into nbgrader_config.py.
import os
import sys

c = get_config()  # noqa: F821

# nbgrader calls `alembic`, which lies beside its Python, and maybe not on PATH.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")

# What `nbgrader validate` leaves in source/ is the solution, and would be given out.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]
c.CourseDirectory.ignore += {filenames!r}
c.ClearSolutions.code_stub = {{"python": 'raise NotImplementedError("write the code of this task here")'}}

# A submission is graded outside, in the sandbox of `chefs`, and not in a kernel that it could change.
c.Autograde.autograde_preprocessors = [
    "manychefs.release.autograde.ExternalGrade",
    "nbgrader.preprocessors.LimitOutput",
    "manychefs.release.autograde.SaveVerdicts",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.ExternalGrade.course = {root!r}
c.SaveVerdicts.course = {root!r}
c.CourseLate.course = {root!r}
c.AssignLatePenalties.plugin_class = "manychefs.release.autograde.CourseLate"

c.ExportApp.plugin_class = "manychefs.outputs.checks_export.ChecksExport"  # a row a check, quoted
c.ExportPlugin.to = "nbgrader.csv"
"""


def write_course(course: Course, folder: Path) -> list[str]:
    """Write the nbgrader course; gives a line for each thing that was written or kept.

    Raises:
        CourseError: if an exercise lacks its solution or its grader.
        OutputError: if it cannot be written.
    """
    sources = {
        f"source/{each.name}/{each.name}.ipynb": source_notebook(course, each) for each in course.exercises
    }
    told = [_write(folder, name, data) for name, data in sources.items()]
    filenames = [each.filename for each in course.exercises]
    config = CONFIG.format(filenames=filenames, root=str(course.root)).encode()
    files.write(folder / OURS, config, "--nbgrader DIR")
    return [*told, f"{folder / OURS}: written", _their_config(folder / THEIRS)]


def _their_config(path: Path) -> str:
    """Have nbgrader read our settings. A file that is there already (`nbgrader quickstart`) stays."""
    if not path.exists():
        files.write(path, THEIR_CONFIG.encode(), "--nbgrader DIR")
        return f"{path}: written"
    if LINE in path.read_text("utf-8", "replace"):
        return f"{path}: kept as it is"
    return f"{path}: kept as it is; add this line at its end, or submissions are run in kernels: {LINE}"


def _write(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    try:
        before = path.read_bytes() if path.exists() else None
        if before == data:
            return f"{path}: unchanged"
        kept = ""
        if before is not None:
            copy = _unused(folder / KEPT / path.name)
            files.write(copy, before, "--nbgrader DIR")
            kept = f", the old one kept as {copy}"
    except OSError as error:
        raise OutputError(
            f"{path} could not be read.",
            cause=error.strerror or type(error).__name__,
            next_step="Make it readable, or name another folder: --nbgrader DIR.",
        ) from None
    files.write(path, data, "--nbgrader DIR")
    return f"{path}: written{kept}"


def _unused(path: Path) -> Path:
    candidates = (path, *(path.with_name(f"{path.name}.{n}") for n in range(2, 10_000)))
    return next(candidate for candidate in candidates if not candidate.exists())


# -- one exercise -----------------------------------------------------------------------------


def source_notebook(course: Course, exercise: Exercise) -> bytes:
    """The instructor's version of an exercise's notebook, with the solution in it.

    Raises:
        CourseError: if the exercise lacks its lesson, solution or grader.
    """
    lesson = _read(course.lesson(exercise), "lesson")
    solution = _read(course.solution(exercise), "solution")
    cells = [notebook.markdown(lesson), notebook.markdown(_HOW.format(filename=exercise.filename))]
    cells.append(_solution_cell(exercise, solution))
    cells.append(notebook.code(f"# To see it run, take the sign away:\n# !python {exercise.filename}"))
    cells += [notebook.grade_cell(exercise.name, check) for check in checks_of(course.grader(exercise))]
    return notebook.document(cells)


_HOW = """\
## Your answer

The next cell is your file `{filename}`. Running it writes the file and does nothing else; its first line has
to stay. Fill it in, run it, then run the cells below: each says what is right and wrong, and what to try.
"""


def _solution_cell(exercise: Exercise, solution: str) -> Cell:
    about = {
        "grade": False,
        "grade_id": SOLUTION,
        "locked": False,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    return notebook.code(f"%%writefile {exercise.filename}\n{solution.rstrip()}", {"nbgrader": about})


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(
            f"There is no {what} to make a notebook of.",
            cause=str(getattr(error, "strerror", None) or error),
            evidence=[str(path)],
            next_step="A course is released where it is whole: in the instructor's folder.",
        ) from None


def checks_of(grader: Path) -> list[Check]:
    """The checks of a grader, read and not run: name, title, points and kind.

    Raises:
        CourseError: if it cannot be read.
    """
    try:
        tree = ast.parse(_read(grader, "grader"))
    except SyntaxError as error:
        raise CourseError(
            f"The grader {grader.name} is not Python.",
            cause=error.msg,
            evidence=[f"{grader}:{error.lineno}"],
            next_step="Mend it; `chefs validate` says whether it is fit.",
        ) from None
    found = [_check(node) for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [check for check in found if check is not None]


def _check(function: ast.FunctionDef) -> Check | None:
    """The check that a test is; None if it is no test with the marker `check`."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.check":
            about = {each.arg: ast.literal_eval(each.value) for each in decorator.keywords}
            return Check(
                name=function.name,
                title=(ast.get_docstring(function) or "").partition("\n")[0],
                kind=about.get("kind", "correctness"),
                points=float(about["points"]),
                verdict=Verdict.ERROR,
            )
    return None
