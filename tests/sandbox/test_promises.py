"""The table of promises in docs/security.md, proved cell by cell: a `yes` by an attack that fails, a `no` by
one that succeeds, a `partly` by both.

Each attack is a function of a submission; ATTACKS says for each promise which one, and how it is read.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from manychefs.course import Limits
from manychefs.sandbox import choice, tree
from manychefs.sandbox.confinement import LAYERS, LayerName
from manychefs.sandbox.host import Host, Outcome
from manychefs.sandbox.inside import landlock

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
ROOT = os.name == "posix" and os.geteuid() == 0
ESCAPEE = "mc-escapee"


def table() -> dict[str, dict[str, str]]:
    """For each promise, for each layer, `yes`, `partly` or `no`."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    start = next(index for index, line in enumerate(lines) if line.startswith("| promise |"))
    heading = [cell.strip() for cell in lines[start].strip("|").split("|")]
    found = {}
    for line in lines[start + 1 :]:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != len(heading):
            break
        found[cells[0]] = dict(zip(heading[2:], cells[2:], strict=True))
    return found


def test_the_page_has_a_note_for_each_partly_and_knows_every_layer():
    notes = set(re.findall(r"^- ([a-z-]+) under ([a-z]+):", PAGE.read_text("utf-8"), re.M))
    partly = {
        (name, layer) for name, row in table().items() for layer, cell in row.items() if cell == "partly"
    }
    assert partly == notes
    assert all(
        tuple(row) == LAYERS and set(row.values()) <= {"yes", "partly", "no"} for row in table().values()
    )
    assert set(table()) == set(ATTACKS)


# -- the attacks --------------------------------------------------------------------------------

SUBMISSION = f"""
import ctypes, multiprocessing, os, resource, signal, socket, sys, tempfile, time

def attempt(what, *args):
    try:
        return str(what(*args))
    except OSError as error:
        return f'refused: {{type(error).__name__}}'

def read(path):
    return attempt(lambda: open(path, 'rb').read(1000).decode('utf-8', 'replace'))

def read_environment_of(pid):
    return attempt(lambda: open(f'/proc/{{pid}}/environ', 'rb').read().decode('utf-8', 'replace'))

def write(path):
    return attempt(lambda: open(path, 'w').write('was here'))

def stop(pid):
    return attempt(os.kill, pid, 0)

def programs():
    return [read(f'/proc/{{name}}/cmdline') for name in os.listdir('/proc') if name.isdigit()]

def connect(port):
    return attempt(lambda: socket.create_connection(('127.0.0.1', port), 2).recv(10))

def datagram(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        return attempt(sender.sendto, b'out', ('127.0.0.1', port))

def make_namespace():
    return 'made' if ctypes.CDLL(None).unshare(0x10000000) == 0 else 'refused'

def fill_memory():
    kept = []
    def more():
        kept.append(b'x' * (100 << 20))
        time.sleep(600)
    chefs = [multiprocessing.Process(target=more) for _ in range(6)]
    for chef in chefs:
        chef.start()
    time.sleep(600)

def one_gigabyte():
    attempt(lift_limits)
    return len(bytearray(1 << 30))

def lift_limits():
    try:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except ValueError:
        pass  # above the hard limit, and no right to be

def multiply():
    for _ in range(8):
        os.fork()
    time.sleep(600)

def fill_folder():
    for number in range(40):
        with open(os.path.join(tempfile.gettempdir(), str(number)), 'wb') as file:
            file.write(bytes(1 << 20))

def fill_elsewhere(folder):
    for number in range(40):
        with open(os.path.join(folder, str(number)), 'wb') as file:
            file.write(bytes(1 << 20))
    return 'written'

def shout():
    while True:
        sys.stdout.buffer.write(bytes(1 << 20))

def daemon():
    out, into = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(15, b'{ESCAPEE}')
            os.write(into, b'x')
            time.sleep(600)
        os._exit(0)
    os.wait()
    os.read(out, 1)

def leave(path):
    return write(path)

def leave_at_home():
    write('left')
    return write(os.path.join(tempfile.gettempdir(), 'left'))

def forge():
    frame = b'{{"value": 42, "passed": true}}'
    for descriptor in range(3, 64):
        attempt(os.write, descriptor, len(frame).to_bytes(8, 'big') + frame)
    os._exit(0)

def fine():
    return 'fine'
"""


@dataclass
class Place:
    """Where an attack is made from, and what there is outside to be attacked."""

    layer: LayerName
    folder: Path
    build: Callable[..., Host]
    taken: list[Path] = field(default_factory=list)

    def call(self, name: str, *args: Any, seconds: float = 20.0, **limits: int) -> Outcome:
        """The outcome of an attack; after it the host still serves."""
        host = self.build(self.layer, seconds, limits)
        outcome = host.call(name, args)
        assert host.call("fine").value == "fine"
        host.close()
        return outcome

    def refuses(self, name: str, *args: Any) -> bool:
        """Whether the attempt failed."""
        value = self.call(name, *args).value
        assert isinstance(value, str)
        return value.startswith("refused")

    def outside(self, name: str) -> Path:
        """A path that everybody may read and write, as far as the file system says."""
        path = self.folder / "outside" / name
        path.parent.mkdir(exist_ok=True)
        for each in (path.parent, *path.parents):
            if each == Path("/tmp") or not os.access(each, os.W_OK):
                break
            each.chmod(0o777)
        return path

    def in_shm(self) -> Path:
        """A path in /dev/shm, which is taken away when the test ends."""
        path = tree.SHM / f"psm_mc-{os.getpid()}"
        self.taken.append(path)
        return path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as hosts:

        def build(layer: LayerName, seconds: float, limits: dict[str, int]) -> Host:
            path = tmp_path / "in" / "dish.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(textwrap.dedent(SUBMISSION), "utf-8")
            built = Host(path, "fork", Limits(seconds=seconds, **limits), choice.layer(layer))
            hosts.callback(built.close)
            return built

        here = Place("none", tmp_path, build)
        yield here
        for path in here.taken:
            path.unlink(missing_ok=True)


def marks(place: Place) -> str:
    """What it writes into the channel itself is at most what it could have returned; nor can it write
    results where the grader does."""
    outcome = place.call("forge")
    assert outcome.how in ("ended", "channel", "raised") or outcome.value == 42
    journal = place.outside("journal-1")  # as the grader's own lies in a folder of the same user's
    journal.write_text("", "utf-8")
    journal.chmod(0o666)
    place.refuses("write", str(journal))
    return "partly" if journal.read_text("utf-8") else "yes"


def grader_memory(place: Place) -> str:
    """The environment is guarded as the memory is; this process stands in for the grader."""
    ctypes = pytest.importorskip("ctypes")
    libc = ctypes.CDLL(None)
    before = libc.prctl(3, 0, 0, 0, 0)
    tree.hide_memory()
    try:
        refused = place.refuses("read_environment_of", os.getpid())
    finally:
        libc.prctl(4, before, 0, 0, 0)
    if place.layer == "none":
        assert refused != ROOT
        return "partly"
    return "yes" if refused else "no"


def course(place: Place) -> str:
    root = Path(__file__).parents[2]
    files = [root / "course.toml", *root.glob("solutions/*/*.py"), *root.glob("graders/*/test_*.py")]
    assert len(files) > 5
    host = place.build(place.layer, 20.0, {})
    refused = {host.call("read", (str(path),)).value.startswith("refused") for path in files}
    (every,) = refused
    return "yes" if every else "no"


def files(place: Place) -> str:
    secret = place.outside("secret")
    secret.write_text("the secret", "utf-8")
    secret.chmod(0o666)
    return "yes" if place.refuses("read", str(secret)) else "no"


def environment(place: Place) -> str:
    """Of a program that does not hide its memory as the grader does."""
    words = [sys.executable, "-c", "print(flush=True); input()"]
    own = os.environ | {"DEPLOY_TOKEN": "the token"}
    with subprocess.Popen(words, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdin
        assert program.stdout
        program.stdout.readline()
        said = place.call("read_environment_of", program.pid).value
        program.stdin.close()
    assert isinstance(said, str)
    return "no" if "the token" in said else "yes"


def write(place: Place) -> str:
    path = place.outside("new")
    refused = place.refuses("write", str(path))
    assert path.exists() != refused
    shared = place.in_shm()
    place.refuses("write", str(shared))
    if shared.exists() and refused:
        return "partly"
    return "yes" if refused else "no"


def signals(place: Place) -> str:
    return "yes" if place.refuses("stop", os.getpid()) else "no"


def processes_seen(place: Place) -> str:
    own = Path("/proc/self/cmdline").read_text()
    return "no" if own in place.call("programs").value else "yes"


def network(place: Place) -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        _answer(server)
        connected = not place.refuses("connect", server.getsockname()[1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0.2)
        place.refuses("datagram", receiver.getsockname()[1])
        try:
            heard = receiver.recv(10) == b"out"
        except TimeoutError:
            heard = False
    return "no" if connected else "partly" if heard else "yes"


def _answer(server: socket.socket) -> None:
    """Have the first who connects get an answer."""
    server.settimeout(5)

    def answer() -> None:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client:
            client.sendall(b"hello")

    threading.Thread(target=answer, daemon=True).start()


def namespaces(place: Place) -> str:
    return "yes" if place.refuses("make_namespace") else "no"


def memory(place: Place) -> str:
    alone = place.call("one_gigabyte", memory_mb=512)
    together = place.call("fill_memory", memory_mb=128 + 16)
    if together.error.get("limit") != "memory_mb":
        return "no"
    if place.layer == "none":
        assert ROOT or alone.error.get("type") == "MemoryError"
        return "partly"
    return "yes" if alone.error.get("type") == "MemoryError" else "no"


def processes(place: Place) -> str:
    return "yes" if place.call("multiply", processes=20).error.get("limit") == "processes" else "no"


def disk(place: Place) -> str:
    held = place.call("fill_folder", disk_mb=10).error.get("limit") == "disk_mb"
    elsewhere = str(place.in_shm().parent) if place.layer == "landlock" else str(place.outside("any").parent)
    away = place.call("fill_elsewhere", elsewhere, disk_mb=10)
    for number in range(40):
        Path(elsewhere, str(number)).unlink(missing_ok=True)
    if not held:
        return "no"
    return "partly" if away.value == "written" else "yes"


def output(place: Place) -> str:
    return "yes" if place.call("shout", output_mb=4).error.get("limit") == "output_mb" else "no"


def left_processes(place: Place) -> str:
    outcome = place.call("daemon")
    assert outcome.leftovers.processes == ["a running process"]
    return "no" if _escapees() else "yes"


def _escapees() -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().strip() == ESCAPEE and not tree._is_zombie(int(folder.name)):
                found.append(folder.name)
        except OSError:
            continue
    return found


def left_files(place: Place) -> str:
    before = set(place.folder.rglob("*"))
    place.call("leave_at_home")
    at_home = {path for path in set(place.folder.rglob("*")) - before if path.name == "left"}
    shared = place.in_shm()
    place.call("leave", str(shared))
    if at_home and place.layer != "none":
        return "no"
    return "partly" if at_home or shared.exists() else "yes"


ATTACKS: dict[str, Callable[[Place], str]] = {
    "marks": marks,
    "grader-memory": grader_memory,
    "course": course,
    "files": files,
    "environment": environment,
    "write": write,
    "signals": signals,
    "processes-seen": processes_seen,
    "network": network,
    "namespaces": namespaces,
    "memory": memory,
    "processes": processes,
    "disk": disk,
    "output": output,
    "left-processes": left_processes,
    "left-files": left_files,
}


@pytest.mark.skipif(not tree.LINUX, reason="the page is about Linux")
@pytest.mark.slow
@pytest.mark.parametrize(
    "layer", [pytest.param(name, marks=[pytest.mark.long] * (name in LAYERS[1:3])) for name in LAYERS]
)
@pytest.mark.parametrize("promise", ATTACKS)
def test_a_cell_of_the_table(promise, layer, place):
    if trouble := choice.trouble(layer):
        pytest.skip(f"{layer} is not here: {trouble}")
    if layer == "landlock" and landlock.abi() < landlock.SIGNALS:
        pytest.skip(
            f"this kernel's Landlock is of version {landlock.abi()}: the page is about the whole of it"
        )
    place.layer = layer
    assert ATTACKS[promise](place) == table()[promise][layer]
