"""Fills /dev/shm, which all programs of the machine share: here up to 96 MB, lest it does harm.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare
breaks: disk
"""

MOST = 96  # MB


def count_up(processes, increments):
    for part in range(8):
        with open(f"/dev/shm/got-through-{part}", "wb") as file:
            for _ in range(MOST // 8):
                file.write(bytes(1 << 20))
