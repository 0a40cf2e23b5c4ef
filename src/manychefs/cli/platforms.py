"""Where this runs: a CI service, known by the environment or the folders that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Name = Literal["github", "classroom50", "gitlab", "gradescope", "none"]
GRADESCOPE = Path("/autograder")


@dataclass(frozen=True, slots=True)
class Platform:
    """A CI service and where it looks for things.

    submissions: the folder with the student's files, where that is not the course's own. results: where
    its result file goes. failures_are_ours: whether it takes an exit code other than 0 for a failure of
    the grading, and reads the student's from the result file.
    """

    name: Name
    submissions: Path | None = None
    results: Path | None = None
    failures_are_ours: bool = False


def find_platform(surroundings: Mapping[str, str], here: Path) -> Platform:
    """The service whose variables are set, or whose folders are there.

    Args:
        surroundings: the process's environment.
        here: the current folder, in which GitHub's and GitLab's jobs start.
    """
    # Classroom 50 grades inside a GitHub Actions job, so it is asked for first.
    if all(surroundings.get(name) for name in ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG")):
        return Platform("classroom50", results=here / "result.json", failures_are_ours=True)
    if surroundings.get("GITHUB_ACTIONS") == "true":
        return Platform("github")
    if surroundings.get("GITLAB_CI") == "true":
        return Platform("gitlab", results=here / "manychefs-junit.xml")
    autograder = Path(surroundings.get("MANYCHEFS_AUTOGRADER", GRADESCOPE))
    if (autograder / "submission").is_dir():
        return Platform(
            "gradescope",
            submissions=autograder / "submission",
            results=autograder / "results" / "results.json",
            failures_are_ours=True,
        )
    return Platform("none")
