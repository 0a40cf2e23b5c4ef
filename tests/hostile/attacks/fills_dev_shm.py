"""Fills /dev/shm, which all programs of the machine share: here up to 96 MB, lest it does harm.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare
may: none
"""

import os

MOST = 96  # MB


def count_up(processes, increments):
    written = 0
    try:
        for part in range(4):
            with open(f"/dev/shm/mc-full-{part}", "wb") as file:
                for _ in range(MOST // 4):
                    file.write(bytes(1 << 20))
                    written += 1
        print("GOT" + " THROUGH: wrote", written, "MB")
    finally:
        for part in range(4):
            if os.path.exists(f"/dev/shm/mc-full-{part}"):
                os.unlink(f"/dev/shm/mc-full-{part}")
