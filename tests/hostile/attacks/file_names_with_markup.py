"""Writes files into its own folder whose names, types and sizes are to trouble who clears up.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os


def count_up(processes, increments):
    for name in ("\x1b[2J", "-rf", "\udcff", "a" * 255, "\n"):
        with open(name, "w"):
            pass
    os.mkfifo("pipe")
    os.symlink("/", "root")
    folder = "deep"
    for _ in range(60):
        folder = os.path.join(folder, "d" * 50)
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError:
            break
    os.mkdir("locked", 0)
    with open("giant", "w") as file:
        try:
            file.truncate(1 << 40)
        except OSError:
            pass
    os.chmod(".", 0o500)
