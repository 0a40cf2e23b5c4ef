"""Blocking calls, each in a thread of its own: fine for forty, dear for ten thousand."""

import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial


def ask(supplier, item):
    kind = socket.AF_UNIX if isinstance(supplier, str) else socket.AF_INET
    with socket.socket(kind) as line:
        line.connect(supplier)
        line.sendall(f"{item}\n".encode())
        with line.makefile() as answers:
            return int(answers.readline())


def price_list(supplier, items):
    with ThreadPoolExecutor(len(items) or 1) as threads:
        return list(threads.map(partial(ask, supplier), items))
