"""bubblewrap: a program that many desktops start their applications with, and that is audited as such.

    grader ──► [unprivileged.py, where root must bind Python's folders] ──► bwrap ──► init ──► host

Never as root: a grader that is root starts it as another user. It gets its arguments and the submission by
file descriptors, so that no path of the host's is to be read in a process list.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from manychefs.sandbox.confinement import LayerName, Order, Sandbox
from manychefs.sandbox.frames import read_untrusted
from manychefs.sandbox.inside import unprivileged
from manychefs.sandbox.layers import visible
from manychefs.sandbox.layers.given import given, given_plan
from manychefs.sandbox.layers.limits import resource_limits
from manychefs.sandbox.layers.users import Unprivileged, unprivileged_user
from manychefs.sandbox.layers.walled import WalledSandbox, inside

LONGEST_SUBMISSION = 16 << 20
WALLS = (
    *("--unshare-user", "--unshare-all", "--disable-userns", "--die-with-parent", "--new-session"),
    *("--cap-drop", "ALL", "--hostname", "kitchen"),
)


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """A submission sees itself and Python, and nothing else."""

    hidden: tuple[Path, ...] = ()
    name: Final[LayerName] = "bwrap"

    def start(self, order: Order) -> Sandbox:
        """Start bwrap, and in it the host.

        Raises:
            FileNotFoundError: where there is no bwrap.
        """
        program = shutil.which("bwrap")
        if program is None:
            raise FileNotFoundError("there is no program bwrap")
        user = unprivileged_user(order.shared)
        content = read_untrusted(order.submission, LONGEST_SUBMISSION)
        with given(content) as submission, given_plan(_plan(order)) as plan:
            words = self._words(order, user, submission)
            with given(b"".join(os.fsencode(word) + b"\0" for word in words)) as options:
                host = [visible.python(), "-I", "-B", "-m", order.module, str(plan), *order.arguments]
                command = [program, "--args", str(options), *host]
                passed = (submission, plan, options)
                if user is not None and user.binds:
                    first = [sys.executable, "-I", "-S", "-B", unprivileged.__file__]
                    return WalledSandbox(order, [*first, *unprivileged.words(user.plan()), *command], passed)
                return WalledSandbox(order, command, passed, user.uid if user else None)

    def _words(self, order: Order, user: Unprivileged | None, submission: int) -> list[str]:
        words = list(WALLS)
        mounts = visible.layout(order.limits, self.hidden, user.places if user else {}, order.shared)
        for mount in mounts:
            if mount.place.startswith("/dev/"):
                continue
            words += _mount(mount)
        words += ["--proc", "/proc", "--dev", "/dev"]
        words += [word for mount in mounts if mount.place.startswith("/dev/") for word in _mount(mount)]
        words += ["--dir", visible.WORK, "--dir", visible.SUBMISSION_FOLDER]
        words += ["--perms", "0444", "--file", str(submission), str(inside(order.submission))]
        return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", visible.WORK]


def _mount(mount: visible.Mount) -> list[str]:
    if mount.kind == "link":
        return ["--symlink", mount.source, mount.place]
    if mount.kind == "tmpfs":
        return ["--size", mount.source, "--perms", "0700", "--tmpfs", mount.place]
    return ["--ro-bind", mount.source, mount.place]


def _plan(order: Order) -> dict[str, object]:
    return {
        "submission": str(inside(order.submission)),
        "work": visible.WORK,
        "limits": resource_limits(order, own_user=True),
    }
