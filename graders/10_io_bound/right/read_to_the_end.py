"""The supplier hangs up after its answer, so reading to the end gives the line as well."""

import asyncio


async def dial(supplier):
    if isinstance(supplier, str):
        return await asyncio.open_unix_connection(supplier)
    return await asyncio.open_connection(*supplier)


async def ask(supplier, item):
    reader, writer = await dial(supplier)
    try:
        writer.write(item.encode() + b"\n")
        return int(await reader.read())
    finally:
        writer.close()


async def ask_for_all(supplier, items):
    calls = [asyncio.ensure_future(ask(supplier, item)) for item in items]
    return [await call for call in calls]


def price_list(supplier, items):
    return asyncio.run(ask_for_all(supplier, items))
