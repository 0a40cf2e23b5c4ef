"""10 io_bound: one chef with many calls on hold, and no process for any of them.

Run it with `python3 io_bound.py`; check it with `chefs check 10`.
"""

import asyncio
import time

Address = str | tuple[str, int]
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def dial(supplier: Address) -> Line:
    """Open a connection to the supplier (given): a socket's path, or host and port."""
    if isinstance(supplier, str):
        return await asyncio.open_unix_connection(supplier)
    return await asyncio.open_connection(*supplier)


async def ask(supplier: Address, item: str) -> int:
    """Ask the supplier for the price of one item, on a connection of its own."""
    # Task 1: dial, say the item as one line, wait for the line with the price, hang up.
    raise NotImplementedError("task 1: dial, say the item as one line, wait for the line with the price, hang up.")


async def ask_for_all(supplier: Address, items: list[str]) -> list[int]:
    """Ask for all prices; return them in the order of the items."""
    # Task 2: have all calls open at the same time.
    raise NotImplementedError("task 2: have all calls open at the same time.")


def price_list(supplier: Address, items: list[str]) -> list[int]:
    """What the rest of the kitchen calls: an ordinary function, which returns the prices."""
    # Task 3: run the coroutine to its end, and return what it returns.
    raise NotImplementedError("task 3: run the coroutine to its end, and return what it returns.")


async def main() -> None:
    """Answer each call after half a second, and time price_list for eight items."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        item = await reader.readline()
        await asyncio.sleep(0.5)
        writer.write(b"%d\n" % len(item))
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        items = ["salt", "flour", "butter", "eggs", "milk", "yeast", "sugar", "lemons"]
        started = time.perf_counter()
        # In a thread, because the supplier has to go on answering here.
        prices = await asyncio.to_thread(price_list, server.sockets[0].getsockname(), items)
        print(prices, f"after {time.perf_counter() - started:.1f} s; in turn it takes 4 s")


if __name__ == "__main__":
    asyncio.run(main())
