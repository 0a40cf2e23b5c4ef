#!/usr/bin/env python3
"""Start Many Chefs: `python3 chefs.py check 03` sets up all it needs, then runs `chefs check 03`.

    python3 chefs.py WORDS ── stamp fits ──────────────────────► .venv/bin/python -m manychefs WORDS
                  └─ else: lock, venv, requirements, package, stamp ─┘

The virtual environment is `.venv` beside this file, or the folder that MANYCHEFS_VENV names. The
stamp in it says what it was made from, and is complete only once all of it is installed: an
interrupted set-up is made anew by the next start. Installers are tried in this order: uv, the pip
that comes with Python, any other pip on this machine (Debian's python3 brings none of its own).

The package is the source beside this file, or the wheel there, which is what students get.

Only the standard library is used, and only syntax that Python 3.6 reads, so that too old a Python
gets a message and not a traceback. What set-up alone needs is imported there: every later start
pays for what is imported at the top.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

ROOT = os.path.dirname(os.path.realpath(__file__))
STAMP = "manychefs-stamp"
OLDEST, NEWEST = (3, 11), (3, 14)
CANNOT_SET_UP, INTERRUPTED = 3, 130
BEAT = 10.0  # seconds between two signs of life of a command that takes long


def engine() -> str:
    """What the package is installed from: its source here, or else the wheel that students get."""
    project = os.path.join(ROOT, "pyproject.toml")
    if os.path.exists(project):
        return project
    try:
        names = [name for name in os.listdir(ROOT) if name.startswith("manychefs-") and name.endswith(".whl")]
    except OSError:
        names = []
    return os.path.join(ROOT, max(names)) if names else project


MADE_FROM = {
    "core": os.path.join(ROOT, "requirements", "core.txt"),
    "dev": os.path.join(ROOT, "requirements", "dev.txt"),
    "instructor": os.path.join(ROOT, "requirements", "instructor.txt"),
    "project": engine(),
}
# Sets beside `core` that are installed only when they are wanted, and stay once they are there. That of
# instructors (nbgrader, Dask) takes 330 MB, so `grade` does without it until one of these words asks for it.
EXTRAS = ("dev", "instructor")
INSTRUCTOR_WORDS = ("--instructor", "--nbgrader", "--scheduler")

# What installers print, and what it means. The first that fits is named as the likely cause.
LIKELY_CAUSES = (
    (("No space left on device", "Disk quota exceeded"), "the disk is full"),
    (
        ("Read-only file system", "Permission denied", "not permitted", "Access is denied"),
        "a folder may not be written to",
    ),
    (
        ("DO NOT MATCH THE HASHES", "Hash mismatch"),
        "a package index or proxy sent a file other than the pinned one",
    ),
    (
        (
            "NewConnectionError",
            "ConnectTimeout",
            "ReadTimeout",
            "ProxyError",
            "SSLError",
            "Failed to fetch",
            "dns error",
            "error sending request",
            "Network connectivity is disabled",
        ),
        "the package index cannot be reached from here",
    ),
    (
        ("No matching distribution", "No solution found"),
        "the package index cannot be reached from here, or lacks the pinned version",
    ),
)


class SetUpFailed(Exception):
    """Set-up cannot go on: what happened, the likely cause, the evidence, what to do next."""

    def __init__(self, event: str, cause: str, evidence: str, remedy: str) -> None:
        super().__init__(event)
        # Cut, because one line of an installer can be longer than the whole message.
        lines = [line[:160] for line in evidence.strip().splitlines()] or ["(nothing was printed)"]
        self.message = "\n".join(
            [
                "chefs: " + event,
                "  likely cause: " + cause,
                "  evidence:",
                *("    | " + line for line in lines),
                "  what to do:   " + remedy,
            ]
        )


class StepFailed(Exception):
    """A command ended with an error; the argument is the end of what it printed."""


def main(words: "list[str]") -> int:
    venv = os.path.realpath(os.environ.get("MANYCHEFS_VENV") or os.path.join(ROOT, ".venv"))
    try:
        extras = wanted_by(words)
        if not is_ready(venv, extras):
            set_up(venv, extras, words)
    except SetUpFailed as failure:
        print(failure.message, file=sys.stderr)
        return CANNOT_SET_UP
    except OSError as error:
        print(trouble_with_files(error, venv).message, file=sys.stderr)
        return CANNOT_SET_UP
    except KeyboardInterrupt:
        print("\nchefs: set-up was interrupted; the next start repairs it.", file=sys.stderr)
        return INTERRUPTED
    os.environ.setdefault("MANYCHEFS_COURSE", ROOT)
    # -P: a student's own random.py in this folder must not replace Python's.
    return become([python_of(venv), "-P", "-m", "manychefs", *words])


def wanted_by(words: "list[str]") -> "set[str]":
    """The sets beside `core` that a command needs. What students get has no pins for them."""
    wanted = {"dev"} if words[:1] == ["test"] else set()
    if any(word.partition("=")[0] in INSTRUCTOR_WORDS for word in words):
        wanted.add("instructor")
    return {name for name in wanted if os.path.exists(MADE_FROM[name])}


# --- the stamp ---------------------------------------------------------------------------------


def is_ready(venv: str, extras: "set[str]") -> bool:
    found = read_stamp(venv)
    return bool(found) and found == stamp_of(venv, extras | kept_extras(found))


def kept_extras(found: "dict[str, str]") -> "set[str]":
    """The sets that an environment was made with, as far as this folder still has their pins."""
    return {name for name in EXTRAS if name in found and os.path.exists(MADE_FROM[name])}


def read_stamp(venv: str) -> "dict[str, str]":
    """What the environment was made from; nothing if there is none, or an unfinished one."""
    try:
        with open(os.path.join(venv, STAMP), encoding="utf-8") as stamp:
            pairs = [line.rstrip("\n").partition(" = ") for line in stamp]
    except (OSError, UnicodeDecodeError):
        return {}
    return {key: value for key, equals, value in pairs if equals}


def stamp_of(venv: str, extras: "set[str]") -> "dict[str, str]":
    """What the stamp would say if the environment were made now."""
    python = python_of(venv)
    stamp = {
        # The package is installed as a link to this folder: a moved folder breaks it.
        "folder": ROOT,
        # Gone, or python3.13 where it was python3.11: the system's Python has been replaced.
        "python": os.path.basename(os.path.realpath(python)) if os.access(python, os.X_OK) else "",
        "core": fingerprint(MADE_FROM["core"]),
        "project": fingerprint(MADE_FROM["project"]),
    }
    stamp.update((name, fingerprint(MADE_FROM[name])) for name in EXTRAS if name in extras)
    return stamp


def write_stamp(venv: str, stamp: "dict[str, str]") -> None:
    with open(os.path.join(venv, STAMP), "w", encoding="utf-8") as file:
        file.writelines("{} = {}\n".format(*pair) for pair in stamp.items())


def fingerprint(path: str) -> str:
    from hashlib import sha256

    with open(path, "rb") as file:
        return sha256(file.read()).hexdigest()


def python_of(venv: str) -> str:
    if os.name == "nt":
        return os.path.join(venv, "Scripts", "python.exe")
    return os.path.join(venv, "bin", "python")


# --- set-up ------------------------------------------------------------------------------------


def set_up(venv: str, extras: "set[str]", words: "list[str]") -> None:
    """Make the environment fit, or raise what to tell the user."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit(become([another_python(), os.path.abspath(__file__), *words]))
    refuse_foreign(venv)
    lock = take_lock(venv)
    try:
        # Another start may have done it while this one waited for the lock.
        if not is_ready(venv, extras):
            make(venv, extras, lock)
    finally:
        lock.close()


def make(venv: str, extras: "set[str]", lock: "IO[str]") -> None:
    import time

    found = read_stamp(venv)
    extras = extras | kept_extras(found)
    wanted = stamp_of(venv, extras)
    # Whole, and only to be added to: an extra comes on top of `core`, or pyproject.toml has changed.
    keep = bool(found) and all(
        found.get(key, wanted.get(key)) == wanted.get(key) for key in ("folder", "python", "core", *EXTRAS)
    )
    name = os.path.relpath(venv, ROOT) if venv.startswith(ROOT + os.sep) else venv
    large = " (nbgrader and Dask: 330 MB, about a minute)" if "instructor" in extras - set(found) else ""
    say(
        f"Adding to {name} what this needs{large}..."
        if keep
        else f"Setting up Many Chefs in {name} (once: half a minute, over a slow network a few)..."
    )
    start = time.monotonic()
    os.makedirs(venv, exist_ok=True)
    write_stamp(venv, {})
    if not keep:
        make_bare_venv(venv, lock)
    install_everything(venv, extras, lock)
    # What runs in a sandbox can write no bytecode, and uv writes none: each process would compile it anew.
    compiling = "import compileall, manychefs; compileall.compile_dir(manychefs.__path__[0], quiet=2)"
    run([python_of(venv), "-c", compiling], lock)
    write_stamp(venv, stamp_of(venv, extras))
    say(f"Ready after {time.monotonic() - start:.0f} s.")


def refuse_foreign(venv: str) -> None:
    """Only a folder with a stamp, or an empty one, is the launcher's own and may be emptied."""
    if os.path.isdir(venv):
        foreign = bool(os.listdir(venv)) and not os.path.exists(os.path.join(venv, STAMP))
    else:
        foreign = os.path.lexists(venv)
    if foreign:
        is_venv = os.path.exists(os.path.join(venv, "pyvenv.cfg"))
        raise SetUpFailed(
            f"{venv} is not used, because chefs.py did not make it.",
            "it is {} of yours or of another tool, and is left as it is".format(
                "a virtual environment" if is_venv else "something"
            ),
            f"there is no {STAMP} in it",
            "move or delete it yourself, or name another folder in MANYCHEFS_VENV",
        )


def make_bare_venv(venv: str, lock: "IO[str]") -> None:
    """An environment without any installer: the one thing that every Python can make."""
    import shutil

    # The stamp stays, or else a start that is killed here would leave a folder without an owner.
    # The folder itself stays too: a link or a mount may lead to it.
    for entry in sorted(set(os.listdir(venv)) - {STAMP}):
        path = os.path.join(venv, entry)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    say("  making a virtual environment")
    # Started from inside the old environment, sys.executable has just been deleted.
    python = getattr(sys, "_base_executable", None) or sys.executable
    try:
        run([python, "-m", "venv", "--without-pip", venv], lock)
    except StepFailed as failure:
        raise SetUpFailed(
            f"{python} cannot make a virtual environment.",
            likely_cause(str(failure), "its `venv` module is missing or broken"),
            str(failure),
            "on Debian or Ubuntu: apt install python3-venv; elsewhere: a Python from python.org",
        ) from None


def install_everything(venv: str, extras: "set[str]", lock: "IO[str]") -> None:
    uv = which("uv")
    said = []
    if uv:
        try:
            return install([uv, "pip", "install", "--python", python_of(venv)], extras, lock)
        except StepFailed as failure:
            said.append("uv:\n" + str(failure))
            say("uv could not install it; trying pip...")
            make_bare_venv(venv, lock)
    try:
        return install(find_pip(venv, said, lock), extras, lock)
    except StepFailed as failure:
        said.append("pip:\n" + str(failure))
    evidence = "\n".join(said)
    raise SetUpFailed(
        "what Many Chefs needs could not be installed.",
        likely_cause(evidence, "see the installer's last lines"),
        evidence,
        "put that right and start again: the next start repairs what is unfinished "
        "(MANYCHEFS_VENV names another folder; pip's own settings name another package index)",
    )


def install(installer: "list[str]", extras: "set[str]", lock: "IO[str]") -> None:
    names = ["core", *(name for name in EXTRAS if name in extras)]
    pinned = [word for name in names for word in ("-r", MADE_FROM[name])]
    say(f"  downloading and installing about {sum(pins_in(MADE_FROM[name]) for name in names)} packages")
    run([*installer, "--require-hashes", *pinned], lock)
    say("  installing Many Chefs itself")
    # "." is ROOT, where commands run: in a path, installers take brackets for something else.
    if MADE_FROM["project"].endswith(".whl"):
        # Another engine may come under the same version; nothing else is installed anew by this.
        package = ["--force-reinstall", os.path.join(".", os.path.basename(MADE_FROM["project"]))]
    else:
        package = ["--no-build-isolation", "-e", "."]
    run([*installer, "--no-index", "--no-deps", *package], lock)


def pins_in(path: str) -> int:
    """How many packages a pinned set names."""
    with open(path, encoding="utf-8") as pins:
        return sum("==" in line and not line.startswith((" ", "#")) for line in pins)


def find_pip(venv: str, said: "list[str]", lock: "IO[str]") -> "list[str]":
    """A pip that installs into the environment: its own if it can have one, else a foreign one."""
    python = python_of(venv)
    try:
        run([python, "-m", "ensurepip"], lock)
        return [python, "-m", "pip", "install"]
    except StepFailed as failure:
        said.append(last_line(failure))
    for pip in foreign_pips():
        into = [*pip, "--python", python]
        try:
            # Older than 22.3, it knows no --python; a wrapper may have no Python behind it.
            run([*into, "--version"], lock)
            return [*into, "install"]
        except StepFailed as failure:
            said.append(" ".join(pip) + ": " + last_line(failure))
    raise SetUpFailed(
        "there is nothing on this machine to install packages with.",
        "this Python comes without pip (as on Debian and Ubuntu), and uv is not there or failed",
        "\n".join(said),
        "install python3-venv (apt install python3-venv), or python3-pip, or uv; then start again",
    )


def foreign_pips() -> "Iterator[list[str]]":
    from glob import glob

    base = getattr(sys, "_base_executable", None) or sys.executable
    yield [base, "-m", "pip"]
    for name in ("pip3", "pip"):
        path = which(name)
        if path:
            yield [path]
    for name in ("python3", *(f"python3.{minor}" for minor in range(NEWEST[1], 7, -1))):
        path = which(name)
        if path:
            yield [path, "-m", "pip"]
    # Debian keeps a pip there to copy into virtual environments. Python runs a wheel as it is.
    for wheel in sorted(glob("/usr/share/python-wheels/pip-*.whl")):
        yield [base, os.path.join(wheel, "pip")]


def another_python() -> str:
    """A Python that Many Chefs runs on, when the one that started this is too old or too new."""
    tried = []
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        path = which(f"python3.{minor}")
        if path:
            try:
                # A name on PATH proves little: version managers put one there for each Python.
                run([path, "-c", "import venv"])
                return path
            except StepFailed as failure:
                tried.append(f"{path}: {failure}")
    uv = which("uv")
    if uv:
        versions = ">={}.{},<{}.{}".format(*OLDEST, NEWEST[0], NEWEST[1] + 1)
        say("Python {}.{} does not fit; asking uv for another...".format(*sys.version_info[:2]))
        find = [uv, "python", "find", "--no-project", "--system", versions]
        try:
            return run(find).strip()
        except StepFailed:
            pass  # none is here yet
        try:
            run([uv, "python", "install", versions])
            return run(find).strip()
        except StepFailed as failure:
            tried.append("uv:\n" + str(failure))
    age = "old" if sys.version_info[:2] < OLDEST else "new"
    raise SetUpFailed(
        f"this Python is too {age}.",
        "Many Chefs runs on Python {}.{} to {}.{}, and none of those is on PATH".format(*OLDEST, *NEWEST),
        "\n".join(["{} is Python {}.{}.{}".format(sys.executable, *sys.version_info[:3]), *tried]),
        "install one of them (or uv, which brings its own), then start again",
    )


# --- processes, locks, words -------------------------------------------------------------------


def become(argv: "list[str]") -> int:
    """Replace this process by a command; where the system cannot, run it and take its exit code."""
    if os.name != "nt":
        os.execv(argv[0], argv)
    import subprocess

    process = subprocess.Popen(argv)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the command got it too, and it decides what comes of it
            continue


def run(argv: "list[str]", lock: "IO[str] | None" = None) -> str:
    """Run a command to its end and return what it printed; say now and then what it is at."""
    import subprocess
    from threading import Thread

    surroundings = dict(os.environ, NO_COLOR="1", PIP_USER="0", PIP_NO_INPUT="1")
    surroundings["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    surroundings.pop("FORCE_COLOR", None)
    # Should this process be killed, the installer that lives on keeps the lock until it ends.
    kept = (lock.fileno(),) if lock and os.name != "nt" else ()
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=surroundings,
            pass_fds=kept,
        )
    except OSError as error:
        raise StepFailed(f"{argv[0]}: {error}") from None
    printed = []  # type: list[str]
    reader = Thread(target=read_lines, args=(process.stdout, printed), daemon=True)
    reader.start()
    try:
        beats = 0
        while reader.is_alive():
            reader.join(BEAT)
            if reader.is_alive():
                beats += 1
                say(f"    {beats * BEAT:4.0f} s  {at_last(printed)}".rstrip())
        status = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if status:
        raise StepFailed("\n".join(printed[-8:]) or f"exit code {status}")
    return "\n".join(printed)


def read_lines(pipe: "IO[bytes]", lines: "list[str]") -> None:
    """Add each line that comes, up to the end; empty ones are left out."""
    with pipe:
        for line in pipe:
            text = line.decode("utf-8", "replace").rstrip()
            if text.strip():
                lines.append(text)


def at_last(printed: "list[str]") -> str:
    """What an installer said last, short: `Collecting rich==14.2.0`."""
    text = printed[-1].strip().partition(" (from ")[0] if printed else ""
    return "".join(each for each in text if each.isprintable())[:60]


def take_lock(venv: str) -> "IO[str]":
    """Wait until no other start is setting up the same folder."""
    os.makedirs(os.path.dirname(venv), exist_ok=True)
    lock = open(venv + ".lock", "w")  # noqa: SIM115 - it is open for as long as it is held
    waiting = False
    while not try_lock(lock, patient=waiting):
        if not waiting:
            say("Another start is setting up Many Chefs; waiting for it...")
            waiting = True
    return lock


def try_lock(lock: "IO[str]", patient: bool) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:  # patient: ten tries, a second apart
            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK if patient else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
    else:
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if patient else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
    return True


def which(name: str) -> "str | None":
    from shutil import which

    return which(name)


def likely_cause(evidence: str, otherwise: str) -> str:
    for signs, cause in LIKELY_CAUSES:
        if any(sign in evidence for sign in signs):
            return cause
    return otherwise


def last_line(failure: StepFailed) -> str:
    return str(failure).splitlines()[-1]


def trouble_with_files(error: OSError, venv: str) -> SetUpFailed:
    return SetUpFailed(
        f"Many Chefs could not be set up in {venv}.",
        likely_cause(str(error), "a file or folder is missing, or is in the way"),
        str(error),
        "put that right, or name a folder that can be written to in MANYCHEFS_VENV; start again",
    )


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
