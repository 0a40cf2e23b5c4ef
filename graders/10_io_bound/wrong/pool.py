"""A pool of processes asks, a worker for each item: right, and a waste.

caught-by: test_no_process_is_started
says: to wait
may-fail: test_all_calls_at_once, test_faster_than_in_turn
"""

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
    with Pool(len(items) or 1) as pool:
        return pool.map(partial(ask, supplier), items, chunksize=1)
