"""Reports as Classroom 50's result.json, schema classroom50/result/v1.

The contract is its wiki's page "Advanced Autograding": scores are whole numbers, the sums of the tests'.
A check that cannot be graded on this machine has a max-score of 0, so that it neither gives nor takes.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from manychefs.report import Check, Report, Verdict

SCHEMA = "classroom50/result/v1"
IDENTITY = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG")
"""Environment variables that its runner sets, without which no result can be told to anybody."""


def classroom50(reports: list[Report], surroundings: Mapping[str, str] = os.environ) -> str:
    """The document, as JSON.

    Args:
        surroundings: the environment that Classroom 50's runner has set; what it lacks is left empty.
    """
    tests = [_test(report, check) for report in reports for check in report.checks]
    commit = surroundings.get("COMMIT_URL", "")
    body = {
        "schema": SCHEMA,
        "classroom": surroundings.get("CLASSROOM", ""),
        "assignment": surroundings.get("ASSIGNMENT", ""),
        "submission": surroundings.get("SUBMISSION_TAG", ""),
        "commit": commit,
        "release": surroundings.get("RELEASE_URL", ""),
        "review": surroundings.get("REVIEW_URL") or commit,
        "datetime": _submitted(surroundings),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return json.dumps(body, indent=2) + "\n"


def _test(report: Report, check: Check) -> dict[str, Any]:
    judged = check.verdict in (Verdict.PASSED, Verdict.FAILED)
    return {
        "test-name": f"{report.exercise}: {check.title}",
        "passed": check.verdict is Verdict.PASSED or not judged,
        "score": _whole(check.earned),
        "max-score": _whole(check.points) if judged else 0,
        "verdict": check.verdict.value,
        "kind": check.kind,
        "output": check.feedback.text() if check.feedback else "",
    }


def _whole(points: float) -> int:
    """Half points up, and what is worth anything is worth one."""
    return max(int(points + 0.5), 1) if points else 0


def _submitted(surroundings: Mapping[str, str]) -> str:
    """When the graded commit was made, which does not change when it is graded again; else now."""
    moment = ""
    if "GITHUB_SHA" in surroundings:
        told = subprocess.run(
            ["git", "show", "--no-patch", "--format=%ct", surroundings["GITHUB_SHA"]],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        moment = told.stdout.strip()
    when = datetime.fromtimestamp(int(moment), UTC) if moment.isdecimal() else datetime.now(UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
