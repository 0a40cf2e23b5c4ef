"""A pool of as many workers as there are cores: few calls at a time.

caught-by: test_all_calls_at_once
says: workers in a pool
may-fail: test_no_process_is_started
"""

import os
import socket
from functools import partial
from multiprocessing import Pool


def ask(supplier, item):
    kind = socket.AF_UNIX if isinstance(supplier, str) else socket.AF_INET
    with socket.socket(kind) as line:
        line.connect(supplier)
        line.sendall(f"{item}\n".encode())
        with line.makefile() as answers:
            return int(answers.readline())


def price_list(supplier, items):
    with Pool(max(os.cpu_count() or 1, 2)) as pool:
        return pool.map(partial(ask, supplier), items, chunksize=1)
