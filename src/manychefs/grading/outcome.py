"""What a check raises when it does not pass.

CheckEnded              carries the Feedback and the Evidence of a check
├── CheckFailed         the student's program is wrong
└── CheckInconclusive   this machine could not show it
"""

from __future__ import annotations

from manychefs.report import Evidence, Feedback


class CheckEnded(Exception):
    """A check has its verdict; `feedback` tells it, `evidence` shows it.

    Args:
        share: the part of the check's points that a failed check earns all the same, 0 to 1.
    """

    def __init__(self, feedback: Feedback, evidence: Evidence | None = None, share: float = 0.0) -> None:
        super().__init__(feedback.happened)
        self.feedback = feedback
        self.evidence = evidence
        self.share = share


class CheckFailed(CheckEnded):
    """The student's program is wrong, and this says how."""


class CheckInconclusive(CheckEnded):
    """This machine could not show whether the student's program is right."""
