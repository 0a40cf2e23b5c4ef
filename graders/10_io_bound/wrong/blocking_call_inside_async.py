"""The coroutine uses a plain socket: it blocks the event loop, and so everybody.

caught-by: test_all_calls_at_once
says: blocking call
"""

import asyncio
import socket


async def ask(supplier, item):
    kind = socket.AF_UNIX if isinstance(supplier, str) else socket.AF_INET
    with socket.socket(kind) as line:
        line.connect(supplier)
        line.sendall(f"{item}\n".encode())
        with line.makefile() as answers:
            return int(answers.readline())


async def ask_for_all(supplier, items):
    return await asyncio.gather(*(ask(supplier, item) for item in items))


def price_list(supplier, items):
    return asyncio.run(ask_for_all(supplier, items))
