"""Leases on cores: checks run side by side, but nothing runs beside a speedup measurement.

    cores of this process   0 1 | 2 3 | 4 5 6 7 …
    a measurement           all of a region, exclusive, in order; bound to them
    a check                 one core, shared: of the region on a machine too small for both,
                            else beyond all regions, bound to the cores there
    exploring             one of a check's cores, bound to it; another one than others that explore have

    on the way to a lease   gate (first come, first served; held while it waits) ──► the cores' locks
    before it               turn (of measurements: the next one lets checks go first, for a while)

A region is two cores, however many there are: a mark must not depend on the machine, and an exercise asks
for so much "on two cores". Where two virtual cores are threads of one real one (SMT), a region takes one of
each and nobody gets the other: two threads of one core are worth 1.2 to 1.6 cores, not two.

One lock of the operating system a core, one for the gate and one for the turn, on files that all graders
of one user share, whichever command started them; a killed one lets go. Without the gate a measurement
would starve: as long as checks come and go, there is always one that holds a core. Without letting checks
go first, each measurement would have the machine stand idle until the longest check of the moment has
ended. So measurements gather: the first one waits until no check runs or its patience is at an end; those
that have come meanwhile follow it, one at a time, before any check. A lease stops only who asks for one:
what else runs on the machine is watched (manychefs.speedup.load), not stopped.

Where a CPU quota is what limits, which cores are ours is not for us to say: nothing is bound then, and
a measurement takes all there is.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from manychefs.sandbox import tree
from manychefs.speedup import cores as machine_cores
from manychefs.speedup.load import Patience

REGION = 2  # cores for one measurement; with more a machine can do something else meanwhile
PATIENCE = 15.0  # seconds that a measurement lets checks go first; a call's usual limit is ten
LOOK = 0.05  # seconds between looks whether checks still run


class Plan:
    """How the cores are shared out between measurements and checks.

    regions: the cores of each measurement. rest: the cores of the checks. apart: whether these are others, so
    that nobody need be waited for. marker: the core whose lock all checks share. binds: whether those who
    hold cores are bound to them.

    Args:
        cores: their numbers, or as many numbers as a quota allows.
        limited: whether it is a quota that limits, so that nothing is bound.
        region: how many cores a measurement gets, if there are more.
        physical: the cores by the real core that they are threads of (default: each is one).
    """

    def __init__(
        self,
        cores: Sequence[int],
        limited: bool = False,
        region: int = REGION,
        physical: Sequence[Sequence[int]] | None = None,
    ) -> None:
        self.cores = list(cores)
        groups = [[core] for core in cores] if physical is None or limited else physical
        self.apart = not limited and len(groups) >= 2 * region
        if self.apart:
            count = len(groups) // (2 * region)
            firsts = [group[0] for group in groups[: count * region]]
            self.regions = [firsts[at * region : (at + 1) * region] for at in range(count)]
            self.rest = [core for group in groups[count * region :] for core in group]
        else:
            whole = limited or len(groups) < region
            self.regions = [self.cores if whole else [group[0] for group in groups[:region]]]
            self.rest = self.cores
        self.marker = self.rest[-1] if self.apart else self.regions[0][-1]
        self.binds = not limited and len(self.regions[0]) < len(self.cores)


def plan() -> Plan:
    """The plan for this process, by its affinity and its quota."""
    try:
        cores = sorted(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        cores = list(range(os.cpu_count() or 1))
    usable = machine_cores.usable_cores()
    return Plan(cores[:usable], usable < len(cores), physical=machine_cores.by_physical_core(cores))


_bound: set[int] | None = None
_measurement: tuple[_Locks, Plan, list[int]] | None = None


@contextlib.contextmanager
def hold(
    *,
    alone: bool,
    folder: Path | None = None,
    waits: Callable[[], None] | None = None,
    share: Plan | None = None,
    patience: float = PATIENCE,
) -> Iterator[list[int]]:
    """Hold cores while a check runs; yields those that it may use.

    Args:
        alone: nothing else may run beside (a measurement).
        folder: where the locks are (default: one for this user in the system's temporary folder).
        waits: called once if the cores are not free at once.
        share: how the cores are shared out (default: by this machine).
        patience: how long a measurement lets checks go first, in seconds.
    """
    share = share or plan()
    kept = share.regions[0] if alone else share.rest
    with contextlib.ExitStack() as stack:
        try:
            import fcntl  # noqa: F401 - Windows has none: one check at a time is up to the caller

            locks = _Locks(_folder(folder), stack, waits)
            kept = locks.region(share, patience) if alone else locks.one(share)
            if alone:
                stack.enter_context(_measuring(locks, share, kept))
        except (ImportError, OSError):  # a full or read-only disk must not stop a grading
            pass
        with _bound_to(kept if share.binds else None):
            yield kept


@contextlib.contextmanager
def _measuring(locks: _Locks, share: Plan, kept: list[int]) -> Iterator[None]:
    global _measurement
    _measurement = locks, share, kept
    try:
        yield
    finally:
        _measurement = None


@contextlib.contextmanager
def widened(pids: Callable[[], Sequence[int]]) -> Iterator[int]:
    """Have a measurement hold all cores for a while, if nobody else grades now; yields how many it has.

    Args:
        pids: gives the processes that are to be bound anew, with all below them.
    """
    global _bound
    if _measurement is None or _bound is None:
        yield measuring_cores() if _measurement is None else len(_measurement[2])
        return
    locks, share, kept = _measurement
    with contextlib.ExitStack() as stack:
        if not locks.all_others(share, kept, stack):
            yield len(kept)
            return
        before = _bound
        _bound = set(share.cores)
        try:
            bind([os.getpid(), *pids()])
            yield len(share.cores)
        finally:
            _bound = before
            bind([os.getpid(), *pids()])


@contextlib.contextmanager
def narrowed(cores: Sequence[int] | None = None, folder: Path | None = None) -> Iterator[int | None]:
    """Bind this process to one core while it explores; one of its own, as long as there are enough.

    In a schedule one actor runs at a time, so a core is all that it can use. Two graders that explore on
    the same core take twice as long each, while another core stands idle.

    Args:
        cores: those to choose from (default: all that this process may use).
        folder: where the locks are (default: one for this user in the system's temporary folder).

    Yields the core; None where the system binds no process.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield None
        return
    before = os.sched_getaffinity(0)
    choice = sorted(before if cores is None else cores)
    first = os.getpid() % len(choice)  # on a busy machine no core is everybody's favourite
    core = choice[first]
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError, OSError):
            locks = _Locks(_folder(folder), stack, None)
            core = next((each for each in choice[first:] + choice[:first] if locks.takes_alone(each)), core)
        os.sched_setaffinity(0, {core})
        try:
            yield core
        finally:
            os.sched_setaffinity(0, before)


def patience() -> Patience:
    """What a measurement waits with for other programs; all of one user's share what they have met."""
    folder = Path(tempfile.gettempdir())
    with contextlib.suppress(OSError):
        folder = _folder(None)
    return Patience(folder / "restless")


def _folder(given: Path | None) -> Path:
    folder = given or Path(tempfile.gettempdir()) / f"manychefs-leases-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


class _Locks:
    """The lock files of one holder; they are let go with the stack."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack, waits: Callable[[], None] | None) -> None:
        self._folder = folder
        self._stack = stack
        self._waits = waits

    def region(self, share: Plan, patience: float) -> list[int]:
        """All cores of the first region that is free, or of the first one once it is."""
        with self._alone_at("turn"):
            if not share.apart:  # where they are, no check ever wants these cores
                self._let_checks_go_first(share, time.monotonic() + patience)
            with self._alone_at("gate"):
                found = next((each for each in share.regions if self._is_free(each)), share.regions[0])
                for core in found:
                    self._take(f"core-{core}", exclusive=True)
        return found

    def _let_checks_go_first(self, share: Plan, until: float) -> None:
        """Return when no check holds the cores, a measurement does, or the time is over."""
        while self._is_held_by_checks(share) and time.monotonic() < until:
            self._say_that_it_waits()
            time.sleep(LOOK)

    def _is_held_by_checks(self, share: Plan) -> bool:
        theirs = [share.marker]
        return not self._is_free(theirs) and self._is_free(theirs, exclusive=False)

    def one(self, share: Plan) -> list[int]:
        """A share in one core: the last, which a measurement takes last."""
        if share.apart:  # no measurement wants these cores, so nobody need be waited for
            self._take(f"core-{share.marker}", exclusive=False)
            return share.rest
        with self._alone_at("gate"):
            self._take(f"core-{share.marker}", exclusive=False)
        return share.rest

    def takes_alone(self, core: int) -> bool:
        """Take a core for exploring, unless somebody explores on it; whether it was taken."""
        return self._try(f"exploring-{core}", True, self._stack)

    def all_others(self, share: Plan, kept: Sequence[int], stack: contextlib.ExitStack) -> bool:
        """Whether nobody else had any of the cores; if so, they are held until the stack is closed."""
        wanted = {share.marker, *(core for region in share.regions for core in region)} - {*kept}
        return all(self._try(f"core-{core}", True, stack) for core in sorted(wanted))

    @contextlib.contextmanager
    def _alone_at(self, name: str) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            self._take(name, exclusive=True, stack=stack)
            yield

    def _is_free(self, region: Sequence[int], exclusive: bool = True) -> bool:
        with contextlib.ExitStack() as trial:
            return all(self._try(f"core-{core}", exclusive, trial) for core in region)

    def _say_that_it_waits(self) -> None:
        waits, self._waits = self._waits, None
        if waits is not None:
            waits()

    def _take(self, name: str, *, exclusive: bool, stack: contextlib.ExitStack | None = None) -> None:
        import fcntl

        stack = stack or self._stack
        if self._try(name, exclusive, stack):
            return
        self._say_that_it_waits()
        descriptor = self._open(name, stack)
        fcntl.flock(descriptor, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)

    def _try(self, name: str, exclusive: bool, stack: contextlib.ExitStack) -> bool:
        import fcntl

        descriptor = self._open(name, stack)
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _open(self, name: str, stack: contextlib.ExitStack) -> int:
        descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        stack.callback(os.close, descriptor)
        return descriptor


@contextlib.contextmanager
def _bound_to(cores: Sequence[int] | None) -> Iterator[None]:
    global _bound
    if cores is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    _bound = set(cores)
    machine_cores.given = machine_cores.given or frozenset(before)
    os.sched_setaffinity(0, _bound)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
        _bound, machine_cores.given = None, None


def bind(pids: Sequence[int]) -> None:
    """Bind these processes, and all below them, to the cores that are held, if any are bound to."""
    if _bound is None:
        return
    for pid in (each for top in pids for each in (top, *tree.descendants(top))):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(pid, _bound)


def measuring_cores() -> int:
    """How many cores a measurement has to itself: two, or one where there is no more."""
    return min(len(_bound) if _bound is not None else len(plan().regions[0]), REGION)
