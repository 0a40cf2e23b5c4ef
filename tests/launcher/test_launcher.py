"""chefs.py, run as a user runs it: as a process, in a copy of the folder, with its real steps.

Only the installer is a stand-in, so that no test asks a package index: a shell script named `uv`
(or `pip3`) on PATH that puts a small `manychefs` into the virtual environment. It logs each call,
and waits at a named pipe when told to, so that tests can act in the middle of a set-up.
The slow test at the end does without the stand-in.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
DEBIAN_PYTHON = Path("/usr/bin/python3")
PARTS = ("chefs: ", "likely cause: ", "evidence:", "what to do: ")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for uv is a shell script")

STAND_IN = """#!/bin/sh
echo "$0 $*" >>"$KITCHEN/installer.log"
for word in "$@"; do
    [ "$before" = --python ] && python=$word
    case $word in
        --version) exit 0 ;;
        -e|*.whl) package=yes ;;
    esac
    before=$word
done
[ -z "$INSTALLER_IS_AT" ] || echo "$INSTALLER_IS_AT"
if [ -n "$WAIT_IN_INSTALLER" ]; then
    echo here >"$KITCHEN/reached"
    read -r _ <"$KITCHEN/go"
fi
if [ -n "$INSTALLER_SAYS" ]; then
    echo "$INSTALLER_SAYS" >&2
    exit 2
fi
[ -z "$package" ] || "$python" - "$KITCHEN/manychefs" <<'END'
import shutil, sys, sysconfig
shutil.copytree(sys.argv[1], sysconfig.get_path("purelib") + "/manychefs", dirs_exist_ok=True)
END
"""

COMMAND = """
import json, os, random, sys
print(json.dumps({
    "words": sys.argv[1:], "cwd": os.getcwd(), "pid": os.getpid(), "prefix": sys.prefix,
    "course": os.environ["MANYCHEFS_COURSE"], "random": random.__file__,
}))
sys.exit(int(os.environ.get("EXIT_CODE", "0")))
"""


class Kitchen:
    """A copy of what the launcher needs, and a PATH with the stand-in for uv on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "many chefs"
        self.venv = self.root / ".venv"
        self.stamp = self.venv / "manychefs-stamp"
        self.log = folder / "installer.log"
        self.bin = folder / "bin"
        self.root.mkdir()
        self.bin.mkdir()
        for name in ("chefs.py", "pyproject.toml"):
            shutil.copy(REPO / name, self.root)
        shutil.copytree(REPO / "requirements", self.root / "requirements")
        (folder / "manychefs").mkdir()
        (folder / "manychefs" / "__main__.py").write_text(COMMAND)
        for pipe in ("reached", "go"):
            os.mkfifo(folder / pipe)
        # The stand-in calls these; nothing else that the machine has shall be found.
        self.add("uv", STAND_IN)

    def add(self, name: str, script: str) -> None:
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    def hide_pip(self) -> None:
        """As on a Debian whose python3 has neither ensurepip nor pip."""
        hidden = self.folder / "hidden"
        hidden.mkdir()
        (hidden / "sitecustomize.py").write_text(
            "import sys\nsys.modules['ensurepip'] = sys.modules['pip'] = None\n"
        )

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "PATH": str(self.bin),
            "HOME": str(self.folder),
            "KITCHEN": str(self.folder),
            "PYTHONPATH": str(self.folder / "hidden"),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            **more,
        }

    def begin(
        self, *words: str, python: str = sys.executable, cwd: Path | None = None, **more: str
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [python, str(self.root / "chefs.py"), *words],
            cwd=cwd or self.folder,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # As from a terminal: a group of its own, and one that Ctrl-C interrupts, also where
            # the tests themselves run in the background and ignore it.
            start_new_session=True,
            preexec_fn=heed_interrupts,
        )

    def start(
        self, *words: str, python: str = sys.executable, cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        process = self.begin(*words, python=python, cwd=cwd, **more)
        out, err = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def wait_until_installing(self) -> None:
        (self.folder / "reached").read_text()

    def let_it_go_on(self) -> None:
        (self.folder / "go").write_text("go\n")


def heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def kitchen(tmp_path: Path) -> Kitchen:
    return Kitchen(tmp_path)


@pytest.fixture
def ready(kitchen: Kitchen) -> Kitchen:
    """A kitchen that is set up already."""
    started = kitchen.start()
    assert started.returncode == 0, started.stderr
    kitchen.log.unlink()
    return kitchen


def assert_four_parts(started: subprocess.CompletedProcess[str]) -> None:
    assert started.returncode == 3, started
    assert [part for part in PARTS if part not in started.stderr] == []
    assert "Traceback" not in started.stderr
    assert started.stdout == ""


def pinned_packages(name: str) -> list[str]:
    pins = (REPO / "requirements" / f"{name}.txt").read_text("utf-8")
    return re.findall(r"(?m)^([\w.-]+)==", pins)


# --- starting ----------------------------------------------------------------------------------


def test_the_first_start_sets_up_and_the_second_goes_straight_on(kitchen: Kitchen) -> None:
    first = kitchen.start("check", "03")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["words"] == ["check", "03"]
    assert json.loads(first.stdout)["prefix"] == str(kitchen.venv)
    setting_up, *steps, after = first.stderr.splitlines()
    assert setting_up.startswith("Setting up Many Chefs in .venv (once: ")
    assert steps == [
        "  making a virtual environment",
        f"  downloading and installing about {len(pinned_packages('core'))} packages",
        "  installing Many Chefs itself",
    ]
    assert after.startswith("Ready after ")
    pinned, package = kitchen.calls()
    assert "--require-hashes -r" in pinned
    assert "core.txt" in pinned
    assert "dev.txt" not in pinned
    assert "--no-index --no-deps --no-build-isolation -e" in package

    second = kitchen.start("check", "03")
    assert (second.returncode, second.stderr) == (0, "")
    assert len(kitchen.calls()) == 2


def test_a_set_up_that_takes_long_says_what_it_is_at(kitchen: Kitchen) -> None:
    launcher = kitchen.root / "chefs.py"
    launcher.write_text(re.sub(r"(?m)^BEAT = [\d.]+", "BEAT = 0.05", launcher.read_text("utf-8")), "utf-8")
    process = kitchen.begin(WAIT_IN_INSTALLER="yes", INSTALLER_IS_AT="Collecting rich==1.0 (from -r x)")
    kitchen.wait_until_installing()
    assert process.stderr is not None
    signs = iter(process.stderr.readline, "")
    assert any(re.fullmatch(r" +\d+ s  Collecting rich==1.0\n", line) for line in signs)
    kitchen.let_it_go_on()
    kitchen.wait_until_installing()
    assert any(line == "  installing Many Chefs itself\n" for line in signs)
    kitchen.let_it_go_on()
    assert process.communicate()[1].splitlines()[-1].startswith("Ready after ")
    assert process.returncode == 0


def test_words_folder_and_exit_code_pass_through(ready: Kitchen, tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    process = ready.begin("a b", "", "--c='d'", cwd=elsewhere, EXIT_CODE="7")
    out, err = process.communicate()
    told = json.loads(out)
    assert (process.returncode, err) == (7, "")
    assert told["words"] == ["a b", "", "--c='d'"]
    assert told["cwd"] == str(elsewhere)
    assert told["pid"] == process.pid  # replaced, not run beside: signals reach the command


def test_the_course_is_the_launchers_folder_unless_it_is_named(ready: Kitchen) -> None:
    assert json.loads(ready.start().stdout)["course"] == str(ready.root)
    assert json.loads(ready.start(MANYCHEFS_COURSE="/x").stdout)["course"] == "/x"


def test_a_link_to_the_launcher_uses_the_folder_of_the_launcher(ready: Kitchen) -> None:
    link = ready.folder / "link.py"
    link.symlink_to(ready.root / "chefs.py")
    done = subprocess.run(
        [sys.executable, link], env=ready.environment(), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["course"] == str(ready.root)


def test_a_students_file_does_not_stand_in_for_pythons(ready: Kitchen, tmp_path: Path) -> None:
    (tmp_path / "random.py").write_text("raise SystemExit('the wrong random')")
    started = ready.start(cwd=tmp_path)
    assert started.returncode == 0, started.stderr
    assert not json.loads(started.stdout)["random"].startswith(str(tmp_path))


def test_another_folder_can_be_named(kitchen: Kitchen) -> None:
    other = kitchen.folder / "deep" / "er"
    started = kitchen.start(MANYCHEFS_VENV=str(other))
    assert json.loads(started.stdout)["prefix"] == str(other)
    assert not kitchen.venv.exists()


# --- as students get it: a wheel instead of the source -----------------------------------------


@pytest.fixture
def students(kitchen: Kitchen) -> Kitchen:
    (kitchen.root / "pyproject.toml").unlink()
    (kitchen.root / "requirements" / "dev.txt").unlink()
    (kitchen.root / "manychefs-0.1.0-py3-none-any.whl").write_text("a wheel")
    return kitchen


def test_without_the_source_the_wheel_is_installed(students: Kitchen) -> None:
    first = students.start("check", "03")
    assert json.loads(first.stdout)["words"] == ["check", "03"]
    assert "--no-deps --force-reinstall ./manychefs-0.1.0-py3-none-any.whl" in students.calls()[1]
    assert students.start("check", "03").stderr == ""


def test_another_wheel_under_the_same_name_only_adds(students: Kitchen) -> None:
    students.start()
    (students.venv / "kept").touch()
    (students.root / "manychefs-0.1.0-py3-none-any.whl").write_text("a mended wheel")
    assert students.start().stderr.startswith("Adding to .venv")
    assert (students.venv / "kept").exists()


def test_the_word_test_needs_no_pins_that_students_do_not_have(students: Kitchen) -> None:
    started = students.start("test")
    assert json.loads(started.stdout)["words"] == ["test"]
    assert "dev.txt" not in students.calls()[0]


def test_a_folder_without_source_and_wheel_says_so(students: Kitchen) -> None:
    (students.root / "manychefs-0.1.0-py3-none-any.whl").unlink()
    started = students.start()
    assert_four_parts(started)
    assert "pyproject.toml" in started.stderr


# --- what makes a set-up necessary -------------------------------------------------------------


def test_the_word_test_adds_the_dev_set_once(ready: Kitchen) -> None:
    (ready.venv / "kept").touch()
    assert ready.start("test").returncode == 0
    assert "dev.txt" in ready.calls()[0]
    assert (ready.venv / "kept").exists()
    for words in (["test"], ["check"]):
        assert ready.start(*words).stderr == ""


@pytest.mark.parametrize(
    "words",
    [("setup", "--instructor"), ("release", "--nbgrader", "DIR"), ("grade", "class", "--scheduler=tcp://x")],
)
def test_the_instructors_set_is_added_when_it_is_asked_for(ready: Kitchen, words: tuple[str, ...]) -> None:
    assert ready.start("grade", "class").returncode == 0
    assert ready.calls() == []  # grading alone costs nobody 330 MB
    started = ready.start(*words)
    assert "nbgrader and Dask" in started.stderr
    assert "instructor.txt" in ready.calls()[0]
    assert "dev.txt" not in ready.calls()[0]
    for later in (words, ("grade", "class")):
        assert ready.start(*later).stderr == ""


def test_both_sets_live_side_by_side(ready: Kitchen) -> None:
    ready.start("test")
    ready.start("setup", "--instructor")
    assert ready.start("test").stderr == ""
    ready.log.unlink()
    (ready.venv / "bin" / "python").unlink()
    assert ready.start("check").returncode == 0
    assert all(name in ready.calls()[0] for name in ("core.txt", "dev.txt", "instructor.txt"))


def test_a_students_folder_has_no_instructors_set(ready: Kitchen) -> None:
    (ready.root / "requirements" / "instructor.txt").unlink()
    started = ready.start("setup", "--instructor")
    assert (started.returncode, started.stderr) == (0, "")


def test_other_pins_make_a_new_environment(ready: Kitchen) -> None:
    (ready.venv / "left over").touch()
    with (ready.root / "requirements" / "core.txt").open("a") as pins:
        pins.write("# changed\n")
    assert ready.start().returncode == 0
    assert not (ready.venv / "left over").exists()


def test_another_pyproject_only_adds(ready: Kitchen) -> None:
    (ready.venv / "kept").touch()
    with (ready.root / "pyproject.toml").open("a") as project:
        project.write("# changed\n")
    assert ready.start().stderr.startswith("Adding to .venv")
    assert (ready.venv / "kept").exists()


def test_a_dev_set_stays_one_when_it_is_made_anew(ready: Kitchen) -> None:
    ready.start("test")
    ready.log.unlink()
    with (ready.root / "requirements" / "dev.txt").open("a") as pins:
        pins.write("# changed\n")
    assert ready.start("check").returncode == 0
    assert "dev.txt" in ready.calls()[0]


@pytest.mark.parametrize("broken", ["no python", "unfinished", "no package folder"])
def test_a_broken_environment_is_repaired(ready: Kitchen, broken: str) -> None:
    if broken == "no python":
        (ready.venv / "bin" / "python").unlink()
    elif broken == "unfinished":
        ready.stamp.write_text("")
    else:
        shutil.rmtree(ready.venv)
    started = ready.start("check")
    assert json.loads(started.stdout)["words"] == ["check"]
    assert "Setting up" in started.stderr


def test_a_moved_folder_is_set_up_anew(ready: Kitchen) -> None:
    ready.root = ready.root.rename(ready.folder / "moved")
    started = ready.start()
    assert "Setting up" in started.stderr
    assert json.loads(started.stdout)["course"] == str(ready.root)


def test_an_environment_that_is_a_link_keeps_being_one(kitchen: Kitchen) -> None:
    (kitchen.folder / "larger disk").mkdir()
    kitchen.venv.symlink_to(kitchen.folder / "larger disk")
    assert kitchen.start().returncode == 0
    kitchen.stamp.write_text("")
    assert kitchen.start().returncode == 0
    assert kitchen.venv.is_symlink()


# --- what is not the launcher's own ------------------------------------------------------------


@pytest.mark.parametrize("kind", ["folder", "environment", "file"])
def test_what_the_launcher_did_not_make_is_left_alone(kitchen: Kitchen, kind: str) -> None:
    if kind == "file":
        kitchen.venv.write_text("mine")
    else:
        kitchen.venv.mkdir()
        name = "notes.txt" if kind == "folder" else "pyvenv.cfg"
        (kitchen.venv / name).write_text("mine")
    before = sorted(kitchen.root.rglob("*"))
    started = kitchen.start()
    assert_four_parts(started)
    assert "did not make it" in started.stderr
    assert "MANYCHEFS_VENV" in started.stderr
    assert ("a virtual environment" in started.stderr) == (kind == "environment")
    assert sorted(kitchen.root.rglob("*")) == before
    assert kitchen.calls() == []


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="Linux has a folder that none writes to")
def test_a_folder_that_cannot_be_written_to(kitchen: Kitchen) -> None:
    started = kitchen.start(MANYCHEFS_VENV="/sys/chefs")
    assert_four_parts(started)
    assert "a folder may not be written to" in started.stderr
    assert "/sys/chefs" in started.stderr


def test_a_missing_requirements_file(kitchen: Kitchen) -> None:
    (kitchen.root / "requirements" / "core.txt").unlink()
    started = kitchen.start()
    assert_four_parts(started)
    assert "core.txt" in started.stderr


# --- installers --------------------------------------------------------------------------------


def test_a_foreign_pip_does_when_there_is_no_other(kitchen: Kitchen) -> None:
    kitchen.hide_pip()
    (kitchen.bin / "uv").rename(kitchen.bin / "pip3")
    started = kitchen.start()
    assert started.returncode == 0, started.stderr
    asked, pinned, package = kitchen.calls()
    assert asked.endswith(f"pip3 --python {kitchen.venv}/bin/python --version")
    assert f"pip3 --python {kitchen.venv}/bin/python install --require-hashes" in pinned
    assert "-e" in package


def test_pip_is_tried_when_uv_fails(kitchen: Kitchen) -> None:
    kitchen.hide_pip()
    kitchen.add("pip3", STAND_IN)
    kitchen.add("uv", "#!/bin/sh\necho 'uv: out of order'\nexit 2\n")
    started = kitchen.start()
    assert started.returncode == 0, started.stderr
    assert "trying pip" in started.stderr


def test_an_installer_that_fails_is_quoted_and_the_next_start_repairs(kitchen: Kitchen) -> None:
    kitchen.hide_pip()
    kitchen.add("pip3", STAND_IN)
    started = kitchen.start(INSTALLER_SAYS="[Errno 28] No space left on device")
    assert_four_parts(started)
    assert "likely cause: the disk is full" in started.stderr
    assert started.stderr.count("    | [Errno 28] No space left on device") == 2
    assert kitchen.start().returncode == 0


def test_no_installer_at_all(kitchen: Kitchen) -> None:
    kitchen.hide_pip()
    started = kitchen.start(INSTALLER_SAYS="error: dns error")
    assert_four_parts(started)
    # Where Debian's own wheel of pip lies about, it is found, and has no index to ask.
    assert "    | error: dns error" in started.stderr
    assert "No module named ensurepip" in started.stderr


# --- interruptions and company -----------------------------------------------------------------


def test_an_interrupted_set_up_says_so_in_a_line_and_is_repaired(kitchen: Kitchen) -> None:
    process = kitchen.begin(WAIT_IN_INSTALLER="yes")
    kitchen.wait_until_installing()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-2:] == ["", "chefs: set-up was interrupted; the next start repairs it."]
    assert kitchen.start().returncode == 0


def test_a_second_start_waits_for_the_first(kitchen: Kitchen) -> None:
    first = kitchen.begin("first", WAIT_IN_INSTALLER="yes")
    kitchen.wait_until_installing()
    second = kitchen.begin("second")
    assert second.stderr is not None
    assert second.stderr.readline().startswith("Another start is setting up Many Chefs")
    kitchen.let_it_go_on()  # the pinned set ...
    kitchen.wait_until_installing()
    kitchen.let_it_go_on()  # ... and the package
    assert json.loads(first.communicate()[0])["words"] == ["first"]
    out, err = second.communicate()
    assert json.loads(out)["words"] == ["second"]
    assert err == ""
    assert len(kitchen.calls()) == 2


def test_an_installer_whose_launcher_was_killed_is_waited_for(kitchen: Kitchen) -> None:
    killed = kitchen.begin(WAIT_IN_INSTALLER="yes")
    kitchen.wait_until_installing()
    killed.kill()
    killed.wait()
    second = kitchen.begin("second")
    assert second.stderr is not None
    assert second.stderr.readline().startswith("Another start is setting up Many Chefs")
    kitchen.let_it_go_on()
    killed.communicate()
    out, _ = second.communicate()
    assert json.loads(out)["words"] == ["second"]


# --- other Pythons -----------------------------------------------------------------------------


def old_python() -> str | None:
    for minor in range(6, 11):
        path = shutil.which(f"python3.{minor}")
        if path:
            ask = [path, "-c", "import sys; print(sys.executable)"]
            # A version manager's name on PATH may have no Python behind it.
            answer = subprocess.run(ask, capture_output=True, text=True, check=False)
            if answer.returncode == 0:
                return answer.stdout.strip()
    return None


needs_old_python = pytest.mark.skipif(old_python() is None, reason="no Python 3.6 to 3.10 on PATH")


def test_the_source_is_readable_to_python_3_6() -> None:
    ast.parse((REPO / "chefs.py").read_text("utf-8"), feature_version=(3, 6))


@needs_old_python
def test_too_old_a_python_is_told_so(kitchen: Kitchen) -> None:
    python = old_python()
    assert python
    (kitchen.bin / "uv").unlink()
    started = kitchen.start(python=python)
    assert_four_parts(started)
    assert "this Python is too old" in started.stderr
    assert python in started.stderr


@needs_old_python
def test_too_old_a_python_finds_a_newer_one(kitchen: Kitchen) -> None:
    python = old_python()
    assert python
    kitchen.add("python3.14", "#!/bin/sh\nexit 127\n")
    newer = sys._base_executable  # type: ignore[attr-defined]  # its link must be no venv's python
    (kitchen.bin / f"python3.{min(sys.version_info.minor, 13)}").symlink_to(newer)
    started = kitchen.start("check", python=python)
    assert started.returncode == 0, started.stderr
    assert json.loads(started.stdout)["words"] == ["check"]
    # What is set up needs no newer Python to be found again.
    assert kitchen.start("check", python=python, PATH="/nowhere").stderr == ""


# --- the real thing ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not DEBIAN_PYTHON.exists(), reason="no /usr/bin/python3")
@pytest.mark.parametrize("ensurepip", ["with ensurepip", "without ensurepip"])
def test_a_real_set_up(tmp_path: Path, ensurepip: str) -> None:
    root = tmp_path / "fresh copy [1]"
    ignored = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*_cache", ".coverage*")
    shutil.copytree(REPO, root, ignore=ignored)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COVERAGE_", "MANYCHEFS_", "VIRTUAL_ENV"))
    }
    # No uv and no version manager: what a bare machine has.
    environment["PATH"] = "/usr/bin:/bin"
    if ensurepip == "without ensurepip":
        (tmp_path / "hidden").mkdir()
        hide = "import sys\nsys.modules['ensurepip'] = None\n"
        (tmp_path / "hidden" / "sitecustomize.py").write_text(hide)
        environment["PYTHONPATH"] = str(tmp_path / "hidden")
    done = subprocess.run(
        [DEBIAN_PYTHON, root / "chefs.py", "--help"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    if "nothing on this machine to install packages with" in done.stderr:
        pytest.skip("this machine has no pip at all beside the one in ensurepip")
    assert done.returncode == 0, done.stderr
    assert "Setting up" in done.stderr

    [packages] = (root / ".venv").glob("lib/python3*/site-packages")
    assert (packages / "pip").exists() == (ensurepip == "with ensurepip")
    size = sum(path.stat().st_size for path in packages.rglob("*") if path.is_file())
    assert size < 80e6
