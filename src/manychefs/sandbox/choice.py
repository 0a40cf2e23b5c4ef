"""Which layer confines submissions here: each is tried once a process, and the strongest that holds is taken.

Graders that are forked from a server are told what their command has found out.

A try is a real start: a host under the layer attempts what it must not be able to do and tells how it went.
So a kernel without user namespaces, a container that forbids them, an AppArmor profile in the way, a Python
that another user cannot read are all found in the same way: it does not work, and this is what it said.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from manychefs.course import Limits
from manychefs.errors import ChefsError
from manychefs.report import clean
from manychefs.sandbox import tree
from manychefs.sandbox.confinement import FULL, LAYERS, Confinement, LayerName, Order
from manychefs.sandbox.inside import landlock as rules
from manychefs.sandbox.layers.bwrap import Bubblewrap
from manychefs.sandbox.layers.landlock import Landlocked
from manychefs.sandbox.layers.none import Unconfined
from manychefs.sandbox.layers.unshare import Unshared
from manychefs.sandbox.layers.walled import HOST
from manychefs.sandbox.scratch import own_children_lock, scratch_folder

PATIENCE = 30.0  # seconds for a try, which takes 0.05 on an idle machine
WANTED, REQUIRED = "MANYCHEFS_CONFINEMENT", "MANYCHEFS_REQUIRE_CONFINEMENT"
PROBE = "manychefs.sandbox.inside.probe"


def layer(name: LayerName, hidden: tuple[Path, ...] = ()) -> Confinement:
    """The layer of that name, whether it works here or not.

    Args:
        hidden: folders that a submission must not see, even where the layer shows what they are in.
    """
    if name == "bwrap":
        return Bubblewrap(hidden)
    if name == "unshare":
        return Unshared(hidden)
    return Landlocked() if name == "landlock" else Unconfined()


def allowed(wanted: str = "", *, required: bool = False) -> list[LayerName]:
    """The layers that may confine a submission, the strongest first, whether they hold here or not.

    Args:
        wanted: exactly this one (default: what the environment's MANYCHEFS_CONFINEMENT names, else any).
        required: none that does not wall a submission off. So does a MANYCHEFS_REQUIRE_CONFINEMENT that is
            neither empty nor 0.

    Raises:
        ChefsError: if the wanted one is not known, or no wall and one is required.
    """
    wanted = wanted or os.environ.get(WANTED, "")
    required = required or os.environ.get(REQUIRED, "") not in ("", "0")
    if wanted and wanted not in LAYERS:
        raise ChefsError(
            f"There is no confinement called {wanted!r}.",
            cause="The name is mistyped.",
            evidence=[f"layers, the strongest first: {', '.join(LAYERS)}"],
            next_step="Leave it away: then the strongest that works here is used.",
        )
    names = [name for name in LAYERS if name == wanted] if wanted else list(LAYERS)
    if required:
        names = [name for name in names if name in FULL]
    if not names:
        raise ChefsError(
            f"Confinement by {wanted} is asked for, and full confinement is required.",
            cause=f"{wanted} does not wall a submission off.",
            evidence=[f"full confinement: {' or '.join(FULL)}"],
            next_step="Leave one of the two options away.",
        )
    return names


def choose(wanted: str = "", *, required: bool = False) -> LayerName:
    """The layer to use: of those that `allowed` gives for `wanted` and `required`, the first that holds here.

    Raises:
        ChefsError: as `allowed`, or if none of them holds here.
    """
    names = allowed(wanted, required=required)
    for name in names:
        if not trouble(name):
            return name
    raise _refusal(names)


def _refusal(names: list[LayerName]) -> ChefsError:
    return ChefsError(
        f"Submissions cannot be confined by {' or '.join(names)} here, and nothing weaker is allowed.",
        cause="This machine, or the container that this runs in, does not offer what that takes.",
        evidence=[f"{name}: {trouble(name)}" for name in names],
        next_step=f"{advice(names[0])} `chefs doctor` says what works here.",
    )


_found: dict[LayerName, str] = {}


def found() -> dict[LayerName, str]:
    """The layers that have been tried, and why each cannot be used here (empty: it can)."""
    return dict(_found)


def take_over(found: dict[LayerName, str]) -> None:
    """Know what another process of this command has found out."""
    _found.update(found)


def trouble(name: LayerName) -> str:
    """Why a layer cannot be used here, found out by trying once; empty if it holds."""
    if name not in _found:
        _found[name] = _find_trouble(name)
    return _found[name]


def _find_trouble(name: LayerName) -> str:
    if name == "none":
        return ""
    if name == "landlock" and (version := rules.abi()) < rules.NEEDED:
        return f"the kernel's Landlock is of version {version}, {rules.NEEDED} is needed"
    if name != "landlock" and not tree.LINUX:
        return "needs Linux"
    try:
        with own_children_lock:  # graders may be starting in other threads
            answers = _try(name)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return clean(str(error), 300) or type(error).__name__
    return _what_does_not_hold(name, answers)


def _what_does_not_hold(name: LayerName, answers: dict[str, object]) -> str:
    forbidden = ["reads", "writes", "root"]
    if name == "landlock" and rules.abi() >= rules.SIGNALS:
        forbidden.append("signals")
    wrong = [word for word in forbidden if answers.get(word) is not False]
    if name in FULL and answers.get("pid") != HOST:
        wrong.append("sees other processes")
    if wrong:
        return f"it does not hold: a submission still {' and '.join(wrong)}"
    return "" if answers.get("semaphores") is True else "multiprocessing's semaphores cannot be made in it"


def _try(name: LayerName) -> dict[str, object]:
    """What a host under this layer can do.

    Raises:
        ValueError: with what was printed instead of an answer.
    """
    folder = scratch_folder()
    try:
        # Readable by everybody, so that only the layer can be what keeps it from being read.
        folder.chmod(0o755)
        secret, submission = folder / "secret", folder / "dish.py"
        for path in (secret, submission):
            path.write_text("# nothing\n", "utf-8")
        if name == "landlock":  # whose submission's folder may be read
            (folder / "in").mkdir()
            submission = submission.rename(folder / "in" / "dish.py")
        with tempfile.TemporaryFile() as output:
            order = Order(PROBE, [str(secret), str(os.getpid())], submission, (), output, Limits())
            sandbox = layer(name).start(order)
            try:
                sandbox.process.wait(PATIENCE)
            finally:
                sandbox.kill()
                sandbox.remove()
            output.seek(0)
            return _answers(output.read(1 << 16))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers(printed: bytes) -> dict[str, object]:
    text = printed.decode("utf-8", "replace").strip()
    with contextlib.suppress(ValueError):
        answers = json.loads(text.splitlines()[-1] if text else "")
        if isinstance(answers, dict):
            return answers
    raise ValueError(text.splitlines()[-1] if text else "it ended without a word")


def advice(name: LayerName) -> str:
    """What a person can do so that a layer works here, as one or two sentences."""
    if not tree.LINUX:
        return "Grade on Linux: other systems offer nothing of the kind."
    if name == "bwrap" and shutil.which("bwrap") is None:
        return "Install bubblewrap (Debian, Ubuntu, Fedora: package bubblewrap)."
    if name in FULL:
        if _first_line("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
            return (
                "AppArmor keeps programs from making user namespaces: allow bwrap by a profile, or set "
                "kernel.apparmor_restrict_unprivileged_userns=0."
            )
        if _first_line("/proc/sys/user/max_user_namespaces") == "0":
            return "User namespaces are switched off: set user.max_user_namespaces above 0."
        return "In a container, allow it to make user namespaces, or grade outside of it."
    return "Landlock needs Linux 6.2 or newer, with landlock among the kernel's security modules."


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text("utf-8").partition("\n")[0].strip()
    except OSError:
        return ""
