"""Sends raw pickles on the answer pipe, framed and bare.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os
import pickle


class Pickled:
    def __reduce__(self):
        return (os.system, ("touch /tmp/got-through-$PPID",))


def count_up(processes, increments):
    body = pickle.dumps({"value": Pickled()})
    for data in (len(body).to_bytes(8, "big") + body, body):
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, data)
            except OSError:
                pass
    os._exit(0)
