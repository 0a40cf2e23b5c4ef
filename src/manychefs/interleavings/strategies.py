"""Who is next: the strategies that a search goes through, siblings of one shape.

Which finds what was measured over 22 programs (docs/how-it-works.md): a random walk finds a lost
update among thousands at once and is blind where one process must first take 200 steps; PCT finds that and
is blind where many must meet; race-directed search holds one process inside its window until another
conflicts. No single one suffices, so a search goes round.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from manychefs.interleavings.inside.actors import UNLIMITED
from manychefs.interleavings.scheduler import Abandoned, Actor, Choice, Entry, Run, Strategy, Turn

READING = frozenset({"read", "poll", "empty", "qsize", "full", "is_set", "join", "end", "sleep"})


class InOrder:
    """Nobody is interrupted; who comes next is the first by a ranking of the actors' names.

    Args:
        rng: makes the ranking; None for the order in which they came.
    """

    def __init__(self, rng: random.Random | None = None) -> None:
        self._rng = rng
        self._ranks: dict[str, float] = {}

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:  # noqa: ARG002
        if current is not None:
            return Choice(current)
        return Choice(min(able, key=self._rank))

    def _rank(self, actor: Actor) -> tuple[bool, float]:
        # A busy waiter comes last, or two of them could keep all others from what they wait for.
        if self._rng is None:
            return actor.is_spinning, actor.index
        return actor.is_spinning, self._ranks.setdefault(actor.name, self._rng.random())


class OneAfterAnother:
    """Who was started last goes first: a process ends, if it can, before the one that started it goes on."""

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:  # noqa: ARG002
        return Choice(max(able, key=lambda actor: (not actor.is_spinning, actor.index)), 0)


class RandomWalk:
    """After a random number of points, anybody.

    Args:
        pace: the mean number of points of a turn.
        weights: how many points each actor's name has in a run; who has many gets the turn more often.
    """

    def __init__(self, rng: random.Random, pace: float, weights: dict[str, int] | None = None) -> None:
        self._rng, self._pace, self._weights = rng, pace, weights or {}

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:  # noqa: ARG002
        odds = [max(1, self._weights.get(actor.name, 1) - actor.points) for actor in able]
        actor = self._rng.choices(able, odds)[0]
        return Choice(actor, int(self._rng.expovariate(1 / self._pace)))


class PCT:
    """Random priorities, which change at a few points (Burckhardt and others, ASPLOS 2010).

    The one of the highest priority runs. At each of `depth - 1` change points the one that is running
    gets the lowest. The points are drawn from those on the student's own lines, as a first run has
    shown them: spread over all points they would drown in those of the library.
    """

    def __init__(self, rng: random.Random, depth: int, places: Sequence[tuple[str, int]]) -> None:
        self._rng = rng
        self._priorities: dict[str, float] = {}
        self._lowest = 0.0
        self._changes: dict[str, list[int]] = {}
        for name, index in rng.sample(list(places), min(depth - 1, len(places))):
            self._changes.setdefault(name, []).append(index)

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:  # noqa: ARG002
        if current is not None:
            changes = self._changes.get(current.name, [])
            if current.is_spinning or current.points in changes:
                if current.points in changes:
                    changes.remove(current.points)
                self._lowest -= 1.0
                self._priorities[current.name] = self._lowest
        actor = max(able, key=self._priority)
        ahead = [index for index in self._changes.get(actor.name, ()) if index > actor.points]
        return Choice(actor, min(ahead) - actor.points if ahead else UNLIMITED)

    def _priority(self, actor: Actor) -> float:
        return self._priorities.setdefault(actor.name, self._rng.random())


class POS:
    """Partial-order sampling (Yuan and others, CAV 2018): a random priority for each single operation.

    After an operation, those that conflict with it get new priorities, so that each order of conflicting
    operations is about as likely as any other.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._priorities: dict[str, float] = {}
        self._last: tuple[str, str, str] | None = None
        self._turns = 0

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:  # noqa: ARG002
        if self._last is not None and len(run.turns) > self._turns:  # else it could not go on
            name, kind, ident = self._last
            self._priorities.pop(name, None)
            for actor in able:
                if actor.ident == ident and ident and (kind not in READING or actor.kind not in READING):
                    self._priorities.pop(actor.name, None)
        actor = max(able, key=lambda each: self._priorities.setdefault(each.name, self._rng.random()))
        self._last, self._turns = (actor.name, actor.kind, actor.ident), len(run.turns)
        return Choice(actor, 0)


@dataclass(frozen=True)
class Pair:
    """Two places that conflict: kind, object and line of each."""

    held: tuple[str, str, int]
    other: tuple[str, str, int]


class Directed:
    """Race-directed: hold whoever comes to one place until another has passed a conflicting one.

    Args:
        pair: the two places.
        skip: how often the first place is passed before somebody is held there.
    """

    def __init__(self, rng: random.Random, pair: Pair, skip: int) -> None:
        self._order = InOrder(rng)
        self._pair, self._skip = pair, skip
        self._held: Actor | None = None
        self._is_done = False
        self._passing: Actor | None = None

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:
        if self._is_done:
            return self._order.choose(run, able, current)
        if self._held is None:
            if current is not None and _is_at(current, self._pair.held):
                if self._skip > 0:
                    self._skip -= 1
                    return Choice(current, 1)
                self._held = current
            else:
                here = current if current is None or not current.is_spinning else None
                chosen = self._order.choose(run, able, here)
                return Choice(chosen.actor, UNLIMITED, (self._pair.held,))
        return self._while_held(run, able, current)

    def _while_held(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:
        others = [actor for actor in able if actor is not self._held]
        if self._passing is not None and self._passing is current:
            # It has passed the conflicting place; let it go on a little, or not.
            self._is_done = True
            return Choice(self._held if self._held in able else current)
        if not others:
            self._is_done = True
            return self._order.choose(run, able, None)
        if current is not None and current in others and _is_at(current, self._pair.other):
            self._passing = current
            return Choice(current, 1)
        here = current if current in others else None
        chosen = self._order.choose(run, others, here if here is None or not here.is_spinning else None)
        return Choice(chosen.actor, UNLIMITED, (self._pair.other,))


class Hold:
    """One actor goes first, up to its `index`-th point, and then waits until nobody else can go on."""

    def __init__(self, rng: random.Random, name: str, index: int) -> None:
        self._order = InOrder(rng)
        self._name, self._index = name, index

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:
        for actor in able:
            if actor.name == self._name and actor.points < self._index:
                return Choice(actor, self._index - actor.points)
        others = [actor for actor in able if actor.name != self._name]
        if not others:
            return self._order.choose(run, able, current)
        return self._order.choose(run, others, current if current in others else None)


class Starve:
    """One actor goes first; once it has waited for something, others have their turns before it, then it.

    It finds who relies on being next when what they waited for is there: the `if` that should be a
    `while` around a condition's wait.

    Args:
        blocks: how often it may wait before it is passed over. turns: how many turns of others that end by
            themselves it is passed over for. walk: who of the others is next.
    """

    def __init__(self, name: str, blocks: int, turns: int, walk: Strategy) -> None:
        self._walk = walk
        self._name, self._blocks, self._turns = name, blocks, turns
        self._seen = 0

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:
        for turn in run.turns[self._seen :]:
            if turn.actor == self._name:
                self._blocks -= turn.how == "blocked"
            elif self._blocks <= 0:
                self._turns -= turn.how in ("blocked", "ended")
        self._seen = len(run.turns)
        others = [actor for actor in able if actor.name != self._name]
        starved = [actor for actor in able if actor.name == self._name]
        if starved and (self._blocks > 0 or self._turns <= 0):
            return Choice(starved[0])
        return self._walk.choose(run, others or able, current)


class Rendezvous:
    """Whoever comes to a place waits there until nobody else can go on; then all go on in any order.

    Args:
        place: kind and line of an operation, whatever object it is on.
    """

    def __init__(self, rng: random.Random, place: tuple[str, int]) -> None:
        self._order = InOrder(rng)
        self._break = (place[0], "", place[1])
        self._waiting: set[str] = set()
        self._met: set[str] = set()

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:
        if current is not None and current.name not in self._met and _is_at(current, self._break):
            self._waiting.add(current.name)
            self._met.add(current.name)
        others = [actor for actor in able if actor.name not in self._waiting]
        if not others:
            self._waiting.clear()
            others = able
        here = current if current in others else None
        actor = self._order.choose(run, others, here).actor
        return Choice(actor, UNLIMITED, () if actor.name in self._met else (self._break,))


class LockStep:
    """All in turn, each for as many points: what only ends when somebody is luckier does not end."""

    def __init__(self, rng: random.Random, quantum: int) -> None:
        self._rng, self._quantum = rng, quantum
        self._ranks: dict[str, float] = {}
        self._last = -1.0

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:  # noqa: ARG002
        ranked = sorted(able, key=self._rank)
        actor = next((each for each in ranked if self._rank(each) > self._last), ranked[0])
        self._last = self._rank(actor)
        return Choice(actor, self._quantum - 1)

    def _rank(self, actor: Actor) -> float:
        return self._ranks.setdefault(actor.name, self._rng.random())


class CoarseWalk:
    """Anybody's turn, up to where somebody takes a lock, hands something over or waits.

    What lies between is mostly guarded by a lock, and to be interrupted in it changes nothing: so there are
    far fewer orders, and each is that much likelier.
    """

    BREAKS = tuple(
        (kind, "", 0)
        for kind in (
            *("acquire", "wait", "put", "get", "send", "recv", "poll", "empty", "qsize", "full"),
            *("set", "clear", "is_set", "call", "task_done", "join-queue", "sleep"),
        )
    )

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:  # noqa: ARG002
        return Choice(self._rng.choice(able), UNLIMITED, self.BREAKS)


def _is_at(actor: Actor, place: tuple[str, str, int]) -> bool:
    kind, ident, line = place
    same = not ident or actor.ident == ident
    return actor.kind == kind and same and (not line or not actor.line or actor.line == line)


class Replay:
    """The turns of a recorded schedule.

    Args:
        turns: what happened. strict: whether the run must go exactly so (else it goes on as it can, and
            whoever is running is not interrupted once the turns are used up). gives_up: says of the turns
            so far whether the run is of no use any more.
    """

    def __init__(
        self,
        turns: Sequence[Turn],
        strict: bool = True,
        gives_up: Callable[[list[Turn]], bool] | None = None,
    ) -> None:
        self._turns = list(turns)
        self._strict = strict
        self._gives_up = gives_up
        self._next = 0
        self._order = InOrder()
        self.diverged = False

    def tick(self, run: Run) -> None:
        """A time-out that fired early then fires early now: it is as late as it was."""
        if self._next < len(self._turns):
            run.now = max(run.now, self._turns[self._next].clock)

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:
        if self._gives_up is not None and self._gives_up(run.turns):
            raise Abandoned
        while self._next < len(self._turns):
            turn = self._turns[self._next]
            self._next += 1
            for actor in able:
                if actor.name == turn.actor:
                    return Choice(actor, turn.points if turn.how == "point" else UNLIMITED)
            self.diverged = True
            if self._strict:
                raise Abandoned
        return self._order.choose(run, able, current)


@dataclass
class Slot:
    """One decision of a systematic search: who could go on, who did, and how many preemptions before.

    early: whose time-out could have fired early, which counts as a preemption.
    """

    able: list[str]
    early: list[str]
    chosen: str
    current: str | None
    spent: int


class Guided:
    """Follows a prefix of decisions, then interrupts nobody; notes what else could have been chosen.

    While fewer than `bound` preemptions are spent, it decides at every point. A time-out that fires
    before others have run counts as one.
    """

    def __init__(self, prefix: Sequence[str], bound: int) -> None:
        self._prefix, self._bound = prefix, bound
        self._spent = 0
        self.slots: list[Slot] = []

    def choose(self, run: Run, able: list[Actor], current: Actor | None) -> Choice:
        actor = self._next(able, run.early, current)
        self.slots.append(
            Slot(
                able=[each.name for each in able],
                early=[each.name for each in run.early],
                chosen=actor.name,
                current=current.name if current else None,
                spent=self._spent,
            )
        )
        self._spent += (current is not None and actor is not current) or actor in run.early
        return Choice(actor, 0 if self._spent < self._bound else UNLIMITED)

    def _next(self, able: list[Actor], early: list[Actor], current: Actor | None) -> Actor:
        if len(self.slots) < len(self._prefix):
            wanted = self._prefix[len(self.slots)]
            for actor in (*able, *early):
                if actor.name == wanted:
                    return actor
            raise Abandoned
        return current if current is not None else min(able, key=lambda each: each.is_spinning)


def conflicting_pairs(log: Sequence[Entry]) -> list[Pair]:
    """The pairs of places that conflict in a run, those that share no lock first.

    Two places conflict if different processes use one object there and at least one changes it. A place
    is held before its operation, so one that changes comes first: between what it read and what it writes.
    """
    places: dict[str, dict[tuple[str, str, int], set[str]]] = {}
    for entry in log:
        if entry.ident and entry.line and entry.kind not in ("blocked", "start", "end"):
            uses = places.setdefault(entry.ident, {})
            uses.setdefault((entry.kind, entry.ident, entry.line), set()).add(entry.actor)
    pairs: list[tuple[int, Pair]] = []
    for uses in places.values():
        for held, holders in uses.items():
            for other, others in uses.items():
                if len(holders | others) < 2:
                    continue
                if held[0] in READING and other[0] in READING:
                    continue
                rank = 0 if held[0] == "write" else 1 if held[0] not in ("acquire", "release") else 2
                pairs.append((rank, Pair(held, other)))
    pairs.sort(key=lambda each: each[0])
    return [pair for _, pair in pairs]
