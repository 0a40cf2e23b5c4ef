"""What can go wrong before or around a grading, told in the same four parts as a failing check.

    ChefsError            anything that `chefs` shows to a person instead of a traceback (exit code 2)
    ├── CourseError       course.toml or a folder that it lists is not as it should be
    ├── SubmissionError   the file or folder to grade cannot be used
    │   └── NotHandedIn   it is not there
    ├── NotExplorable     a script cannot be explored here, or not in time (exit code 3)
    └── OutputError       a result could not be written (full disk, read-only folder; exit code 3)

A check that fails is no error of the kit: see CheckFailed in manychefs.grading.outcome.
"""

from __future__ import annotations

from manychefs.report import Feedback


class ChefsError(Exception):
    """A problem that a person can act on.

    Args:
        happened: what happened, one sentence.
        cause: the likely cause.
        evidence: lines that show it (a path, a key, a line of a file).
        next_step: what to do now.
    """

    exit_code = 2

    def __init__(
        self,
        happened: str,
        *,
        cause: str = "",
        evidence: list[str] | None = None,
        next_step: str = "",
    ) -> None:
        super().__init__(happened)
        self.feedback = Feedback(
            happened=happened, cause=cause, evidence=list(evidence or ()), next_step=next_step
        )


class CourseError(ChefsError):
    """course.toml, or a folder that it lists, is not as it should be."""


class SubmissionError(ChefsError):
    """The file or folder to grade cannot be used."""


class NotHandedIn(SubmissionError):
    """There is no file for the exercise."""


class NotExplorable(ChefsError):
    """A script cannot be explored: not on this machine, or not in time."""

    exit_code = 3


class OutputError(ChefsError):
    """A result could not be written."""

    exit_code = 3
