"""Sends the next check's answer along with this one's, and leaves a process behind.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import json
import os
import time
from multiprocessing import Process


def count_up(processes, increments):
    Process(target=time.sleep, args=(20,)).start()
    for value in (100, 21, 20, 20):
        body = json.dumps({"value": value, "warnings": []}).encode()
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, len(body).to_bytes(8, "big") + body)
            except OSError:
                pass
    os._exit(0)
