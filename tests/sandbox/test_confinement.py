"""Each layer is really started: what a host sees in it, what it can do, and that all of it goes.

A layer that this machine does not have is skipped, with what was in its way.
"""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from manychefs.course import Limits
from manychefs.errors import ChefsError
from manychefs.interleavings.program import Call
from manychefs.interleavings.search import explore
from manychefs.sandbox import choice, tree
from manychefs.sandbox.confinement import FULL, LAYERS, LayerName
from manychefs.sandbox.host import Host
from manychefs.sandbox.layers.users import NOBODY_ELSE

METHODS = ("fork", "spawn", "forkserver")


@pytest.fixture(
    # Everyday under the strongest that machines have, and under none.
    params=[
        pytest.param(name, marks=[pytest.mark.slow, pytest.mark.long] * (name in LAYERS[1:3]))
        for name in LAYERS
    ]
)
def layer(request: pytest.FixtureRequest) -> LayerName:
    name: LayerName = request.param
    if trouble := choice.trouble(name):
        pytest.skip(f"{name} is not here: {trouble}")
    return name


@pytest.fixture
def full(layer: LayerName) -> LayerName:
    """Only the layers in which a submission sees nothing but itself."""
    if layer not in FULL:
        pytest.skip("has no walls")
    return layer


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """Builds hosts: `host(layer, source, method, seconds=…)`."""
    with ExitStack() as hosts:

        def build(
            layer: LayerName, source: str, method: str = "fork", hidden: tuple[Path, ...] = (), **limits
        ):
            path = tmp_path / "submission" / "dish.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(textwrap.dedent(source), "utf-8")
            limits = {"seconds": 20.0} | limits
            built = Host(path, method, Limits(**limits), choice.layer(layer, hidden))
            hosts.callback(built.close)
            return built

        yield build


# -- everything that the course uses works ------------------------------------------------------

KITCHEN = """
import multiprocessing as mp
from multiprocessing import shared_memory
from multiprocessing.managers import SharedMemoryManager

def cook(number, tally, done, barrier):
    barrier.wait()
    with tally.get_lock():
        tally.value += number
    done.put(number)

def orders(name, index):
    block = shared_memory.SharedMemory(name)
    block.buf[index] = index + 1
    block.close()

def double(number):
    return 2 * number

def all_of_it():
    tally, done, barrier = mp.Value("i", 0), mp.Queue(), mp.Barrier(2)
    chefs = [mp.Process(target=cook, args=(n, tally, done, barrier)) for n in (1, 2)]
    for chef in chefs:
        chef.start()
    plates = sorted(done.get() for _ in chefs)
    for chef in chefs:
        chef.join()
    with mp.Pool(2) as pool:
        doubled = pool.map(double, plates)
    with mp.Manager() as manager:
        shared = manager.list(doubled)
        listed = list(shared)
    block = shared_memory.SharedMemory(create=True, size=2)
    waiters = [mp.Process(target=orders, args=(block.name, index)) for index in range(2)]
    for waiter in waiters:
        waiter.start()
    for waiter in waiters:
        waiter.join()
    seen = list(block.buf[:2])
    block.close()
    block.unlink()
    return tally.value, plates, listed, seen
"""


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_all_of_multiprocessing_works_in_it(host, layer, method):
    outcome = host(layer, KITCHEN, method, seconds=60).call("all_of_it")
    assert (outcome.value, outcome.printed) == ((3, [1, 2], [2, 4], [1, 2]), "")
    assert not outcome.leftovers


COUNTER = """
import multiprocessing as mp

def add(tally):
    tally.value += 1

def count():
    tally = mp.Value("i", 0)
    chefs = [mp.Process(target=add, args=(tally,)) for _ in range(2)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.join()
    return tally.value
"""


def test_interleavings_are_explored_in_it(layer, tmp_path):
    path = tmp_path / "counter.py"
    path.write_text(COUNTER, "utf-8")
    found = explore(Call(path, "count"), holds=lambda value: value == 2, confinement=choice.layer(layer))
    assert (found.outcome, found.finding) == ("failed", "wrong-result")
    assert found.interleaving is not None
    assert any(step.source == "tally.value += 1" for step in found.interleaving.steps)


def test_stacks_and_process_ids_are_those_that_the_program_knows(host, layer):
    source = """
    import multiprocessing as mp, os
    def wait(lock):
        print(os.getpid())
        lock.acquire()
    def f():
        lock = mp.Lock()
        lock.acquire()
        chef = mp.Process(target=wait, args=(lock,))
        chef.start()
        chef.join()
    """
    outcome = host(layer, source).call("f", seconds=3)
    assert outcome.how == "deadline"
    main, chef = outcome.stuck
    assert (main.waits_for, main.line) == ("waits for another process to end (join)", 11)
    assert (chef.waits_for, chef.line) == ("waits for a lock", 5)
    assert outcome.printed.split() == [str(chef.pid)]


def test_what_is_left_is_found_and_goes(host, layer):
    source = """
    import multiprocessing as mp, time, os
    from multiprocessing import shared_memory
    def f():
        global lock
        block = shared_memory.SharedMemory(create=True, size=10)
        mp.Process(target=time.sleep, args=(600,)).start()
        if os.fork() == 0:
            if os.fork() == 0:
                time.sleep(600)
            os._exit(0)
        os.wait()
        return block.name
    def fine():
        return 'fine'
    """
    here = host(layer, source)
    outcome = here.call("f")
    assert outcome.leftovers.processes == ["a running process"] * 2
    assert outcome.leftovers.shared_memory == [outcome.value]
    again = here.call("fine")
    assert (again.value, bool(again.leftovers)) == ("fine", False)


@pytest.mark.parametrize("method", METHODS)
def test_workers_are_counted_from_outside(host, layer, method):
    source = """
    import multiprocessing as mp, time
    def work(barrier):
        barrier.wait()
        time.sleep(0.3)
    def f():
        barrier = mp.Barrier(3)
        chefs = [mp.Process(target=work, args=(barrier,)) for _ in range(3)]
        for chef in chefs:
            chef.start()
        for chef in chefs:
            chef.join()
    """
    assert host(layer, source, method).call("f").at_once == 3


def test_killing_everything_that_can_be_killed_is_an_outcome(host, full):
    """Init, its own group, everybody: the sandbox ends, or not, and nothing outside does."""
    source = """
    import os, signal, time
    def f(who):
        os.kill(who, signal.SIGKILL)
        time.sleep(600)
    def fine():
        return 'fine'
    """
    for who in (1, 2, 0, -1):
        here = host(full, source)
        assert here.call("f", (who,), seconds=2).how in ("ended", "deadline")
        assert here.call("fine").value == "fine"
        here.close()


def test_nothing_of_it_is_left_when_it_is_closed(host, full):
    here = host(full, "def f():\n    return 1\n")
    here.call("f")
    pid = here.pid
    assert pid is not None
    everybody = [pid, *tree.descendants(os.getpid())]
    here.close()
    left = [each for each in everybody if (seen := tree.look(each)) and seen.parent]
    assert pid not in left


# -- what is there to see -----------------------------------------------------------------------


def test_the_file_system_holds_only_what_is_listed(host, full):
    source = "import os\ndef f():\n    return sorted(os.listdir('/')), os.getcwd(), os.listdir('/sub')\n"
    root, work, submission = host(full, source).call("f").value
    assert not {"home", "etc/passwd", "var", "boot", "mnt"} & set(root)
    assert (work, submission) == ("/tmp/work", ["dish.py"])


def test_a_course_above_what_is_bound_is_hidden(host, full):
    """A course inside a folder that the sandbox shows, with the virtual environment inside the course."""
    from manychefs.sandbox.layers import visible

    hidden = visible.PACKAGE / "cli"  # stands in for a course: it lies in a folder that is shown
    source = "import os\ndef f(path):\n    return os.path.isdir(path), os.listdir(path)\n"
    assert host(full, source, hidden=(hidden,)).call("f", (str(hidden),)).value == (True, [])


def test_no_capability_and_no_way_to_one(host, full):
    source = """
    import ctypes, os
    def f():
        with open('/proc/self/status') as status:
            lines = dict(line.split(':\\t') for line in status if ':\\t' in line)
        user = ctypes.CDLL(None, use_errno=True).unshare(0x10000000)
        return [int(lines[name], 16) for name in ('CapEff', 'CapPrm', 'CapBnd')], lines['NoNewPrivs'], user
    """
    capabilities, no_new, user = host(full, source).call("f").value
    assert capabilities[:2] == [0, 0]
    assert no_new.strip() == "1"
    assert user == -1, "a user namespace of its own, in which it is root"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to become")
def test_root_does_not_run_it_as_root(host, full):
    assert (
        host(full, "import os\ndef f():\n    return os.getresuid()\n").call("f").value == (NOBODY_ELSE,) * 3
    )


def test_no_path_of_this_computer_is_to_be_read_in_its_own_processes(host, full, tmp_path):
    """Neither a command line nor an environment inside names where the course or the submission are."""
    source = """
    import os
    def f():
        def read(path):
            try:
                return open(path, 'rb').read().decode('utf-8', 'replace')
            except PermissionError:
                return ''
        pids = [name for name in os.listdir('/proc') if name.isdigit()]
        return ''.join(read(f'/proc/{pid}/{what}') for pid in pids for what in ('cmdline', 'environ'))
    """
    seen = host(full, source).call("f").value
    assert "manychefs.sandbox.inside.host" in seen
    assert str(tmp_path) not in seen
    assert os.getcwd() not in seen.replace(str(Path(os.sys.executable).parent), "")


def test_no_file_of_this_computer_is_open_in_it(host, full):
    """Not in init either, which has what it was started with: one could be written to without end."""
    source = """
    import os
    def f():
        found = []
        for pid in (1, 2, os.getpid()):
            try:
                found += [os.readlink(f'/proc/{pid}/fd/{name}') for name in os.listdir(f'/proc/{pid}/fd')]
            except OSError:
                pass  # its own listing's, or a process that it may not look into
        return found
    def overwrite():
        written = []
        for name in os.listdir('/proc/1/fd'):
            try:
                if 'memfd' in os.readlink(f'/proc/1/fd/{name}'):
                    with open(f'/proc/1/fd/{name}', 'r+b') as file:
                        written.append(file.write(b'x'))
            except OSError:
                continue
        return written
    """
    here = host(full, source)
    found = here.call("f").value
    assert found
    known = ("pipe:", "socket:", "/memfd:", "/dev/", "anon_inode:", "/run/", "/proc/")
    assert [link for link in found if not link.startswith(known)] == []
    if full == "bwrap":
        assert here.call("overwrite").value == []


# -- limits -------------------------------------------------------------------------------------


def test_files_beyond_the_limit_are_a_verdict_with_the_figure(host, layer):
    source = """
    import os, tempfile
    def f():
        for number in range(12):
            with open(os.path.join(tempfile.gettempdir(), str(number)), 'wb') as file:
                file.write(bytes(1 << 20))
    def fine():
        return 'fine'
    """
    here = host(layer, source, disk_mb=10)
    outcome = here.call("f")
    assert (outcome.how, outcome.error["limit"]) == ("limit", "disk_mb")
    assert "MB of files; the limit is 10 MB" in outcome.error["what"]
    assert here.call("fine").value == "fine"


def test_one_large_file_is_refused_by_the_kernel(host, layer):
    source = """
    import os
    def f():
        descriptor = os.open('large', os.O_CREAT | os.O_WRONLY)
        try:
            os.pwrite(descriptor, b'x', (200 << 20) - 1)
            os.pwrite(descriptor, b'x', 200 << 20)
        finally:
            os.unlink('large')
    """
    outcome = host(layer, source, disk_mb=10, memory_mb=200).call("f")
    assert (outcome.how, outcome.error.get("type")) == ("raised", "OSError")
    assert "too large" in outcome.error["message"]


def test_shared_memory_is_memory_and_not_disk(host, layer):
    source = """
    from multiprocessing import shared_memory
    def f():
        block = shared_memory.SharedMemory(create=True, size=60 << 20)
        block.buf[:] = bytes(60 << 20)
        block.close()
        block.unlink()
        return 'shared'
    """
    assert host(layer, source, disk_mb=10).call("f").value == "shared"


def test_files_without_number_are_a_verdict(host, layer):
    source = """
    import os, tempfile
    def f():
        for number in range(300):
            open(os.path.join(tempfile.gettempdir(), str(number)), 'wb').close()
    """
    outcome = host(layer, source, files=200).call("f")
    assert (outcome.how, outcome.error["limit"]) == ("limit", "files")


def test_printing_without_end_is_a_verdict(host, layer):
    source = """
    import sys
    def f():
        while True:
            sys.stdout.buffer.write(bytes(1 << 20))
    """
    outcome = host(layer, source, output_mb=3).call("f")
    assert (outcome.how, outcome.error["limit"]) == ("limit", "output_mb")


def test_memory_shared_by_many_is_counted_once(host, layer):
    """120 MB in four processes are 120 MB: resident in each, a fair share of it for each."""
    source = """
    import multiprocessing as mp, time
    data = None
    def read(barrier):
        sum(data[::4096])
        barrier.wait()
        time.sleep(0.2)
    def f():
        global data
        data = bytes(b'x') * (120 << 20)
        barrier = mp.Barrier(5)
        chefs = [mp.Process(target=read, args=(barrier,)) for _ in range(5)]
        for chef in chefs:
            chef.start()
        for chef in chefs:
            chef.join()
        return 'shared'
    """
    assert host(layer, source, memory_mb=160).call("f").value == "shared"


# -- which one is taken -------------------------------------------------------------------------


def pretend(monkeypatch: pytest.MonkeyPatch, *here: str) -> None:
    """As if only these layers held."""
    monkeypatch.setattr(choice, "trouble", lambda name: "" if name in here else "not on this machine")
    for name in (choice.WANTED, choice.REQUIRED):
        monkeypatch.delenv(name, raising=False)


def test_the_strongest_that_holds_is_taken(monkeypatch):
    for here, taken in (
        (LAYERS, "bwrap"),
        (("unshare", "landlock", "none"), "unshare"),
        (("landlock", "none"), "landlock"),
        (("none",), "none"),
    ):
        pretend(monkeypatch, *here)
        assert choice.choose() == taken


def test_one_that_is_asked_for_is_taken_or_refused(monkeypatch):
    pretend(monkeypatch, "bwrap", "none")
    assert choice.choose("none") == "none"
    with pytest.raises(ChefsError, match="cannot be confined by landlock here") as refused:
        choice.choose("landlock")
    assert "landlock: not on this machine" in refused.value.feedback.evidence
    with pytest.raises(ChefsError, match="no confinement called 'bubble'"):
        choice.choose("bubble")


def test_required_confinement_steps_down_to_nothing_weaker(monkeypatch):
    pretend(monkeypatch, "unshare", "landlock", "none")
    assert choice.choose(required=True) == "unshare"
    pretend(monkeypatch, "landlock", "none")
    with pytest.raises(ChefsError) as refused:
        choice.choose(required=True)
    assert refused.value.exit_code == 2
    assert all(
        (refused.value.feedback.cause, refused.value.feedback.evidence, refused.value.feedback.next_step)
    )
    with pytest.raises(ChefsError, match="landlock is asked for, and full confinement is required"):
        choice.choose("landlock", required=True)


def test_the_environment_can_ask_as_well(monkeypatch):
    pretend(monkeypatch, *LAYERS)
    monkeypatch.setenv(choice.WANTED, "landlock")
    assert choice.choose() == "landlock"
    monkeypatch.setenv(choice.REQUIRED, "1")
    with pytest.raises(ChefsError):
        choice.choose()


def test_a_layer_that_cannot_be_started_says_why(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(choice, "_found", {})
    assert choice.trouble("bwrap") == "there is no program bwrap"
    assert "Install bubblewrap" in choice.advice("bwrap")


@pytest.mark.parametrize(
    ("answers", "trouble"),
    [
        ({}, ""),
        ({"reads": True}, "a submission still reads"),
        ({"writes": True, "root": True}, "a submission still writes and root"),
        ({"pid": 300}, "sees other processes"),
        ({"semaphores": False}, "semaphores cannot be made"),
    ],
)
def test_a_layer_that_does_not_hold_is_not_taken(answers, trouble):
    held = {"reads": False, "writes": False, "signals": False, "root": False, "pid": 2, "semaphores": True}
    assert trouble in choice._what_does_not_hold("bwrap", held | answers)
    assert bool(trouble) == bool(choice._what_does_not_hold("bwrap", held | answers))


def test_a_sandbox_that_cannot_be_entered_is_no_fault_of_the_submission(tmp_path, monkeypatch):
    """The layer was there when it was tried, and is not any more."""
    path = tmp_path / "dish.py"
    path.write_text("def f():\n    return 1\n", "utf-8")
    if trouble := choice.trouble("unshare"):
        pytest.skip(trouble)
    from manychefs.sandbox.layers import visible

    monkeypatch.setattr(visible, "DEVICES", ("null", "no-such-device"))
    here = Host(path, "fork", Limits(), choice.layer("unshare"))
    with pytest.raises(ChefsError, match="could not be started") as error:
        here.call("f")
    assert "no-such-device" in " ".join(error.value.feedback.evidence)
    assert here.pid is None
    here.close()
