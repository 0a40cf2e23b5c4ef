"""A task is made for each call, and awaited before the next one is made.

caught-by: test_all_calls_at_once
says: before the next call
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
    prices = []
    for item in items:
        task = asyncio.create_task(ask(supplier, item))
        prices.append(await task)
    return prices


def price_list(supplier, items):
    return asyncio.run(ask_for_all(supplier, items))
