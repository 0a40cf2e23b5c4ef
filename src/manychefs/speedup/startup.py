"""What starting processes costs here, and a serial call of the kit's own to compare tiny work with.

It runs in a host of its own, under the same start method, confinement and channel as the submission, so
it pays what a call costs and what starting processes costs.
"""

from __future__ import annotations

import shutil
import statistics
import time
from functools import cache
from pathlib import Path

from manychefs.course import Limits, StartMethod
from manychefs.errors import ChefsError
from manychefs.sandbox.confinement import Confinement
from manychefs.sandbox.host import Host
from manychefs.sandbox.scratch import scratch_folder
from manychefs.speedup.inside import startup as job
from manychefs.speedup.measure import Sample
from manychefs.speedup.watch import LOOK, CpuWatch, sample_of

LONGEST = 120.0  # seconds of one run
_TRIED_STEPS = 200_000
_STARTS = 3


class StartupFailed(ChefsError):
    """The kit's own job did not run: the machine's or the kit's fault."""


class Startup:
    """A host with the kit's own job; close it after use."""

    def __init__(self, start_method: StartMethod, cores: int, confinement: Confinement | None = None) -> None:
        self._cores = max(cores, 2)
        self._folder = scratch_folder()
        file = Path(shutil.copy(job.__file__, self._folder / "startup.py"))
        limits = Limits(seconds=LONGEST, processes=4 * self._cores + 16)
        self.host = Host(file, start_method, limits, confinement)

    def __enter__(self) -> Startup:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End its host."""
        self.host.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def alone(self, cpu_seconds: float, look: float = LOOK) -> Sample:
        """So much work, by the call process itself."""
        return self._run("alone", round(cpu_seconds * steps_per_second()), look=look)

    def seconds(self) -> float:
        """What starting and joining one process a core costs, by the clock."""
        without = statistics.median(self._run("alone", 0).wall for _ in range(_STARTS))
        started = statistics.median(self._run("split", 0, self._cores).wall for _ in range(_STARTS))
        return max(1e-4, started - without)

    def _run(self, name: str, *args: int, look: float = LOOK) -> Sample:
        with CpuWatch() as watch:
            outcome = self.host.call(name, args, watch=watch, look=look)
        if outcome.how != "value":
            raise StartupFailed(
                "The kit's own job for the speedup measurement could not be run.",
                cause="The machine is out of memory or of processes, or the kit's installation is broken.",
                evidence=[f"{name}{args}: {outcome.how} {outcome.error}"[:300]],
                next_step="Run it again; `chefs doctor` says what this machine lacks.",
            )
        return sample_of(outcome, watch)


@cache
def steps_per_second() -> float:
    """How many steps of the job one core does in a second of CPU time, at its best."""
    taken = []
    for _ in range(3):
        before = time.process_time()
        job.spin(_TRIED_STEPS)
        taken.append(time.process_time() - before)
    return _TRIED_STEPS / max(min(taken), 1e-6)
