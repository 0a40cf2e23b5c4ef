"""Writes on and on to its working folder and to the temporary one: here up to 96 MB, lest it does harm.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare
may: none
"""

import os

MOST = 96  # MB


def fill(path):
    with open(path, "wb") as file:
        for _ in range(MOST):
            file.write(bytes(1 << 20))


def count_up(processes, increments):
    written = 0
    for number, folder in enumerate((os.getcwd(), os.environ.get("TMPDIR", "/tmp"), "/tmp")):
        path = os.path.join(folder, f"full-{number}")
        try:
            for part in range(4):
                with open(f"{path}-{part}", "wb") as file:
                    for _ in range(MOST // 4):
                        file.write(bytes(1 << 20))
                        written += 1
        except OSError as error:
            print(error)
        for part in range(4):
            try:
                os.unlink(f"{path}-{part}")
            except OSError:
                pass
        if written >= MOST:
            print("GOT" + " THROUGH: wrote", written, "MB")
            return
        written = 0
