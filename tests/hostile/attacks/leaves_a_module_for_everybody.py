"""Leaves a .pth file and a module where every Python of this installation would load them.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock
breaks: left-files
"""

import site
import sysconfig


def count_up(processes, increments):
    for place in (sysconfig.get_paths()["purelib"], site.getusersitepackages()):
        try:
            with open(f"{place}/got-through.pth", "w") as file:
                file.write("# a line that Python would run, if it began with import\n")
        except OSError:
            pass
