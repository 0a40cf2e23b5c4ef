"""Returns more than an answer may have.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
says: the limit is 16 MB
holds: bwrap unshare landlock none
"""


def count_up(processes, increments):
    return "x" * (17 << 20)
