"""Raises an exception that runs code when it is pickled, unpickled, shown or compared.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os


class Raised(Exception):
    def __reduce__(self):
        return (os.system, ("touch /tmp/got-through-$PPID",))

    def __str__(self):
        os._exit(0)

    __repr__ = __str__


def count_up(processes, increments):
    raise Raised
