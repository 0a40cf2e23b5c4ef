"""One process that takes all the memory there is.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""


def count_up(processes, increments):
    return len(bytearray(4 << 30))
