"""Reports for a terminal: feedback that teaches, and a table for a class.

What a student's program says is shown as text, never as markup.
"""

from __future__ import annotations

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from manychefs.course import Exercise
from manychefs.outputs.explorations.offer import explore_again
from manychefs.outputs.interleavings.table import table
from manychefs.outputs.speedup.screen import screen
from manychefs.report import (
    Check,
    ClassTable,
    Entry,
    Feedback,
    Interleaving,
    Report,
    SpeedupMeasurement,
    Verdict,
    clean,
    number,
)

SIGNS = {
    Verdict.PASSED: ("✓", "green"),
    Verdict.FAILED: ("✗", "red"),
    Verdict.INCONCLUSIVE: ("?", "yellow"),
    Verdict.ERROR: ("!", "magenta"),
}
PARTS = ("What happened", "Likely cause", "Evidence", "Next")


def heading(exercise: Exercise, submission: str) -> RenderableType:
    """The exercise's name and title, and what is being graded."""
    title = Text.assemble((exercise.name, "bold"), "  ", exercise.title)
    # A path stays in one piece, however long: it is there to be copied.
    path = Text(clean(submission), "dim", no_wrap=True, overflow="ignore")
    return Group(Text(), title, path, Text())


def check_line(check: Check) -> Text:
    """`✗  0/4  No order of steps loses an update  (races)`"""
    sign, colour = SIGNS[check.verdict]
    judged = check.verdict in (Verdict.PASSED, Verdict.FAILED)
    score = f"{number(check.earned) if judged else '-'}/{number(check.points)}"
    about: list[str] = [] if check.kind == "correctness" else [check.kind]
    about += [] if judged else [check.verdict.value]
    return Text.assemble(
        "  ",
        (f"{sign} {score:>5}", colour),
        "  ",
        (check.title, "bold"),
        (f"  ({', '.join(about)})" if about else "", "dim"),
    )


def pending(planned: Check, held: list[str]) -> Text:
    """The line of a check that has no verdict yet.

    Args:
        held: the start methods under which it has held so far.
    """
    about = "" if planned.kind == "correctness" else f"  ({planned.kind})"
    so_far = f"under {', '.join(held)} ✓  " if held else ""
    return Text(f"  ·        {so_far}{planned.title}{about}", "dim", no_wrap=True, overflow="ellipsis")


def feedback(told: Feedback, indent: int = 11, below: bool = True) -> RenderableType:
    """The four parts, each under its name; parts that are empty are left out.

    Args:
        below: whether an empty line follows.
    """
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True, min_width=len(PARTS[0]))
    grid.add_column(overflow="fold")
    told = told.cleaned()
    texts = (told.happened, told.cause, "\n".join(told.evidence), told.next_step)
    for name, text in zip(PARTS, texts, strict=True):
        if text:
            grid.add_row(name, Text(text))
    return Padding(grid, (0, 0, int(below), indent))


def check(graded: Check, seen: set[str]) -> RenderableType:
    """A check with its feedback and the order of steps that fails it, if that is the evidence.

    A feedback that was shown already is not shown again.

    Args:
        seen: texts of feedback shown so far in this report; this one is added.
    """
    line = _hanging(check_line(graded), graded.title)
    told = graded.feedback
    if told is None:
        return line
    if graded.verdict is Verdict.PASSED:
        return Group(line, Padding(Text(clean(told.happened), "dim"), (0, 0, 0, 11)))
    text = told.happened + told.cause
    if text in seen:
        return Group(line, Padding(Text("As above.", "dim"), (0, 0, 1, 11)))
    seen.add(text)
    drawn = graded.evidence
    if isinstance(drawn, Interleaving):
        return Group(line, feedback(told), Padding(_Drawn(drawn), (0, 0, 0, 11)))
    if isinstance(drawn, SpeedupMeasurement):
        return Group(line, feedback(told), Padding(_Drawn(drawn), (0, 0, 1, 11)))
    return Group(line, feedback(told))


def _hanging(line: Text, title: str) -> RenderableType:
    """A check's line whose title, where it is too long, goes on below itself."""
    head, rest = line.divide([line.plain.index(title)])
    grid = Table.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(head, rest)
    return grid


class _Drawn:
    """Evidence that is drawn, laid out once it is known how much room there is."""

    def __init__(self, evidence: Interleaving | SpeedupMeasurement) -> None:
        self.evidence = evidence

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich's own protocol: what to show in place of this."""
        if isinstance(self.evidence, Interleaving):
            yield table(self.evidence, options.max_width)
        else:
            yield screen(self.evidence, options.max_width)


def waiting() -> Text:
    """A line while a check waits for its cores."""
    return Text("  … waits: another grading on this machine is measuring, and has the cores to itself", "dim")


def ending(report: Report, stub: bool, fold: bool = False) -> RenderableType:
    """The score, and what to do next.

    Args:
        stub: whether the submission is still as shipped: red is expected then.
        fold: whether a long command is folded; a terminal does that by itself, and copies it in one piece.
    """
    colour = SIGNS[report.verdict][1]
    number_ = report.exercise.partition("_")[0]
    facts = f"{report.seconds:.1f} s, {report.machine.cores} cores, confinement: {report.confinement}"
    lines = [Text.assemble("  ", (report.score_text(), f"bold {colour}"), ("   " + facts, "dim"))]
    if stub:
        lines.append(Text("  Red at the start is as it should be: nothing is written yet."))
    if report.verdict is Verdict.FAILED:
        lines.append(
            Text(f"  The lesson is exercises/{report.exercise}/README.md; a hint: chefs hint {number_}")
        )
        if offered := explore_again(report):
            lines.append(Text("  More orders of steps, to look at and to replay:"))
            lines.append(Text(f"  {offered}", no_wrap=not fold, overflow="fold" if fold else "ignore"))
    return Group(*lines)


def error(told: Feedback) -> RenderableType:
    """A problem of the kit, the course or the command line, in its four parts."""
    return feedback(told, indent=0)


def class_table(course_title: str, rows: ClassTable, exercises: list[Exercise]) -> Table:
    """Students by exercises, with points.

    Args:
        rows: what stands for each student and exercise.
    """
    table = Table(title=course_title, title_justify="left", header_style="bold")
    table.add_column("student", no_wrap=True)
    for exercise in exercises:
        words = exercise.slug.replace("_", "\n")  # a word a line: five exercises fit 80 columns
        table.add_column(f"{exercise.number:02}\n{words}", justify="right")
    table.add_column("points", justify="right")
    for student, reports in rows.items():
        entries = [reports.get(exercise.name) for exercise in exercises]
        cells = [_cell(entry) for entry in entries]
        total = sum(report.mark for report in entries if isinstance(report, Report))
        table.add_row(Text(clean(student)), *cells, Text(number(total), "bold"))
    return table


def _cell(report: Entry) -> Text:
    if not isinstance(report, Report):
        return Text("missing" if report is None else report.word, "dim")
    sign, colour = SIGNS[report.verdict]
    late = f" {report.late.days}d late" if report.late else ""
    return Text(f"{number(report.mark)}/{number(report.gradable)} {sign}{late}", colour)


class _Terminal(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command, which knows that a reader who has gone is no failure."""
        raise


def console(*, stderr: bool = False) -> Console:
    """A console that takes no text for markup and highlights nothing by itself."""
    return _Terminal(stderr=stderr, markup=False, highlight=False, emoji=False)
