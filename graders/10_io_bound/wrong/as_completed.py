"""as_completed gives the answers in the order in which they come.

caught-by: test_in_the_order_of_the_items
says: as_completed
may-fail: test_every_price, test_all_calls_at_once, test_faster_than_in_turn, test_hangs_up
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
    calls = [ask(supplier, item) for item in items]
    return [await call for call in asyncio.as_completed(calls)]


def price_list(supplier, items):
    return asyncio.run(ask_for_all(supplier, items))
