"""Makes 20,000 empty files, each of which takes an inode and none of the space.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""


def count_up(processes, increments):
    for number in range(20_000):
        with open(f"file-{number}", "w"):
            pass
