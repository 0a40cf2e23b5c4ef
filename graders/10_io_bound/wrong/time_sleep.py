"""time.sleep in a coroutine stops the whole event loop, not only this call.

caught-by: test_faster_than_in_turn
says: time.sleep
may-fail: test_all_calls_at_once
"""

import asyncio
import time


async def dial(supplier):
    if isinstance(supplier, str):
        return await asyncio.open_unix_connection(supplier)
    return await asyncio.open_connection(*supplier)


async def ask(supplier, item):
    reader, writer = await dial(supplier)
    writer.write(f"{item}\n".encode())
    await writer.drain()
    time.sleep(0.05)  # the supplier needs a moment
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return int(answer)


async def ask_for_all(supplier, items):
    return await asyncio.gather(*(ask(supplier, item) for item in items))


def price_list(supplier, items):
    return asyncio.run(ask_for_all(supplier, items))
