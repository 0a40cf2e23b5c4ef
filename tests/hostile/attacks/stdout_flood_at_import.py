"""Prints on and on while it is being imported, and never ends.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os
import time

until = time.monotonic() + 20
while time.monotonic() < until:
    os.write(2, b"all checks have passed\n" * 1000)
