"""What stands in for the leaves of the library gives what the originals give, under one schedule."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from manychefs.interleavings.program import Call, Program
from manychefs.interleavings.scheduler import Ended, Run
from manychefs.interleavings.search import explore, pinned
from manychefs.interleavings.strategies import RandomWalk

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux is explored")

PROGRAM = """
import asyncio, multiprocessing as mp, os, pickle, select, signal, socket, subprocess, sys, threading, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Client, Listener

def chosen(path):
    with open(path) as file:
        return globals()[file.read()]()

def new_sockets_time_out():
    socket.setdefaulttimeout(0.01)
    chef = mp.Process(target=time.sleep, args=(1,))
    chef.start()
    helper = threading.Thread(target=time.sleep, args=(1,))
    helper.start()
    helper.join()
    chef.join()
    return chef.exitcode

def other_program_writes():
    reader, writer = os.pipe()
    other = subprocess.Popen(["sh", "-c", f"sleep 0.2; echo x >&{writer}"], pass_fds=[writer])
    word = os.read(reader, 1).decode()
    return [word, other.wait()]

def becomes_another_program():
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    pid = os.fork()
    if pid == 0:
        os.execvp("sh", ["sh", "-c", f"sleep 0.1; echo x >&{writer}"])
    word = os.read(reader, 1).decode()
    _, status = os.waitpid(pid, 0)
    return [word, status, os.spawnlp(os.P_WAIT, "sh", "sh", "-c", "exit 3")]

def other_program_hangs():
    reader, writer = os.pipe()
    subprocess.Popen(["sleep", "60"])
    return os.read(reader, 1).decode()

def answer(address):
    with Client(address, authkey=b"spice") as guest:
        guest.send([1, 2])
        guest.send("x" * 200_000)
        return guest.recv()

def meet_over_tcp():
    with Listener(("localhost", 0), authkey=b"spice") as listener:
        chef = mp.Process(target=answer, args=(listener.address,))
        chef.start()
        with listener.accept() as guest:
            got = [guest.recv(), len(guest.recv())]
            guest.send(0)
        chef.join()
        return got + [chef.exitcode]

def call(address):
    with socket.create_connection(address) as sock:
        sock.sendall(b"x" * 3_000_000)

def plain_sockets():
    with socket.create_server(("localhost", 0)) as server:
        chef = mp.Process(target=call, args=(server.getsockname(),))
        chef.start()
        sock, _ = server.accept()
        with sock:
            total = 0
            while chunk := sock.recv(1 << 16):
                total += len(chunk)
            chef.join()
        return [total, chef.exitcode]

def socket_times_out():
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    began = time.monotonic()
    try:
        ours.recv(1)
    except TimeoutError:
        pass
    ours.setblocking(False)
    try:
        ours.recv(1)
    except BlockingIOError:
        return round(time.monotonic() - began)

def say(connection):
    time.sleep(2)
    connection.send("soup")

def selects():
    ours, theirs = mp.Pipe()
    chef = mp.Process(target=say, args=(theirs,))
    chef.start()
    early = select.select([ours], [], [], 1)
    late, _, _ = select.select([ours], [], [])
    chef.join()
    return [len(early[0]), late[0].recv()]

def works_beside_asyncio():
    async def wait(pool):
        loop = asyncio.get_running_loop()
        jobs = [loop.run_in_executor(pool, abs, -number) for number in range(3)]
        await asyncio.sleep(5)
        return await asyncio.gather(*jobs)
    with ProcessPoolExecutor(2) as pool:
        return asyncio.run(wait(pool))

def asks_another_program():
    done = subprocess.run(["sh", "-c", "sleep 0.1; cat"], input="hi", capture_output=True, text=True)
    return done.stdout

def asks_what_lingers():
    done = subprocess.run(["sh", "-c", "(sleep 0.2; echo late) & echo soon"], capture_output=True, text=True)
    return done.stdout

def seems_to_spin():
    chef = mp.Process(target=time.sleep, args=(100,))
    chef.start()
    for _ in range(100):
        assert chef.is_alive()
    chef.terminate()
    chef.join()
    return chef.exitcode

def kills_many():
    chefs = [mp.Process(target=time.sleep, args=(100,)) for _ in range(50)]
    for chef in chefs:
        chef.start()
    for chef in chefs:
        chef.terminate()
    for chef in chefs:
        chef.join()
    return sorted({chef.exitcode for chef in chefs})

def interrupt(pid):
    time.sleep(1)
    os.kill(pid, signal.SIGINT)

def interrupted():
    chef = mp.Process(target=interrupt, args=(os.getpid(),))
    chef.start()
    try:
        mp.Queue().get()
    except KeyboardInterrupt:
        chef.join()
        return chef.exitcode

def wait_for_it(queue):
    signal.signal(signal.SIGTERM, lambda *_: queue.put("told"))
    queue.put("ready")
    time.sleep(10)
    queue.put("slept")

def told_to_end():
    queue = mp.Queue()
    chef = mp.Process(target=wait_for_it, args=(queue,))
    chef.start()
    got = [queue.get()]
    chef.terminate()
    got += [queue.get(), queue.get()]
    chef.join()
    return got + [chef.exitcode]

def forks_one(queue):
    helper = mp.Process(target=time.sleep, args=(100,))
    helper.start()
    queue.put(helper.pid)
    helper.join()
    queue.put(helper.exitcode)

def kills_grandchild():
    queue = mp.Queue()
    chef = mp.Process(target=forks_one, args=(queue,))
    chef.start()
    os.kill(queue.get(), signal.SIGKILL)
    return queue.get()

def kills_group():
    chef = mp.Process(target=lambda: (os.setpgid(0, 0), time.sleep(100)))
    chef.start()
    time.sleep(1)
    os.killpg(chef.pid, signal.SIGTERM)
    chef.join()
    return chef.exitcode

def handlers():
    seen = []
    def note(number, frame):
        seen.append(number)
    before = signal.signal(signal.SIGUSR1, note)
    assert signal.getsignal(signal.SIGUSR1) is note
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    os.kill(os.getpid(), signal.SIGUSR1)
    assert signal.signal(signal.SIGUSR1, before) is note
    return seen == [signal.SIGUSR1]

def by_reference():
    for function in (time.sleep, time.time, time.monotonic, os.kill, os.waitpid, os.read, threading.Lock):
        assert pickle.loads(pickle.dumps(function)) is function, function
    with mp.Pool(1) as pool:
        return pool.map(time.sleep, [0, 1])

def reads_without_waiting():
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    try:
        os.read(reader, 1)
    except BlockingIOError:
        return True
"""

RIGHT: dict[str, Any] = {
    "new_sockets_time_out": 0,
    "other_program_writes": ["x", 0],
    "becomes_another_program": ["x", 0, 3],
    "meet_over_tcp": [[1, 2], 200_000, 0],
    "plain_sockets": [3_000_000, 0],
    "socket_times_out": 5,
    "selects": [0, "soup"],
    "works_beside_asyncio": [0, 1, 2],
    "asks_another_program": "hi",
    "asks_what_lingers": "soon\nlate\n",
    "seems_to_spin": -15,
    "kills_many": [-15],
    "interrupted": 0,
    "told_to_end": ["ready", "told", "slept", 0],
    "kills_grandchild": -9,
    "kills_group": -15,
    "handlers": True,
    "by_reference": [None, None],
    "reads_without_waiting": True,
}


@dataclass
class Kitchen:
    """One warm host for all of the functions."""

    program: Program
    chosen: Path

    def run(self, name: str, seed: int = 0, allowance: float = 10.0) -> Ended:
        """Run the function under one schedule."""
        self.chosen.write_text(name, "utf-8")
        return Run(self.program, RandomWalk(random.Random(seed), 3.0), allowance=allowance).go()


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    folder = tmp_path_factory.mktemp("leaves")
    (folder / "program.py").write_text(PROGRAM, "utf-8")
    call = Call(folder / "program.py", "chosen", (str(folder / "chosen"),))
    with pinned(), Program(call) as program:
        yield Kitchen(program, folder / "chosen")


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", RIGHT)
def test_a_program_gives_what_it_gives_without_the_scheduler(kitchen: Kitchen, name: str, seed: int) -> None:
    ended = kitchen.run(name, seed)
    assert (ended.how, ended.value, ended.error) == ("value", RIGHT[name], {})


def test_who_waits_while_another_program_runs_is_not_judged(kitchen: Kitchen) -> None:
    assert kitchen.run("other_program_hangs", allowance=0.5).how == "off-grid"


NO_SMALL_PIPES = """
import fcntl
from multiprocessing import Pipe, Process


def refuse(*_):
    raise PermissionError(1, "Operation not permitted")


def hand_over():
    fcntl.fcntl = refuse  # as the kernel does for a user whose pipes hold more than they may
    ours, theirs = Pipe(duplex=False)
    cook = Process(target=theirs.send, args=(7,))
    cook.start()
    got = ours.recv()
    cook.join()
    return got
"""


def test_a_pipe_that_cannot_be_made_small_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "handover.py"
    path.write_text(NO_SMALL_PIPES)
    found = explore(Call(path, "hand_over", ()), holds=lambda value: value == 7, schedules=60)
    assert (found.outcome, found.finding) == ("passed", None)
