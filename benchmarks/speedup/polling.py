"""What reading the kernel's books costs: `python benchmarks/speedup/polling.py [RUNS]`.

The grader's own CPU time while two processes of the kit's own job run for about half a second, watched and
hardly looked at, in turn, as a share of a core.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time

from manychefs.speedup.startup import Startup, steps_per_second
from manychefs.speedup.watch import LOOK, CpuWatch

CPU_SECONDS = 1.0


def share(job: Startup, look: float, watch: CpuWatch | None) -> float:
    """CPU time of this process over wall-clock time, while the job runs."""
    wall, cpu = time.monotonic(), time.process_time()
    steps = round(CPU_SECONDS * steps_per_second())
    with watch or contextlib.nullcontext():
        job.host.call("split", (steps, 2), watch=watch, look=look)
    return (time.process_time() - cpu) / (time.monotonic() - wall)


def main(runs: int) -> int:
    """Print both medians."""
    with Startup("fork", 2) as job:
        job.alone(0)
        pairs = [(share(job, LOOK, CpuWatch()), share(job, 0.1, None)) for _ in range(runs)]
    watched, alone = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"watched every {1000 * LOOK:.1f} ms: {watched:.1%} of a core; hardly looked at: {alone:.1%}; "
          f"reading the books: {watched - alone:.1%}; medians of {runs} runs")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
