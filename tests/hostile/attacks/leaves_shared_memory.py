"""Leaves a shared-memory block and a semaphore that no library has made or noted.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare
breaks: left-files
"""


def count_up(processes, increments):
    for name in ("got-through-block", "sem.got-through"):
        with open(f"/dev/shm/{name}", "wb") as file:
            file.write(bytes(64))
