"""The connection is never closed.

caught-by: test_hangs_up
says: hung up
"""

import asyncio


async def dial(supplier):
    if isinstance(supplier, str):
        return await asyncio.open_unix_connection(supplier)
    return await asyncio.open_connection(*supplier)


async def ask(supplier, item):
    reader, writer = await dial(supplier)
    writer.write(f"{item}\n".encode())
    await writer.drain()
    answer = await reader.readline()
    return int(answer)


async def ask_for_all(supplier, items):
    return await asyncio.gather(*(ask(supplier, item) for item in items))


def price_list(supplier, items):
    return asyncio.run(ask_for_all(supplier, items))
