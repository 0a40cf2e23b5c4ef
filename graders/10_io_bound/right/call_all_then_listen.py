"""No asyncio: plain sockets, all of them opened before any answer is read."""

import socket


def price_list(supplier, items):
    kind = socket.AF_UNIX if isinstance(supplier, str) else socket.AF_INET
    lines = [socket.socket(kind) for _ in items]
    for line, item in zip(lines, items):
        line.connect(supplier)
        line.sendall(f"{item}\n".encode())
    prices = []
    for line in lines:
        with line, line.makefile() as answers:
            prices.append(int(answers.readline()))
    return prices
