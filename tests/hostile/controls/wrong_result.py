"""Wrong: it forgets to return.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
says: returned None
holds: bwrap unshare landlock none
"""


def count_up(processes, increments):
    processes * increments
