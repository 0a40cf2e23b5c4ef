"""Takes a turn of the explored program and never gives it back: a loop that passes no point.

against: steered
verdicts: test_no_update_is_lost failed, test_the_chefs_do_the_counting failed
holds: bwrap unshare landlock none
"""


def count_up(processes, increments):
    while True:
        pass
