"""Reports for GitHub Actions: annotations on the line, and a step summary.

What a student has written reaches both. In a workflow command every character that could end a value is
escaped as GitHub's own toolkit does it; in the summary's Markdown every sign that could mean anything is
written as a character reference, which Markdown takes for text.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from manychefs.outputs.interleavings.mermaid import mermaid
from manychefs.outputs.places import line_of, relative
from manychefs.outputs.scores import is_unwritten, total_text, trouble
from manychefs.report import SHOWN_TEXT, Check, Interleaving, Report, Verdict, clean, number

MOST_ANNOTATIONS = 10  # of one kind that GitHub shows for a step
LARGEST_SUMMARY = 1 << 20  # bytes that GitHub takes for a step
LONGEST_TITLE = 120  # characters
SIGNS = {
    Verdict.PASSED: "✅ passed",
    Verdict.FAILED: "❌ failed",
    Verdict.INCONCLUSIVE: "❔ inconclusive",
    Verdict.ERROR: "⚠️ error",
}
LEVELS = {Verdict.FAILED: "error", Verdict.ERROR: "warning"}


# -- annotations ------------------------------------------------------------------------------


def workflow_commands(reports: list[Report], root: Path) -> str:
    """Workflow commands, one a line: what failed, then the points as a notice.

    Args:
        root: the repository's folder, from which GitHub counts paths.
    """
    found = trouble(reports)
    lines = [_annotation(report, check, root) for report, check in found[: MOST_ANNOTATIONS - 1]]
    if rest := len(found) - len(lines):
        more = f"{rest} more checks did not pass: they stand in the step's summary."
        lines.append(command("error", more, title="More"))
    lines.append(command("notice", total_text(reports), title="Autograding complete"))
    return "".join(f"{line}\n" for line in lines)


def _annotation(report: Report, check: Check, root: Path) -> str:
    file = relative(report, root)
    where: dict[str, str] = {"file": file}
    if line := line_of(check, Path(file).name):
        where["line"] = str(line)
    told = check.feedback.text() if check.feedback else ""
    title = f"{report.exercise}: {check.title}"
    return command(LEVELS[check.verdict], told, **where, title=title)


def command(name: str, message: str, **properties: str) -> str:
    """A workflow command: `::error file=a.py,line=3,title=…::message`, whatever the values hold."""
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name}{' ' if listed else ''}{listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def without_commands(text: str) -> str:
    """`text` as a log shows it, with nothing in it taken for a workflow command."""
    token = secrets.token_hex(16)  # nobody can know it, so nobody can end it
    return f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::\n"


# -- the summary ------------------------------------------------------------------------------


def summary(reports: list[Report]) -> str:
    """Markdown for $GITHUB_STEP_SUMMARY: points, a table, and each check that did not pass.

    At most LARGEST_SUMMARY bytes: the last details are left out first.
    """
    head = [f"## {text(total_text(reports))}", "", *_table(reports), ""]
    body = "\n".join(head)
    for report, check in trouble(reports):
        part = "\n".join(_details(report, check))
        if len((body + part).encode()) > LARGEST_SUMMARY - 200:
            return f"{body}\nMore checks did not pass, and GitHub has no room for them here: see the log.\n"
        body += part
    return body


def _table(reports: list[Report]) -> list[str]:
    rows = ["| exercise | check | kind | verdict | points |", "|---|---|---|---|---:|"]
    for report in reports:
        name = text(report.exercise)
        if is_unwritten(report):
            rows.append(f"| {name} | not begun yet | | | 0/{number(report.points)} |")
            continue
        for check in report.checks:
            judged = check.verdict in (Verdict.PASSED, Verdict.FAILED)
            points = f"{number(check.earned) if judged else '-'}/{number(check.points)}"
            title = text(check.title, LONGEST_TITLE)
            rows.append(f"| {name} | {title} | {check.kind} | {SIGNS[check.verdict]} | {points} |")
    return rows


def _details(report: Report, check: Check) -> list[str]:
    told = check.feedback
    assert told is not None
    lines = [f"### {SIGNS[check.verdict]}: {text(report.exercise)}: {text(check.title, LONGEST_TITLE)}", ""]
    for name, words in (
        ("What happened", told.happened),
        ("Likely cause", told.cause),
        ("Next", told.next_step),
    ):
        if words:
            lines += [f"**{name}:** {text(words)}", ""]
    if told.evidence:
        lines += [*fenced("\n".join(told.evidence)), ""]
    if isinstance(check.evidence, Interleaving):
        lines += ["```mermaid", mermaid(check.evidence).rstrip(), "```", ""]
    return lines


def text(words: str, limit: int = SHOWN_TEXT) -> str:
    """At most `limit` characters of `words` as one line of Markdown that means nothing but itself."""
    line = " ".join(clean(words).split())[:limit]
    return "".join(sign if sign.isalnum() or sign in " ," else f"&#{ord(sign)};" for sign in line)


def fenced(words: str) -> list[str]:
    """Words as a block of code, fenced by more backticks than stand in them."""
    longest = max((len(run) for run in re.findall("`+", words)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", clean(words), fence]
