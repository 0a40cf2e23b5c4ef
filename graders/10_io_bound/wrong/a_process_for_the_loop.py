"""The event loop runs in a process of its own, which nobody needs.

caught-by: test_no_process_is_started
says: asyncio
"""

import asyncio
from concurrent.futures import ProcessPoolExecutor


async def dial(supplier):
    if isinstance(supplier, str):
        return await asyncio.open_unix_connection(supplier)
    return await asyncio.open_connection(*supplier)


async def ask(supplier, item):
    reader, writer = await dial(supplier)
    writer.write(f"{item}\n".encode())
    await writer.drain()
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return int(answer)


async def ask_for_all(supplier, items):
    return await asyncio.gather(*(ask(supplier, item) for item in items))


def in_a_loop(supplier, items):
    return asyncio.run(ask_for_all(supplier, items))


def price_list(supplier, items):
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(in_a_loop, supplier, items).result()
