"""One schedule: who has the turn, for how many points, until the program has ended or cannot go on.

    strategy ──who next, for how many points──► Run ──grant──► one actor
                                                 ▲               │ runs, alone
                                                 └── how it ended ┘   at a point, blocked, ended

The scheduler need not know what releases what. A blocked actor may try again once anybody has made
progress since its last try. If nobody can go on, the clock jumps to the nearest deadline; if there is
none, and a full round of tries has moved nobody, it is a deadlock, exactly.

What actors send is untrusted: it is decoded strictly, and what cannot be decoded ends the schedule.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from manychefs.interleavings.inside import actors as wire
from manychefs.interleavings.program import HostGone, Program, has_ended, kill

BIGGEST = 1 << 16  # bytes of one message
LARGEST_RESULT = 16 << 20  # bytes of what the function returned
ALLOWANCE = 2.0  # wall-clock seconds that an actor may stay away on one turn, before it is off the grid
LAST_BREATH = 5.0  # wall-clock seconds in which a process whose socket has closed has ended
HANDLED = 0.02  # wall-clock seconds in which a process that is ending anyway has gone, once a signal kills it
LINGER = 1.0  # wall-clock seconds for what another program has started, once that has ended itself
READS = frozenset({"poll", "recv"})
FOREIGN_LOOK = 0.01  # wall-clock seconds after which those that may wait for another program try again
MOST_POINTS = 20_000
MOST_JUMPS = 2_000  # of the clock
MOST_SPINS = 120  # rounds in which there is nothing but busy waiting
SPIN_SECONDS = 0.01  # that pass on the scheduler's clock while all that can run is a busy waiter
MOST_READ = 1.0  # seconds by which an actor's readings of its clock may take it further in one message
SHORT = 2.001  # seconds; a time-out up to here, of two seconds say, may fire before others have run
EARLY_ODDS = (0.03, 0.1, 0.4)  # at each decision; one of them for a schedule

Ending = Literal[
    "value",  # it returned plain data
    "raised",  # it raised
    "refused",  # it returned something else
    "ended",  # it ended the interpreter without an answer
    "deadlock",  # nobody could go on
    "livelock",  # it went on and on
    "off-grid",  # somebody stayed away longer than the allowance
    "channel",  # what it sent cannot be understood
    "abandoned",  # by the strategy
]
How = Literal["point", "spins", "blocked", "again", "ended"]


class Abandoned(Exception):
    """Raised by a strategy that wants no more of this schedule."""


@dataclass(eq=False, slots=True)
class Process:
    """One process of the program."""

    name: str
    pidfd: int
    actors: list[Actor] = field(default_factory=list)
    is_alive: bool = True


@dataclass(eq=False, slots=True)
class Actor:
    """One actor as the scheduler knows it. `kind`, `ident` and `line` are of the operation that it is at."""

    index: int
    name: str
    sock: socket.socket
    process: Process
    runs: str = ""
    has_begun: bool = False
    is_over: bool = False
    is_blocked: bool = False
    is_spinning: bool = False
    is_signalled: bool = False
    deadline: float = wire.NEVER
    since: float = 0.0
    tried: int = -1
    points: int = 0
    kind: str = ""
    ident: str = ""
    line: int = 0
    label: str = ""


class Choice(NamedTuple):
    """Who has the turn, for how many points (0: up to the next), and where to stop before that."""

    actor: Actor
    budget: int = wire.UNLIMITED
    breaks: Sequence[tuple[str, str, int]] = ()


class Turn(NamedTuple):
    """One turn as it happened: whose, how many points, how it ended, what time it was."""

    actor: str
    points: int
    how: How
    clock: float = 0.0


class Entry(NamedTuple):
    """One step in the log: who, what kind of operation, on what, where, with which value."""

    actor: str
    kind: str
    ident: str
    line: int
    label: str
    value: str


@dataclass
class Ended:
    """How one schedule ended, and what led there."""

    how: Ending
    value: Any = None
    error: dict[str, Any] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    waiting: list[Actor] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    log: list[Entry] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    points: int = 0
    tight: bool = False
    has_returned: bool = False
    has_deadlines: bool = False
    diverged: bool = False


class Strategy(Protocol):
    """Decides who is next."""

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:
        """Whose turn it is.

        Args:
            able: who may be able to go on, in the order in which they came; never empty.
            current: whose turn has just ended at a point, so that they could go on; None if they could not.

        Raises:
            Abandoned: to end the schedule here.
        """
        ...


class Run:
    """One schedule of a program under a strategy.

    Args:
        early: decides where a time-out fires before others have run; None for nowhere.
        exact: whether blocked actors are asked if they could go on before anybody is chosen, so that the
            strategy gets to see no one who could not; it may choose one whose time-out fires early, too.
        bound: points after which a program that does not end is given up.
    """

    def __init__(
        self,
        program: Program,
        strategy: Strategy,
        *,
        log: bool = False,
        tight: bool = False,
        early: random.Random | None = None,
        exact: bool = False,
        bound: int = MOST_POINTS,
        allowance: float = ALLOWANCE,
    ) -> None:
        self.now = 0.0
        self.actors: list[Actor] = []
        self.points = 0
        self.early: list[Actor] = []  # those whose time-out could fire now, before others have run
        self._program = program
        self._strategy = strategy
        self._early = early
        self._early_odds = early.choice(EARLY_ODDS) if early is not None else 0.0
        self._exact = exact
        self._tick = getattr(strategy, "tick", None)
        self._bound = bound
        self._allowance = allowance
        self._processes: dict[str, Process] = {}
        self._progress = 0
        self._buffer = memoryview(bytearray(BIGGEST))
        self._jumps = self._spins = 0
        self._is_stale = False  # whether all that the last turn passed showed nothing new
        self._result = b""
        self._reply: dict[str, Any] | None = None
        self._how: Ending | None = None
        self._foreign: list[int] = []  # pidfds of other programs that it has started
        self._waited = 0.0  # wall-clock seconds for them, since anybody got on
        self._lingering = 0.0  # wall-clock seconds for what they have left
        self._ended = Ended("ended", tight=tight)
        self._log = log

    @property
    def turns(self) -> list[Turn]:
        """The turns so far."""
        return self._ended.turns

    # -- the whole -------------------------------------------------------------------------------------

    def go(self) -> Ended:
        """Run the schedule to its end.

        Raises:
            HostGone: if the program's host has ended.
        """
        sock, pidfd = self._program.begin(self._log, self._ended.tight)
        self._add("main", sock, Process("main", pidfd))
        try:
            self._schedule()
            return self._outcome()
        finally:
            self._end_all()
            self._program.end()

    def _schedule(self) -> None:
        current: Actor | None = None
        main = self._processes["main"]
        while self._how is None and main.is_alive:
            if self._tick is not None:
                self._tick(self)
            able = self._able()
            if not able:
                if not self._wake():
                    return
                current = None
                continue
            here = current if current is not None and current in able and not current.is_blocked else None
            try:
                choice = self._strategy.choose(self, able, here)
            except Abandoned:
                self._how = "abandoned"
                return
            how = self._turn(choice)
            current = choice.actor
            if how == "again":
                current = here  # nothing has happened: somebody else is asked
            if self.points > self._bound or self._jumps > MOST_JUMPS or self._spins > MOST_SPINS:
                self._how = "livelock"

    def _able(self) -> list[Actor]:
        able = []
        self.early = []
        for actor in self.actors:
            if actor.is_over:
                continue
            if actor.is_blocked or actor.is_spinning:
                can = actor.tried < self._progress or (
                    actor.is_blocked and actor.deadline != wire.NEVER and actor.deadline <= self.now
                )
                if not can and self._early is not None and self._fires_early(actor):
                    self.now = max(self.now, actor.deadline)
                    can = True
                if can and actor.kind == "join" and actor.is_blocked and actor.deadline == wire.NEVER:
                    # Not asked in vain whenever anybody gets on: it goes on once that process has ended.
                    joined = self._processes.get(actor.ident)
                    can = joined is None or not joined.is_alive or actor.is_signalled
                if not can or (self._exact and actor.is_blocked and not self._could(actor)):
                    if self._exact and _is_short(actor):
                        self.early.append(actor)
                    continue
            able.append(actor)
        return able

    def _could(self, actor: Actor) -> bool:
        """Ask a blocked actor whether it could go on, without having it do so."""
        if actor.deadline != wire.NEVER and actor.deadline <= self.now:
            return True
        try:
            actor.sock.send(wire.GRANT.pack(wire.PROBE, 0, self.now))
            data = self._receive(actor)
        except OSError:
            return True  # its process has ended, which its turn will show
        if data[:1] == wire.NO:
            actor.tried = self._progress
            return False
        return True

    def _fires_early(self, actor: Actor) -> bool:
        assert self._early is not None
        return _is_short(actor) and self._early.random() < self._early_odds

    def _wake(self) -> bool:
        """Nobody can run: let time pass, or busy waiters go round; False if that is the end."""
        if self._notice_deaths() or self._await_foreign():
            return True
        if self._how is not None:
            return False
        waiting = [actor for actor in self.actors if not actor.is_over]
        spinning = [actor for actor in waiting if actor.is_spinning]
        deadlines = [actor.deadline for actor in waiting if actor.is_blocked and actor.deadline != wire.NEVER]
        if deadlines:
            self._jumps += 1
        if spinning:
            # Time goes on while somebody spins, and a loop that waits for it must see that; not all at
            # once to a far deadline, because who only seems to spin would then come too late.
            self._spins += 1
            step = SPIN_SECONDS * (2 ** min(self._spins - 1, 20) if deadlines else 1)
            self.now = min([max(self.now, deadline) for deadline in deadlines] + [self.now + step])
            for actor in spinning:
                actor.tried = -1
        elif deadlines:
            self.now = max(self.now, min(deadlines))
        if not deadlines and not spinning:
            self._how = "deadlock"
            return False
        return True

    def _await_foreign(self) -> bool:
        """While another program runs, time goes as on the wall, and whoever waits may be waiting for it."""
        alive = [pidfd for pidfd in self._foreign if not has_ended(pidfd)]
        if len(alive) < len(self._foreign):
            for pidfd in set(self._foreign) - set(alive):
                os.close(pidfd)
            self._foreign, self._lingering = alive, LINGER
            self._progress += 1
            return True
        if not alive:
            # What it has started may hold its pipes a little longer.
            reads = any(each.is_blocked and not each.is_over and each.kind in READS for each in self.actors)
            if self._lingering <= 0 or not reads:
                return False
        elif self._waited > self._allowance:
            self._how = "off-grid"
            self._ended.waiting = [actor for actor in self.actors if not actor.is_over][:1]
            return False
        began = time.monotonic()
        if alive:
            has_ended(alive[0], FOREIGN_LOOK)
        else:
            time.sleep(FOREIGN_LOOK)
        seconds = time.monotonic() - began
        self.now += seconds
        self._waited += seconds
        self._lingering -= seconds
        self._progress += 1
        return True

    # -- one turn --------------------------------------------------------------------------------------

    def _turn(self, choice: Choice) -> How:
        actor = choice.actor
        if actor in self.early:
            self.now = max(self.now, actor.deadline)
        clock = self.now
        grant = wire.GRANT.pack(wire.GO, min(choice.budget, wire.UNLIMITED), clock)
        if choice.breaks:
            grant += json.dumps(list(choice.breaks)).encode()
        actor.has_begun, actor.is_signalled = True, False
        was_spinning = actor.is_spinning
        passed = 0
        try:
            actor.sock.send(grant)
        except OSError:
            how: How = self._gone(actor)
        else:
            how, passed = self._until_it_ends(actor)
        actor.points += passed
        self.points += passed
        if how == "again":
            actor.tried = self._progress
            return how
        is_news = how not in ("point", "spins") or not self._is_stale
        if is_news:
            self._progress += 1
            self._waited = 0.0
            if how != "spins" and not (was_spinning and not passed):
                self._spins = 0
        if how in ("blocked", "spins"):
            actor.tried = self._progress
        actor.is_spinning = how == "spins"
        self._ended.turns.append(Turn(actor.name, passed, how, clock))
        return how

    def _until_it_ends(self, actor: Actor) -> tuple[How, int]:
        passed = 0
        while True:
            data = self._receive(actor)
            if not data:
                return self._gone(actor), passed
            if len(data) < wire.HEAD.size:
                self._how = "channel"
                return "ended", passed
            kind, points, clock = wire.HEAD.unpack_from(data)
            passed += points
            body = data[wire.HEAD.size :]
            if self.now < clock < self.now + MOST_READ:
                self.now = clock  # whoever is next reads no earlier time than this one has read
            if kind == wire.LOG:
                self._note(actor, body)
            elif kind == wire.NEW:
                self._progress += 1
                self._new(actor, body, _descriptors(actor))
            elif kind == wire.FOREIGN:
                self._foreign += _descriptors(actor)
            elif kind == wire.RESULT:
                self._take_result(actor, body)
            elif kind == wire.KILLED:
                self._signalled(actor, body.decode("utf-8", "replace"))
                actor.is_blocked = self._is_stale = False
                return "point", passed
            elif kind in (wire.AT_POINT, wire.STALE):
                self._at(actor, body)
                self._is_stale = kind == wire.STALE
                actor.is_blocked = False
                return "point", passed
            elif kind in (wire.SPINS, wire.STALE_SPINS):
                self._at(actor, body)
                self._is_stale = kind == wire.STALE_SPINS
                actor.is_blocked = False
                return "spins", passed
            elif kind == wire.BLOCKED:
                self._block(actor, body)
                return "blocked", passed
            elif kind == wire.EXITS:
                continue  # the end of the socket follows
            elif kind == wire.AGAIN and actor.is_blocked:
                return "again", passed
            elif kind == wire.ENDED:
                self._over(actor)
                return "ended", passed
            else:
                self._how = "channel"
                return "ended", passed

    def _receive(self, actor: Actor) -> bytes:
        try:
            size = actor.sock.recv_into(self._buffer)
        except BlockingIOError:
            self._how = "off-grid"
            self._ended.waiting = [actor]
            return b""
        except OSError:
            return b""
        return bytes(self._buffer[:size])

    def _at(self, actor: Actor, body: bytes) -> None:
        words = body.decode("utf-8", "replace").split("\x00")
        if len(words) != 3:
            self._how = "channel"
            return
        actor.kind, actor.ident, line = words
        actor.line = 0 if line == "0" else _int(line)

    def _block(self, actor: Actor, body: bytes) -> None:
        deadline = struct.unpack("<d", body[:8])[0] if len(body) >= 8 else wire.NEVER
        words = ([*body[8:].decode("utf-8", "replace").split("\x00"), "", "", "", ""])[:4]
        actor.kind, actor.ident, actor.line, actor.label = words[0], words[1], _int(words[2]), words[3]
        actor.is_blocked, actor.deadline, actor.since = True, deadline, self.now
        if deadline != wire.NEVER and actor.kind != "end":
            self._ended.has_deadlines = True
        if self._log:
            self._ended.log.append(
                Entry(actor.name, "blocked", actor.ident, actor.line, actor.label, actor.kind)
            )

    def _note(self, actor: Actor, body: bytes) -> None:
        try:
            entries = json.loads(body)
            for kind, ident, line, label, value in entries:
                entry = Entry(actor.name, str(kind), str(ident), int(line), str(label), str(value))
                self._ended.log.append(entry)
        except (ValueError, TypeError):
            self._how = "channel"

    def _new(self, parent: Actor, body: bytes, descriptors: list[int]) -> None:
        name, runs, line = ([*body.decode("utf-8", "replace").split("\x00"), "", "", ""])[:3]
        if not descriptors or any(actor.name == name for actor in self.actors):
            self._how = "channel"
            for descriptor in descriptors:
                os.close(descriptor)
            return
        sock = socket.socket(fileno=descriptors[0])
        process = Process(name, descriptors[1]) if len(descriptors) > 1 else parent.process
        self._add(name, sock, process, runs)
        if self._log:
            self._ended.log.append(Entry(parent.name, "start", name, _int(line), "", ""))

    def _add(self, name: str, sock: socket.socket, process: Process, runs: str = "") -> None:
        seconds = int(self._allowance)
        micros = int((self._allowance - seconds) * 1e6)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", seconds, micros))
        actor = Actor(len(self.actors), name, sock, process, runs)
        self.actors.append(actor)
        process.actors.append(actor)
        self._processes.setdefault(process.name, process)

    def _take_result(self, actor: Actor, body: bytes) -> None:
        if actor.index != 0 or len(self._result) > LARGEST_RESULT or self._reply is not None:
            self._how = "channel"
            return
        self._result += body[1:]
        if body[:1] == b".":
            try:
                reply = json.loads(self._result)
            except ValueError:
                reply = None
            if isinstance(reply, dict):
                self._reply = reply
            else:
                self._how = "channel"

    # -- ends ------------------------------------------------------------------------------------------

    def _over(self, actor: Actor) -> None:
        actor.is_over, actor.is_blocked = True, False
        actor.sock.close()

    def _gone(self, actor: Actor) -> How:
        """An actor's socket has closed: its process has ended, or is just about to."""
        if self._how is None:
            if not has_ended(actor.process.pidfd, LAST_BREATH):
                kill(actor.process.pidfd)  # it closed what is not its own
                has_ended(actor.process.pidfd, LAST_BREATH)
            self._bury(actor.process)
        return "ended"

    def _bury(self, process: Process) -> None:
        process.is_alive = False
        for actor in process.actors:
            if not actor.is_over:
                self._drain(actor)
                self._over(actor)
                if self._log:
                    self._ended.log.append(Entry(actor.name, "end", "", 0, "", ""))

    def _drain(self, actor: Actor) -> None:
        """What the last moments of a process have told."""
        actor.sock.setblocking(False)
        with contextlib.suppress(OSError):
            while data := actor.sock.recv(BIGGEST):
                if data[:1] == wire.LOG:
                    self._note(actor, data[wire.HEAD.size :])

    def _signalled(self, sender: Actor, name: str) -> None:
        """A signal was sent to a process (named "" if it is not a child of who sent it).

        One that it kills runs no instruction more. So whoever answers has a handler, or ignores it.
        """
        self._progress += 1
        named = self._processes.get(name)
        for process in [named] if named is not None else list(self._processes.values()):
            if process.is_alive and process is not sender.process and not self._answers(process):
                has_ended(process.pidfd, LAST_BREATH)
                self._bury(process)
            else:
                process.actors[0].is_signalled = True  # a handler runs in the main thread

    def _answers(self, process: Process) -> bool:
        for actor in process.actors:
            if not actor.is_over:
                try:
                    actor.sock.send(wire.GRANT.pack(wire.PROBE, 0, self.now))
                    data = self._receive(actor)
                except OSError:
                    return False
                return bool(data) or self._how is not None
        return not has_ended(process.pidfd, HANDLED)

    def _notice_deaths(self) -> bool:
        """Whether a process has ended that nobody was told of (killed from outside, by the kernel)."""
        dead = [each for each in self._processes.values() if each.is_alive and has_ended(each.pidfd)]
        for process in dead:
            self._bury(process)
            self._progress += 1
        return bool(dead)

    def _end_all(self) -> None:
        for process in self._processes.values():
            if process.is_alive:
                kill(process.pidfd)
        until = time.monotonic() + LAST_BREATH
        for process in self._processes.values():
            if process.is_alive:
                has_ended(process.pidfd, max(0.0, until - time.monotonic()))
            os.close(process.pidfd)
        for actor in self.actors:
            if not actor.is_over:
                actor.sock.close()
        for pidfd in self._foreign:
            kill(pidfd)
            os.close(pidfd)

    def _outcome(self) -> Ended:
        ended, reply = self._ended, self._reply
        ended.points, ended.actors = self.points, self.actors
        ended.has_returned = reply is not None
        if self._how in ("deadlock", "livelock"):
            ended.waiting = [actor for actor in self.actors if not actor.is_over]
        if self._how is not None:
            ended.how = self._how
        elif reply is None:
            ended.how = "ended"
        if reply is not None:
            self._read(reply)
        return ended

    def _read(self, reply: dict[str, Any]) -> None:
        from manychefs.sandbox.inside import plain

        ended = self._ended
        left = reply.get("left")
        ended.left = [str(name) for name in left] if isinstance(left, list) else []
        how: Ending = "channel"
        if "value" in reply:
            try:
                ended.value, how = plain.unpack(reply["value"]), "value"
            except plain.NotPlain:
                how = "channel"
        elif isinstance(reply.get("raised"), dict):
            ended.error, how = reply["raised"], "raised"
        elif isinstance(reply.get("refused"), dict):
            ended.error, how = reply["refused"], "refused"
        if self._how is None:
            ended.how = how


def _is_short(actor: Actor) -> bool:
    """Whether an actor waits with a time-out that may fire before others have run; any sleep may end so."""
    if not actor.is_blocked or actor.deadline == wire.NEVER or actor.kind == "end":
        return False
    return actor.kind == "sleep" or actor.deadline - actor.since <= SHORT


def _descriptors(actor: Actor) -> list[int]:
    """The file descriptors in the message that follows one which announces them."""
    try:
        _, ancillary, _, _ = actor.sock.recvmsg(1, 64)
    except OSError:
        return []
    return [
        number
        for level, kind, body in ancillary
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS
        for number in struct.unpack(f"{len(body) // 4}i", body[: len(body) // 4 * 4])
    ]


def _int(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else 0


__all__ = ["Actor", "Choice", "Ended", "Entry", "HostGone", "Run", "Strategy", "Turn"]
