"""The `chefs explore` command that goes on where a `races` check found an order of steps that goes wrong."""

from __future__ import annotations

import ast
import contextlib
import json
import shlex
from pathlib import Path
from typing import Any

from manychefs.report import Check, Interleaving, Report, Verdict


def explore_again(report: Report) -> str:
    """`chefs explore FILE::FUNCTION --args … --expect …` of the first such check; nothing if there is none.

    Nothing, too, where the call is too long to stand whole in the feedback: half a command is no command.
    """
    for check in report.checks:
        if check.verdict is Verdict.FAILED and isinstance(check.evidence, Interleaving):
            told = check.feedback.happened if check.feedback else ""
            if (call := _call_in(told)) is not None:
                return _command(report, call, check)
    return ""


def _call_in(text: str) -> ast.Call | None:
    """The call that a sentence begins with: `count_up(processes=2) returned 1, …`."""
    for end in (index + 1 for index, char in enumerate(text) if char == ")"):
        try:
            found = ast.parse(text[:end].strip(), mode="eval").body
        except (SyntaxError, ValueError):
            continue
        return found if isinstance(found, ast.Call) and isinstance(found.func, ast.Name) else None
    return None


def _command(report: Report, call: ast.Call, check: Check) -> str:
    assert isinstance(call.func, ast.Name)
    assert isinstance(check.evidence, Interleaving)
    path = Path(report.submission)
    here = Path.cwd()
    path = path.relative_to(here) if path.is_relative_to(here) else path
    try:
        given: Any = [ast.literal_eval(each) for each in call.args]
        named = {each.arg or "": ast.literal_eval(each.value) for each in call.keywords}
        if given and named:
            return ""
        words = ["chefs", "explore", f"{path}::{call.func.id}"]
        words += ["--args", json.dumps(named or given, ensure_ascii=False)] if named or given else []
    except (ValueError, TypeError):
        return ""
    # It may be in words, such as "a list in another order": what is right is then for the student to say.
    with contextlib.suppress(ValueError, TypeError, SyntaxError, IndexError):
        allowed = ast.literal_eval(check.evidence.allowed[0])
        words += ["--expect", json.dumps(allowed, ensure_ascii=False)]
    return shlex.join(words)
