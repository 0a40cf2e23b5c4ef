"""Who a walled sandbox runs as: oneself, or, for root, a user that owns nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manychefs.sandbox.layers import visible

NOBODY_ELSE = 65_525
"""A user id that no system gives away: 65,520 to 65,533 are kept free (systemd, "Users, Groups, UIDs and
GIDs"). Not 65,534, "nobody", who may own what others have left."""


@dataclass(frozen=True, slots=True)
class Unprivileged:
    """The user that root becomes, and what it must bind first because that user could not reach it.

    places: for each folder out of reach, where it is bound.
    """

    uid: int
    places: dict[Path, str]

    @property
    def binds(self) -> list[tuple[str, str]]:
        """Folder and place, as text."""
        return [(str(source), place) for source, place in self.places.items()]

    def plan(self) -> dict[str, Any]:
        """For manychefs.sandbox.inside.unprivileged."""
        stage = os.path.dirname(self.binds[0][1]) if self.binds else ""
        return {"uid": self.uid, "binds": self.binds, "stage": stage}


def unprivileged_user(shared: Path | None) -> Unprivileged | None:
    """For root, the user to become; None for everybody else.

    Args:
        shared: the grader's folder that this user has to reach.

    Raises:
        OSError: if that user could not be given what it needs.
    """
    if os.geteuid() != 0:
        return None
    return Unprivileged(NOBODY_ELSE, visible.stage(visible.out_of_reach(shared)))
