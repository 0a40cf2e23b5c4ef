"""Each answer is awaited before the next call is made.

caught-by: test_all_calls_at_once
says: more than 1 call open
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
    writer.close()
    await writer.wait_closed()
    return int(answer)


async def ask_for_all(supplier, items):
    return [await ask(supplier, item) for item in items]


def price_list(supplier, items):
    return asyncio.run(ask_for_all(supplier, items))
