"""Whatever a submission does to itself, to the host or to the channel: one Outcome, nothing is left,
and the next call works as if nothing had been.

That last part is asked for by `bounced`, in every test here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from manychefs.sandbox import tree
from manychefs.sandbox.frames import LARGEST
from manychefs.sandbox.host import Host, Outcome


def bounced(here: Host, name: str = "f", *args: Any) -> Outcome:
    """The outcome of a call, after which a harmless one has been made well."""
    outcome = here.call(name, args)
    again = here.call("fine")
    assert (again.how, again.value, again.printed) == ("value", "fine", "")
    assert not again.leftovers
    return outcome


NAME = "mc-escapee"
CALL_ME = f"import ctypes; ctypes.CDLL(None).prctl(15, b'{NAME}')"


def called_so() -> list[int]:
    """Processes, wherever they are, that have given themselves NAME as a name by CALL_ME."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().strip() == NAME and not tree._is_zombie(int(folder.name)):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


# -- ways to go -------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["sys.exit(0)", "exit()", "raise SystemExit"])
def test_leaving_by_system_exit_is_told_as_an_exception(host, line):
    outcome = bounced(host(f"def f():\n    {line}\n"))
    assert (outcome.how, outcome.error["type"]) == ("raised", "SystemExit")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("os._exit(0)", 0),
        ("os._exit(7)", 7),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("os.kill(os.getpid(), signal.SIGTERM)", -15),
        ("os.abort()", -6),
        ("import ctypes; ctypes.string_at(0)", -11),
    ],
)
def test_ending_without_an_answer_is_told_with_the_status(host, line, status):
    outcome = bounced(host(f"def f():\n    {line}\n"))
    assert (outcome.how, outcome.error) == ("ended", {"status": status})


def test_the_exit_status_zero_is_no_answer(host):
    """A program that leaves with success before it has returned has not succeeded."""
    source = """
    import atexit
    def f():
        print('all 10 checks passed')
        sys.stdout.flush()
        os._exit(0)
    """
    assert bounced(host(source)).how == "ended"


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize(
    "line",
    ["os.kill(os.getppid(), signal.SIGKILL)", "os.killpg(0, signal.SIGKILL)", "os.kill(0, signal.SIGKILL)"],
)
def test_killing_the_host_is_an_outcome(host, method, line):
    outcome = bounced(host(f"def f():\n    {line}\n    time.sleep(60)\n", method))
    assert outcome.how == "ended"


@pytest.mark.skipif(not tree.LINUX, reason="finds it by its name")
def test_a_worker_that_kills_the_host_and_lives_on_is_ended(host):
    source = f"""
    def work(host):
        os.setsid()
        {CALL_ME}
        os.kill(host, signal.SIGKILL)
        time.sleep(600)
    def f():
        Process(target=work, args=(os.getppid(),)).start()
        time.sleep(600)
    """
    outcome = bounced(host(source))
    assert outcome.how == "ended"
    assert not called_so()


def test_stopping_the_host_is_a_deadline(host):
    source = "def f():\n    os.kill(os.getppid(), signal.SIGSTOP)\n    os._exit(0)\n"
    assert bounced(host(source, seconds=0.6)).how == "deadline"


# -- no end -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "while True: pass",
        "time.sleep(600)",
        "while True: print('again')",
        "sum(range(10**12))",
    ],
)
def test_a_call_without_end_is_ended_at_its_deadline(host, line):
    outcome = bounced(host(f"def f():\n    {line}\n", seconds=0.6))
    assert (outcome.how, outcome.error) == ("deadline", {"during": "call"})
    assert outcome.seconds == 0.6


def test_signals_ignored_do_not_put_off_the_deadline(host):
    source = """
    def f():
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            pass
    """
    assert bounced(host(source, seconds=0.6)).how == "deadline"


def test_an_import_without_end_is_ended_once_and_told_at_every_call(host):
    here = host("while True: pass\n", seconds=0.6)
    first = here.call("f")
    started = time.monotonic()
    second = here.call("f")
    assert first.how == second.how == "deadline"
    assert first.error == {"during": "import"}
    assert time.monotonic() - started < here.limits.seconds, "the second call waited once more"
    assert first.stuck[0].line == 5


def test_a_deadline_of_one_call_is_that_calls_alone(host):
    here = host("def f():\n    time.sleep(600)\n", seconds=60)
    outcome = here.call("f", seconds=0.3)
    assert (outcome.how, outcome.seconds) == ("deadline", 0.3)


# -- processes that hide or multiply ----------------------------------------------------------

HIDE = f"""
def f():
    out, into = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            {CALL_ME}
            os.write(into, b'x')
            time.sleep(600)
        os._exit(0)
    os.wait()
    os.read(out, 1)
    return 'away'
"""


@pytest.mark.skipif(not tree.LINUX, reason="needs a subreaper")
def test_a_daemon_that_forked_twice_is_found_and_ended(host):
    outcome = bounced(host(HIDE))
    assert (outcome.how, outcome.value) == ("value", "away")
    assert outcome.leftovers.processes == ["a running process"]
    assert not called_so()


def test_more_processes_than_the_limit_end_the_call(host):
    source = """
    def f():
        chefs = [Process(target=time.sleep, args=(600,)) for _ in range(40)]
        for chef in chefs:
            chef.start()
        time.sleep(600)
    """
    outcome = bounced(host(source, processes=10, seconds=20))
    assert outcome.how == "limit"
    assert "processes at once; the limit is 10" in outcome.error["what"]


def test_a_fork_bomb_is_ended(host):
    """Bounded here by its own depth, so that a broken limit does not take this machine along."""
    source = """
    def f():
        for _ in range(9):
            os.fork()
        time.sleep(600)
    """
    outcome = bounced(host(source, processes=20, seconds=20))
    assert outcome.how == "limit"


def test_a_process_that_replaces_itself_faster_than_it_is_looked_at_is_ended(host):
    source = """
    def f():
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if os.fork():
                os._exit(0)
    """
    assert bounced(host(source, seconds=0.6)).how in ("ended", "deadline")


# -- too much ---------------------------------------------------------------------------------


def test_too_much_memory_raises_in_the_program(host):
    outcome = bounced(host("def f():\n    return len(bytearray(2 << 30))\n", memory_mb=512))
    assert (outcome.how, outcome.error["type"]) == ("raised", "MemoryError")


def test_too_much_memory_of_all_processes_together_ends_the_call(host):
    """Each stays below what one may have; the sum is seen from outside."""
    source = """
    def work():
        data = bytearray(150 << 20)
        time.sleep(600)
    def f():
        chefs = [Process(target=work) for _ in range(8)]
        for chef in chefs:
            chef.start()
        chefs[0].join()
    """
    outcome = bounced(host(source, memory_mb=200, seconds=20))
    assert outcome.how == "limit"
    assert "of memory; the limit is 800 MB" in outcome.error["what"]


def test_a_result_that_is_too_large_is_a_limit(host):
    source = f"def f():\n    return 'x' * {LARGEST + 1}\n"
    outcome = bounced(host(source))
    assert outcome.how == "limit"
    assert "the limit is 16 MB" in outcome.error["what"]


# -- the channel ------------------------------------------------------------------------------

WRITE_ALL = """
def write_to_all(data):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
"""


@pytest.mark.parametrize(
    "data",
    [
        b"garbage that is long enough for a header",
        b"\x00" * 8,
        (5).to_bytes(8, "big") + b"[1,2]",
        (14).to_bytes(8, "big") + b'{"value": {}}\n',
        (13).to_bytes(8, "big") + b'{"other": 10}',
        (20).to_bytes(8, "big") + b'{"value": {"t": 10}}',
        (12).to_bytes(8, "big") + b'{"raised":0}' * 3,
    ],
    ids=lambda data: repr(data)[:24],
)
def test_garbage_in_the_reply_pipe_never_harms_the_grader(host, data):
    source = WRITE_ALL + "def f(data):\n    write_to_all(data)\n    os._exit(0)\n"
    assert bounced(host(source, seconds=2), "f", data).how in ("channel", "ended", "limit", "raised")


def test_a_promise_of_more_than_ever_comes_is_a_deadline(host):
    source = WRITE_ALL + "def f(data):\n    write_to_all(data)\n    time.sleep(60)\n"
    assert bounced(host(source, seconds=0.6), "f", (1000).to_bytes(8, "big")).how == "deadline"


@pytest.mark.timeout(8)
def test_a_host_that_reads_no_request_cannot_hold_the_grader(host):
    """It says that it is ready and reads nothing; the request is larger than a pipe holds."""
    source = (
        WRITE_ALL
        + """
write_to_all((13).to_bytes(8, 'big') + b'{"ready": []}')
while True:
    pass
"""
    )
    here = host(source, seconds=0.6)
    assert here.call("f", (list(range(200_000)),)).how == "deadline"


def forged(text: str) -> bytes:
    return len(text).to_bytes(8, "big") + text.encode()


@pytest.mark.parametrize(
    "text",
    [
        '{"ended": "\\u001b[2J all passed"}',
        '{"ended": [[1]]}',
        '{"ended": {"x": 1}}',
        '{"ended": -999}',
        '{"ended": -99999999999999999999}',
        '{"ended": null}',
        '{"ended": 1e400}',
        '{"raised": {"type": 5, "message": ["\\u001b"], "frames": [["x", 1e3, 1], [1, 9, 2], 5]}}',
        '{"raised": {"type": {}, "frames": {"a": 1}, "remote": "\\u001b[2J"}}',
        '{"refused": [1]}',
        '{"refused": {"what": {"a": "\\u001b"}, "where": 5}}',
        '{"call": 1}',
        '{"call": "x"}',
        '{"import": {}}',
        '{"ready": 5}',
        '{"value": 1, "warnings": {"a": 1}}',
        '{"value": 1, "warnings": ["\\u001b[2J", {"deep": [1]}, 5]}',
        '{"value": 99999999999999999999999999999999999999999999}',
        '{"value": 1e400}',
    ],
)
def test_a_forged_frame_is_one_outcome_and_shows_no_control_character(host, text):
    """The program can write what it likes into the pipe; it gains nothing that returning would not."""
    source = WRITE_ALL + "def f(data):\n    write_to_all(data)\n    os._exit(0)\n"
    outcome = bounced(host(source, seconds=2), "f", forged(text))
    assert outcome.how in ("value", "raised", "refused", "channel", "ended")
    shown = [*map(str, outcome.error.values()), *outcome.leftovers.lines(), outcome.printed]
    assert "\x1b" not in "".join(shown)


@pytest.mark.parametrize("first", [0, 3])
def test_closing_every_file_descriptor_is_an_outcome(host, first):
    outcome = bounced(host(f"def f():\n    os.closerange({first}, 4096)\n    return 1\n"))
    assert outcome.how in ("ended", "raised", "channel")


def test_descriptors_put_over_the_channel_are_an_outcome(host):
    source = """
    def f():
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3, 32):
            if descriptor != null:
                os.dup2(null, descriptor)
        return 1
    """
    assert bounced(host(source, seconds=0.6)).how in ("ended", "deadline")


def test_streams_closed_or_replaced_do_not_change_the_value(host):
    source = """
    def f(how):
        if how == 'close':
            sys.stdout.close()
        elif how == 'none':
            sys.stdout = None
        else:
            sys.stdout = sys.stderr = open(os.devnull)
        return how
    """
    here = host(source)
    for how in ("close", "none", "other"):
        assert bounced(here, "f", how).value == how


def test_library_modules_overwritten_do_not_reach_the_grader(host):
    source = """
    def f():
        import builtins, json
        json.dumps = lambda *_: '{"value": 99}'
        builtins.repr = builtins.str = builtins.len = None
        os.write = os._exit = os.getpid = None
        return 1
    """
    assert bounced(host(source, seconds=0.6)).how in ("value", "raised", "ended", "channel", "deadline")


# -- the files that the host and the grader share -----------------------------------------------

PUT = """
def put(path, what):
    if os.path.lexists(path):
        os.unlink(path)
    if what == 'pipe':
        os.mkfifo(path)
    elif what == 'device':
        os.symlink('/dev/zero', path)
    elif what == 'folder':
        os.mkdir(path)
    elif what == 'huge':
        with open(path, 'w') as file:
            file.truncate(60 << 20)
"""


@pytest.fixture
def mended(own_tmpdir: Path) -> Callable[[str], AbstractContextManager[None]]:
    """Takes what a program put into its run folder away again, lest closing the host wait for it too.

    While it lies there this process may not grow without end.
    """
    import resource

    @contextmanager
    def mend(pattern: str) -> Iterator[None]:
        limits = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, limits[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, limits)
            for path in own_tmpdir.glob(f"manychefs-*/{pattern}"):
                if not path.is_dir():
                    path.unlink()

    return mend


@pytest.mark.timeout(8)
@pytest.mark.parametrize("what", ["pipe", "device", "folder", "huge"])
def test_the_note_of_shared_memory_may_be_anything(host, what, mended):
    source = (
        PUT
        + f"""
def f():
    put(os.environ['MANYCHEFS_RUN_DIR'] + '/shared_memory', {what!r})
    return 1
"""
    )
    with mended("shared_memory"):
        assert bounced(host(source, seconds=2)).value == 1


@pytest.mark.timeout(8)
@pytest.mark.parametrize("what", ["pipe", "device", "folder", "huge", "nothing"])
def test_the_file_for_its_stack_may_be_anything(host, what, mended):
    source = (
        PUT
        + f"""
def f():
    put(os.environ['MANYCHEFS_RUN_DIR'] + f'/{{os.getpid()}}.stack', {what!r})
    time.sleep(60)
"""
    )
    with mended("*.stack"):
        outcome = bounced(host(source, seconds=0.6))
    assert outcome.how == "deadline"
    assert [state.name for state in outcome.stuck] == ["main process"]


@pytest.mark.timeout(8)
@pytest.mark.parametrize("what", ["pipe", "device", "folder", "huge", "nothing"])
def test_the_programs_own_file_may_have_become_anything(host, what, mended, walled):
    """The grader reads it once more at a deadline, to show the line."""
    source = (
        PUT
        + f"""
def f():
    put(__file__, {what!r})
    time.sleep(60)
"""
    )
    here = host(source, seconds=5 if walled else 0.6)
    with mended("dish.py"):
        outcome = here.call("f")
    if walled:
        assert (outcome.how, outcome.error["type"]) == ("raised", "OSError"), "it can be written to"
    else:
        assert outcome.how == "deadline"


def test_the_run_folder_may_be_gone(host):
    source = """
    import shutil
    def f():
        shutil.rmtree(os.environ['MANYCHEFS_RUN_DIR'], ignore_errors=True)
        chef = Process(target=print, args=('cooked',))
        chef.start()
        chef.join()
        return chef.exitcode
    """
    outcome = bounced(host(source))
    assert (outcome.value, outcome.printed) == (0, "cooked\n")


# -- threads ----------------------------------------------------------------------------------


@pytest.mark.parametrize("daemon", [True, False])
def test_a_thread_that_runs_on_does_not_keep_the_call_from_ending(host, daemon):
    source = """
    import threading
    def f(daemon):
        threading.Thread(target=time.sleep, args=(600,), daemon=daemon).start()
        return 'done'
    """
    started = time.monotonic()
    here = host(source, seconds=60)
    assert bounced(here, "f", daemon).value == "done"
    assert time.monotonic() - started < here.limits.seconds


@pytest.mark.slow
def test_a_call_that_answers_and_will_not_end_is_ended(host):
    source = """
    import atexit
    from multiprocessing import util
    def f():
        util.Finalize(None, time.sleep, args=(600,), exitpriority=1)
        return 'done'
    """
    here = host(source, seconds=60)
    started = time.monotonic()
    assert bounced(here).value == "done"
    assert time.monotonic() - started < here.limits.seconds


# -- the host's own life ----------------------------------------------------------------------


def test_closing_ends_the_host_and_takes_its_folder_along(host, own_tmpdir, walled):
    here = host()
    here.call("fine")
    pid = here.pid
    assert pid is not None
    assert walled or list(own_tmpdir.glob("manychefs-*"))
    here.close()
    here.close()
    assert tree.look(pid) is None
    assert not list(own_tmpdir.glob("manychefs-*"))


def test_two_hosts_of_one_grader_do_not_end_each_other(host):
    one, two = host("def f():\n    os._exit(1)\n"), host()
    two.call("fine")
    pid = two.pid
    one.call("f")
    assert two.call("fine").value == "fine"
    assert two.pid == pid


def test_no_descriptor_of_the_grader_is_lost(host):
    here = host("def f():\n    os._exit(1)\n")
    here.call("fine")
    here.call("f")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        here.call("f")
    assert len(os.listdir("/proc/self/fd")) <= before
