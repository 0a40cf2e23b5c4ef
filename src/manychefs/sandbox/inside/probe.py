"""Run as a host to see whether a layer holds: tries what a submission must not be able to, and tells.

Prints one JSON object, most answers true or false: can it read a file that everybody may read outside, write
beside it, signal the process that started it; can it make the semaphores that multiprocessing needs.
"""

from __future__ import annotations

import json
import os
import sys

from manychefs.sandbox.inside import confine


def main() -> None:
    """Enter the sandbox, try, print."""
    descriptor, secret, grader = sys.argv[1:4]
    confine.enter(int(descriptor))
    answers = {
        "reads": _works(lambda: open(secret, "rb").close()),
        "writes": _works(lambda: open(f"{secret}.new", "wb").close()),
        "signals": _works(lambda: os.kill(int(grader), 0)),
        "pid": os.getpid(),
        "semaphores": _works(_semaphore),
        "root": os.getuid() == 0 and _works(lambda: os.chroot("/")),
    }
    print(json.dumps(answers), flush=True)


def _works(attempt: object) -> bool:
    try:
        attempt()  # type: ignore[operator]
    except OSError:
        return False
    return True


def _semaphore() -> None:
    from _multiprocessing import SemLock  # type: ignore[import-not-found]

    SemLock(1, 1, 1, f"/mc{os.getpid()}-probe", True)


if __name__ == "__main__":
    main()
