"""What Gradescope and Classroom 50 take, as types: decoding a document into one proves that it fits.

Gradescope: its page "Autograder Specifications" (gradescope-autograders.readthedocs.io). Classroom 50: its
wiki's page "Advanced Autograding" and `schemas/result-v1.schema.json` of github.com/foundation50/classroom50;
owner and assignment_type are added by its runner.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Points = Annotated[float, Meta(ge=0)]
Whole = Annotated[int, Meta(ge=0)]
Something = Annotated[str, Meta(min_length=1)]
Visibility = Literal["hidden", "after_due_date", "after_published", "visible"]
TextFormat = Literal["text", "simple_format", "md", "html", "ansi"]
Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$")]
LARGEST_RESULT = 10 << 20  # bytes that Classroom 50 collects (collect_scores.py)


class GradescopeTest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One of `tests`."""

    score: Points | None = None
    max_score: Points | None = None
    status: Literal["passed", "failed"] | None = None
    name: str = ""
    name_format: TextFormat = "text"
    number: str = ""
    output: str = ""
    output_format: TextFormat = "text"
    tags: list[str] = []
    visibility: Visibility = "visible"
    extra_data: dict[str, Any] = {}


class GradescopeResults(msgspec.Struct, forbid_unknown_fields=True):
    """/autograder/results/results.json"""

    score: Points
    tests: list[GradescopeTest]
    execution_time: Points = 0
    output: str = ""
    output_format: TextFormat = "text"
    test_output_format: TextFormat = "text"
    test_name_format: TextFormat = "text"
    visibility: Visibility = "visible"
    stdout_visibility: Visibility = "hidden"
    extra_data: dict[str, Any] = {}

    def __post_init__(self) -> None:
        for test in self.tests:
            known = {test.score is None, test.max_score is None, test.status is None}
            if len(known) > 1 or (test.score or 0) > (test.max_score or 0):
                raise ValueError(f"test {test.number}: score, max_score and status do not go together")


class Classroom50Test(msgspec.Struct, rename="kebab"):
    """One of `tests`; it may have more fields."""

    test_name: Something
    passed: bool
    score: Whole
    max_score: Whole


class Classroom50Result(msgspec.Struct, forbid_unknown_fields=True, rename={"max_score": "max-score"}):
    """result.json, as an autograder writes it."""

    schema: Literal["classroom50/result/v1"]
    classroom: Something
    assignment: Something
    submission: Annotated[str, Meta(pattern="^submit/")]
    commit: Something
    release: Something
    review: Something
    datetime: Moment
    score: Whole
    max_score: Whole
    tests: list[Classroom50Test]

    def __post_init__(self) -> None:
        if any(each.score > each.max_score for each in [self, *self.tests]):
            raise ValueError("a score is above its maximum")
