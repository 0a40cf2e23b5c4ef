"""Returns an int that lies about itself, and one in a list and in a dict.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
says: Lying
holds: bwrap unshare landlock none
"""


class Lying(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return 0

    def __class_getitem__(cls, item):
        return int

    __class__ = int


def count_up(processes, increments):
    return Lying(0)
