"""`chefs explore` on small scripts: the verdict, the exit code, what is said, and what is refused."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from manychefs.cli import main
from manychefs.cli.target import is_same
from manychefs.interleavings import program
from manychefs.interleavings.search import Schedule
from manychefs.outputs.explorations.explored import Explored

COMMAND = (sys.executable, "-m", "manychefs", "explore")
PARTS = ("What happened", "Likely cause", "Evidence", "Next")
PATIENCE = 30.0  # seconds for what is bound to happen on however busy a machine

SCRIPT = """\
import os
import subprocess
import sys
import time
from multiprocessing import Lock, Pipe, Process, Queue, Value


def run_all(target, *argument_lists):
    chefs = [Process(target=target, args=each) for each in argument_lists]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()


def add(counter, times):
    for _ in range(times):
        counter.value += 1


def add_safely(counter, times):
    for _ in range(times):
        with counter.get_lock():
            counter.value += 1


def count(times=1):
    counter = Value("i", 0)
    run_all(add, (counter, times), (counter, times))
    return counter.value


def count_safely(times=1):
    counter = Value("i", 0)
    run_all(add_safely, (counter, times), (counter, times))
    return counter.value


def count_as_data():
    count_safely()
    return {1: (2, "two"), None: [True]}


def take_both(one, two):
    with one, two:
        pass


def abba():
    one, two = Lock(), Lock()
    run_all(take_both, (one, two), (two, one))


def nothing_shared():
    run_all(abs, (1,), (2,))
    return 2


def alone():
    return 1


def wrong_alone():
    return 2


def reads_stdin():
    return input("eggs? ")


def runs_a_program():
    return subprocess.run(["echo", "eggs"], capture_output=True, text=True).stdout


def runs_a_long_program():
    return subprocess.run(["sleep", "600"]).returncode


def nap(counter):
    time.sleep(10)
    add_safely(counter, 1)


def sleeps():
    counter = Value("i", 0)
    run_all(nap, (counter,), (counter,))
    time.sleep(10)
    return counter.value


def raises():
    print("\\x1b[2Jno eggs here")
    raise ValueError("no eggs")


def exits():
    os._exit(4)


def kills_its_parent():
    os.kill(os.getppid(), 9)


def recursion():
    return recursion()


def shouts():
    raise ValueError("eggs\\n\\u202e" * 3000)


def leaves_by_exit():
    sys.exit("enough")


def a_set():
    return {1, 2}


def leaves():
    Process(target=time.sleep, args=(1000,), daemon=True).start()
    return 1


def needs(one, two):
    return one + two


def hangs(marker):
    open(marker, "w").close()
    while True:
        pass
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Where SCRIPT lies, outside of any course."""
    path = tmp_path / "kitchen.py"
    path.write_text(SCRIPT)
    return path


def environment() -> dict[str, str]:
    dropped = ("MANYCHEFS_COURSE", "FORCE_COLOR", "NO_COLOR", "LINES")
    return {name: text for name, text in os.environ.items() if name not in dropped} | {"COLUMNS": "100"}


@pytest.fixture
def explore(script: Path) -> Run:
    """Runs the real `chefs explore kitchen.py::NAME …` in the script's folder."""

    def run(name: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        target = name if "::" in name or name.endswith(".py") else f"{script.name}::{name}"
        done = subprocess.run(
            [*COMMAND, target, *map(str, words)],
            cwd=script.parent,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout
        return done

    return run


@pytest.fixture
def chefs(script: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The same in this very process: quicker, for what is refused before anything is run."""
    monkeypatch.chdir(script.parent)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["chefs", "explore", *map(str, words)])
        code = main()
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, out, err)

    return run


def told(done: subprocess.CompletedProcess[str]) -> str:
    """What was refused, as running text, after a look at its form."""
    assert done.stdout == ""
    for part in PARTS:
        assert part in done.stderr
    return " ".join(done.stderr.split())


def said(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join(done.stdout.split())


# -- verdicts ---------------------------------------------------------------------------------


def test_a_lost_update_is_shown_with_its_cause_its_steps_and_the_next_command(explore: Run) -> None:
    done = explore("count", "--expect", "2")
    assert done.returncode == 1
    assert done.stderr == ""
    first, results, *_ = done.stdout.splitlines()
    assert first.startswith("✗ a wrong result, in schedule ")
    assert "returned 1 (1x)" in results
    assert "count() returned 1; right is 2." in done.stdout
    assert "A lost update: p1 reads Value" in said(done) or "A lost update: p2 reads Value" in said(done)
    assert "counter.value += 1" in done.stdout
    assert "To keep it: chefs explore kitchen.py::count --expect 2 --save schedule.json" in done.stdout


@pytest.mark.slow
def test_a_right_program_passes_with_no_more_than_was_explored(explore: Run) -> None:
    done = explore("count_safely", "--expect", "2")
    assert done.returncode == 0
    claim = done.stdout.splitlines()[0]
    assert claim.startswith("✓ all ")
    assert claim.endswith(" schedules with up to 2 preemptions: right")


def test_a_sampled_pass_claims_its_schedules_only(explore: Run) -> None:
    done = explore("count_safely", "--args", "[3]", "--schedules", "12")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "✓ nothing wrong in 12 schedules"
    assert "Right was what it returns while nobody is interrupted" in done.stdout


def test_without_a_right_result_that_of_the_serial_orders_is_right(explore: Run) -> None:
    done = explore("count", "--args", '{"times": 1}')
    assert done.returncode == 1
    assert "while nobody is interrupted it returns 2" in said(done)


@pytest.mark.slow
def test_allow_takes_several_right_results(explore: Run) -> None:
    assert explore("count", "--allow", "2", "--allow", "1").returncode == 0


def test_a_deadlock_is_named_with_who_waits_for_what(explore: Run) -> None:
    done = explore("abba")
    assert done.returncode == 1
    assert "a deadlock, in schedule" in done.stdout
    assert "In a circle" in done.stdout
    assert "Take the locks in the same order in every process." in done.stdout


def test_a_script_that_starts_no_process_is_inconclusive(explore: Run) -> None:
    done = explore("alone")
    assert done.returncode == 3
    assert "It starts no process, so there is no order to vary" in said(done)


def test_a_script_that_shares_nothing_is_inconclusive(explore: Run) -> None:
    done = explore("nothing_shared")
    assert done.returncode == 3
    assert "No two of its processes did anything that the other could see" in said(done)


def test_a_script_that_starts_no_process_and_is_wrong_fails(explore: Run) -> None:
    done = explore("wrong_alone", "--expect", "1")
    assert done.returncode == 1
    assert "wrong_alone() returned 2; right is 1." in done.stdout


def test_a_script_that_reads_its_input_is_told_that_there_is_none(explore: Run) -> None:
    done = explore("reads_stdin")
    assert done.returncode == 1
    assert "It reads its standard input, which is empty here." in said(done)


def test_a_script_that_runs_a_short_program_and_shares_nothing_is_inconclusive(explore: Run) -> None:
    assert explore("runs_a_program").returncode == 3


@pytest.mark.slow
def test_a_script_that_runs_a_long_program_is_inconclusive_and_does_not_wait_for_it(explore: Run) -> None:
    done = explore("runs_a_long_program", "--json")
    assert done.returncode == 3
    found = msgspec.json.decode(done.stdout, type=Explored)
    assert "a program that it started" in found.reason


def test_a_script_that_sleeps_does_not_take_long(explore: Run) -> None:
    done = explore("sleeps", "--schedules", "6", "--json")
    assert done.returncode == 0
    found = msgspec.json.decode(done.stdout, type=Explored)
    assert found.results == [("returned 2", 6)]
    assert found.seconds < 10 * found.schedules  # each sleeps 20 s on its own clock


def test_an_exception_is_shown_with_the_lines_of_the_script_alone(explore: Run) -> None:
    done = explore("raises")
    assert done.returncode == 1
    assert "raises() raised ValueError: no eggs." in done.stdout
    assert 'in raises:  raise ValueError("no eggs")' in done.stdout
    assert "host.py" not in done.stdout
    assert "\\x1b[2Jno eggs here" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_script_that_ends_the_interpreter_fails(explore: Run) -> None:
    done = explore("exits")
    assert done.returncode == 1
    assert "exits() ended the interpreter instead of returning." in done.stdout


def test_a_script_that_leaves_by_sys_exit_fails(explore: Run) -> None:
    done = explore("leaves_by_exit")
    assert done.returncode == 1
    assert "sys.exit(), exit() or quit() stands in it." in said(done)


def test_a_result_that_is_no_plain_data_is_inconclusive(explore: Run) -> None:
    done = explore("a_set")
    assert done.returncode == 3
    assert "The function returned a set, not plain data" in said(done)
    assert "Return a list" in said(done)


def test_a_script_that_takes_down_what_runs_it_is_inconclusive(explore: Run) -> None:
    done = explore("kills_its_parent")
    assert done.returncode == 3
    assert done.stdout.startswith("? inconclusive")
    assert "The program took its host down" in said(done)


def test_long_messages_and_deep_tracebacks_are_shortened(explore: Run) -> None:
    done = explore("recursion")
    assert done.returncode == 1
    assert "times)" in done.stdout
    assert len(explore("shouts").stdout.splitlines()) < 20


def test_what_is_left_behind_fails(explore: Run) -> None:
    done = explore("leaves")
    assert done.returncode == 1
    assert "something was left: p1" in said(done)


def test_a_result_is_compared_as_json(explore: Run) -> None:
    right = '{"1": [2, "two"], "null": [true]}'
    assert explore("count_as_data", "--expect", right, "--schedules", "3").returncode == 0


@pytest.mark.parametrize(
    ("value", "expected", "same"),
    [
        ((1, 2), [1, 2], True),
        ([1, (2,)], [1, [2]], True),
        ([1, 2], [1, 2, 3], False),
        ({1: "a"}, {"1": "a"}, True),
        ({1: "a", "1": "a"}, {"1": "a"}, False),
        ({(1,): "a"}, {"1": "a"}, False),
        ({True: 1}, {"true": 1}, True),
        (1, True, False),
        (True, True, True),
        (1.0, 1, True),
        (None, None, True),
        (b"a", "a", False),
        ("a", "a", True),
        ({}, [], False),
        (2**80, 2**80, True),
    ],
)
def test_what_counts_as_the_same(value: Any, expected: Any, same: bool) -> None:
    assert is_same(value, expected) is same


# -- replay and files -------------------------------------------------------------------------


@pytest.mark.slow
def test_a_saved_schedule_goes_the_same_way_each_time(explore: Run) -> None:
    first = explore("count", "--expect", "2", "--save", "lost.json")
    assert "Replay it: chefs explore kitchen.py::count --expect 2 --replay lost.json" in first.stdout
    for _ in range(5):
        again = explore("count", "--expect", "2", "--replay", "lost.json")
        assert again.returncode == 1
        assert again.stdout.splitlines()[0] == "✗ a wrong result, as recorded"
        assert "Both replays went the same way." in again.stdout


@pytest.mark.slow
def test_a_saved_schedule_goes_the_same_way_20_times_of_20(explore: Run) -> None:
    explore("count", "--args", "[3]", "--expect", "6", "--save", "lost.json")
    replays = [explore("count", "--expect", "6", "--replay", "lost.json", "--json") for _ in range(20)]
    found = [msgspec.json.decode(each.stdout, type=Explored) for each in replays]
    assert {(each.verdict, each.results[0]) for each in found} == {("failed", found[0].results[0])}


@pytest.mark.slow
def test_a_replay_after_a_change_is_inconclusive(explore: Run, script: Path) -> None:
    explore("count", "--expect", "2", "--save", "lost.json")
    script.write_text(SCRIPT.replace("run_all(add, ", "run_all(add_safely, "))
    done = explore("count", "--expect", "2", "--replay", "lost.json")
    assert done.returncode == 3
    assert "did not go the way that was recorded" in said(done)
    assert "Explore again without --replay." in said(done)


def test_the_pictures_are_written(explore: Run, script: Path) -> None:
    done = explore("count", "--expect", "2", "--svg", "lost.svg", "--mermaid", "new/lost.mmd", "--json")
    assert done.returncode == 1
    assert (script.parent / "lost.svg").read_text().startswith("<svg")
    assert (script.parent / "new" / "lost.mmd").read_text().startswith("sequenceDiagram")


def test_nothing_is_written_where_nothing_fails(explore: Run, script: Path) -> None:
    done = explore("alone", "--save", "no.json")
    assert "Not written, as no schedule failed: no.json" in done.stdout
    assert not (script.parent / "no.json").exists()


# -- JSON -------------------------------------------------------------------------------------


def test_json_is_what_it_says_and_holds_the_schedule_that_save_writes(explore: Run, script: Path) -> None:
    done = explore("count", "--expect", "2", "--seed", "7", "--json", "--save", "lost.json")
    assert done.returncode == 1
    found = msgspec.json.decode(done.stdout, type=Explored, strict=True)
    assert (found.verdict, found.kind, found.seed) == ("failed", "wrong-result", 7)
    assert found.allowed == ["2"]
    assert sum(times for _, times in found.results) == found.schedules
    assert found.interleaving is not None
    assert found.interleaving.preemptions == 1
    assert found.feedback is not None
    saved = msgspec.json.decode((script.parent / "lost.json").read_bytes(), type=Schedule)
    assert saved == found.schedule


@pytest.mark.slow
def test_json_says_what_is_exhaustive(explore: Run) -> None:
    found = msgspec.json.decode(explore("count_safely", "--json").stdout, type=Explored)
    assert (found.verdict, found.exhaustive, found.bound) == ("passed", True, 2)
    assert found.claim == f"all {found.schedules} schedules with up to 2 preemptions: nothing wrong"
    sampled = explore("count_safely", "--json", "--schedules", "5")
    assert msgspec.json.decode(sampled.stdout, type=Explored).exhaustive is False


def test_the_json_has_a_schema_and_its_fields_are_documented() -> None:
    schema = msgspec.json.schema(Explored)
    fields = schema["$defs"]["Explored"]["properties"]
    page = (Path(__file__).parents[2] / "docs" / "explore.md").read_text("utf-8")
    table = page[page.index("## JSON") :]
    assert [name for name in fields if f"`{name}`" not in table] == []


# -- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["kitchen.py"], "names no function"),
        (["kitchen.py::"], "names no function"),
        (["kichen.py::count"], "There is no file kichen.py."),
        (["notes.txt::count"], "is no Python file"),
        (["folder::count"], "is a folder"),
        (["queue.py::count"], "cannot be imported under its name"),
        (["kitchen.py::Class.method"], "is no function's name"),
        (["kitchen.py::count()"], "is no function's name"),
        (["kitchen.py::count", "--args", "[1"], "--args is not JSON"),
        (["kitchen.py::count", "--args", "[NaN]"], "JSON has no NaN"),
        (["kitchen.py::count", "--args", "5"], "--args is neither a list nor an object"),
        (["kitchen.py::count", "--args", '["\\ud800"]'], "--args is not JSON"),
        (["kitchen.py::count", "--args", "[" * 5000], "--args is not JSON"),
        (["kitchen.py::count", "--expect", "{"], "--expect is not JSON"),
        (["kitchen.py::count", "--expect", "1", "--allow", "2"], "do not go together"),
        (["kitchen.py::count", "--schedules", "0"], "--schedules"),
        (["kitchen.py::count", "--replay", "nowhere.json"], "holds no schedule"),
        (["kitchen.py::count", "--replay", "notes.txt"], "holds no schedule"),
        (["kitchen.py::count", "--replay", "folder"], "holds no schedule"),
        (["kitchen.py::count", "--replay", "other.json"], "is of another call"),
        (["kitchen.py::needs", "--replay", "other.json", "--args", "[1]"], "is of another call"),
        (["kitchen.py::count", "--save", "folder"], "cannot be written"),
        (["kitchen.py::count", "--svg", "kitchen.py"], "It is the script itself"),
        (["kitchen.py::count", "--svg", "a", "--save", "a"], "Another option writes to it"),
        (["kitchen.py::count", "--svg", "notes.txt/a.svg"], "is no folder"),
        (["kitchen.py::count", "--svg", "/dev/null"], "no regular file"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value)[:60],
)
def test_wrong_words_are_refused_before_anything_is_run(
    chefs: Run, script: Path, words: list[str], what: str
) -> None:
    (script.parent / "folder").mkdir()
    (script.parent / "notes.txt").write_text("eggs")
    (script.parent / "queue.py").write_text(SCRIPT)
    other = Schedule(function="needs", args=[1, 2], turns=[])
    (script.parent / "other.json").write_bytes(msgspec.json.encode(other))
    done = chefs(*words)
    assert done.returncode == 2
    assert what in told(done)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_refused(chefs: Run, script: Path) -> None:
    (script.parent / "locked").mkdir(mode=0o500)
    assert "is not writable" in told(chefs("kitchen.py::count", "--save", "locked/a.json"))


def test_a_misspelt_function_gets_the_near_one(explore: Run) -> None:
    done = explore("cuont_safely")
    assert done.returncode == 2
    assert "There is one called count_safely." in told(done)
    assert "chefs explore kitchen.py::count_safely" in told(done)


def test_arguments_that_do_not_fit_are_told_with_the_def_line(explore: Run) -> None:
    done = explore("needs")
    assert done.returncode == 2
    assert "missing 2 required positional arguments" in told(done)
    assert "def needs(one, two):" in told(done)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("def work(:\n    pass\n", "is not valid Python"),
        ("def work():\n    pass\n\nwrok()\n", "NameError: name 'wrok' is not defined"),
        ("import sys\nsys.exit(0)\n", "ended the interpreter while it was being imported"),
        ("import os\nos._exit(3)\n", "it ended the interpreter (exit status 3)"),
        ("import a_module_that_nobody_has\n", "ModuleNotFoundError"),
    ],
)
def test_a_file_that_cannot_be_imported_is_told_with_its_line(
    explore: Run, script: Path, source: str, what: str
) -> None:
    script.write_text(source)
    done = explore("work")
    assert done.returncode == 2
    assert what in told(done)


def test_an_import_that_does_not_end_is_given_up(
    chefs: Run, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "IMPORT_LIMIT", 1.0)
    script.write_text("import time\ntime.sleep(1000)\n")
    done = chefs("kitchen.py::work")
    assert done.returncode == 3
    assert "its import took longer than 1 s" in told(done)


def test_elsewhere_than_on_linux_it_says_so(chefs: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    done = chefs("kitchen.py::count")
    assert done.returncode == 3
    assert "Exploring needs Linux." in told(done)


def test_the_help_names_every_exit_code(chefs: Run) -> None:
    done = chefs("--help")
    assert done.returncode == 0
    assert "0 nothing wrong found, 1 a failing order, 2 wrong usage, 3 inconclusive" in said(done)


# -- while it runs ----------------------------------------------------------------------------


def test_an_interruption_leaves_nothing_running(script: Path) -> None:
    marker = script.parent / "started"
    process = subprocess.Popen(
        [*COMMAND, f"{script}::hangs", "--args", json.dumps([str(marker)])],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + PATIENCE
    while not marker.exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    below = psutil.Process(process.pid).children(recursive=True)
    assert below
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert out == ""
    assert err.strip() == "Interrupted: nothing is left running."
    assert psutil.wait_procs(below, timeout=PATIENCE)[1] == []


def test_a_terminal_gets_a_line_that_counts(script: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, f"{script}::count_safely", "--schedules", "20"],
        env=environment() | {"TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 4096):
            seen += part
    except OSError:
        pass  # how Linux says that nobody has the terminal open any more
    os.close(ours)
    assert process.wait() == 0
    assert b"schedules" in seen
    assert b"/20" in seen
