"""A task for each call, in a TaskGroup."""

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
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(ask(supplier, item)) for item in items]
    return [call.result() for call in calls]


def price_list(supplier, items):
    return asyncio.run(ask_for_all(supplier, items))
