"""A plain loop over plain sockets.

caught-by: test_all_calls_at_once
says: waited for before the next call
"""

import socket


def ask(supplier, item):
    kind = socket.AF_UNIX if isinstance(supplier, str) else socket.AF_INET
    with socket.socket(kind) as line:
        line.connect(supplier)
        line.sendall(f"{item}\n".encode())
        with line.makefile() as answers:
            return int(answers.readline())


def price_list(supplier, items):
    return [ask(supplier, item) for item in items]
