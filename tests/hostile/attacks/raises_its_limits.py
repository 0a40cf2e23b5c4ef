"""Puts its resource limits up again, and then takes more memory than it may have.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock
breaks: memory
may: none
"""

import resource


def count_up(processes, increments):
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
        try:
            resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (ValueError, OSError) as error:
            print(error)
    if len(bytearray(400 << 20)):
        print("GOT" + " THROUGH")
