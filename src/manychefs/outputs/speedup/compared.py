"""Compared: what `chefs speedup` found, as plain data. Its JSON is what `--json` prints."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from manychefs.report import Feedback, SpeedupMeasurement

Judged = Literal["passed", "failed", "inconclusive"]


class Compared(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What comparing one function with another has found.

    target, over: PATH.py::FUNCTION of the program and of its baseline. verdict: `passed` if the program is
    parallel enough. measurement: the figures, none where there was nothing to measure (it raised, it
    hung, the results differ). feedback: the four parts. printed: what the program printed, if it failed.
    seconds: wall clock of all of it.
    """

    target: str
    over: str
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    verdict: Judged
    feedback: Feedback
    measurement: SpeedupMeasurement | None = None
    printed: str = ""
    seconds: float
    schema: Literal["manychefs/speedup/1"] = "manychefs/speedup/1"

    def to_json(self) -> bytes:
        """All of it as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"
