"""A coroutine that nobody awaits is returned in place of a price.

caught-by: test_every_price
says: await
may-fail: test_in_the_order_of_the_items, test_all_calls_at_once, test_no_process_is_started, test_hangs_up
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
    return [ask(supplier, item) for item in items]


def price_list(supplier, items):
    return asyncio.run(ask_for_all(supplier, items))
