"""Is never done with being imported.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
says: still being imported
holds: bwrap unshare landlock none
"""

import time

time.sleep(30)
