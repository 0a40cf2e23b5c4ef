"""What a host does to itself before it imports anything of a submission's: walls and limits.

    plan (JSON, from the layer) ──► unprivileged ──► namespaces or Landlock ──► limits ──► the submission

Which steps there are is the layer's choice (manychefs.sandbox.layers); bubblewrap has done its part by
the time this runs. A step that fails ends the host before it has imported anything.
"""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def enter(descriptor: int) -> str:
    """Carry out the plan on a file descriptor; returns the path of the student's file as seen from now on.

    Where that fails the process tells why, on the stream for what is printed, and ends.
    """
    try:
        with open(descriptor, encoding="utf-8") as words:
            plan: dict[str, Any] = json.load(words)
        return _carry_out(plan)
    except BaseException as error:
        print(f"{TROUBLE}{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(125)


TROUBLE = "The sandbox could not be entered: "


def _carry_out(plan: dict[str, Any]) -> str:
    namespaces, landlock = plan.get("namespaces"), plan.get("landlock")
    seen: str = plan["submission"]
    content = {seen: _content(plan["source"])} if namespaces else {}
    if namespaces:
        # All imports first: whom root becomes may not be able to read this Python until it is inside.
        from manychefs.sandbox.inside.namespaces import enter as enter_namespaces
        from manychefs.sandbox.inside.unprivileged import become

        if unprivileged := plan.get("unprivileged"):
            become(unprivileged)
        enter_namespaces(namespaces, content)
    if work := plan["work"]:
        os.makedirs(work, exist_ok=True)
        os.chdir(work)
    if landlock:
        from manychefs.sandbox.inside import landlock as rules
        from manychefs.sandbox.inside.unprivileged import drop_capabilities

        drop_capabilities()
        rules.restrict(**landlock)
    limit(plan["limits"])
    return seen


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def limit(limits: dict[str, int]) -> None:
    """Set this process's resource limits, by the names of the `resource` module without RLIMIT_.

    A limit that is lower already stays; one that the system refuses is left to the grader's watchdog.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, wanted in limits.items():
        try:
            number = getattr(resource, f"RLIMIT_{name}")
            _, hard = resource.getrlimit(number)
            size = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(number, (size, size))
        except (AttributeError, ValueError, OSError):
            # macOS refuses some of them.
            continue
