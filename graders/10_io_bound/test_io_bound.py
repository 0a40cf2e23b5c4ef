"""Grader of 10 io_bound: many slow answers, all waited for at the same time, by one process.

    price_list, in the sandbox                      Supplier, in a thread of the grader
      a connection for each item ── item, price ──►   notes which calls are open at once

The points hang on what the supplier saw and on which processes there were. However slow the machine
is, a program that waits for one answer at a time never has two calls open.
"""

import asyncio
import os
import random
import socket
import threading

import pytest

MENU = ["salt", "flour", "butter", "eggs", "milk"]
STORE = [f"item {number}" for number in range(40)]
FASTER = 8  # times as fast as one call after the other; with all calls open at once it is up to forty
LONGEST_LINE = 1000  # bytes
MOST_CALLS = 200  # open at once; nobody has to ask so much, and the grader is not to run out of files


class Supplier:
    """A slow server; as a context manager it answers until the block ends.

    Args:
        folder: where its socket is put: a folder that the submission reaches too.
        items: what it has; each gets a price that nobody can guess.
        takes: seconds until it answers a call.
        together: it answers nobody before so many different items are asked for at the same time,
        patience: unless nobody else has called for so many seconds (it then waits for no more).
        gap: seconds between two such answers; who called last is answered first.

    Attributes: address; prices (by item); most, the most different items asked for at one time.
    """

    def __init__(self, folder, items, *, takes=0.0, together=1, patience=0.0, gap=0.0):
        draw = random.SystemRandom()
        self.prices = {item: draw.randrange(100, 10_000) for item in items}
        self.most = 0
        self.address = str(folder.inside / "supplier")
        self._socket = folder.outside / "supplier"
        self._takes, self._together, self._patience, self._gap = takes, together, patience, gap
        self._open, self._calls = [], 0
        self._ready, self._wait_no_more = threading.Event(), together < 2
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self):
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._closed.set)
        self._thread.join()

    async def _serve(self):
        self._loop, self._closed = asyncio.get_running_loop(), asyncio.Event()
        if hasattr(socket, "AF_UNIX"):
            server = await asyncio.start_unix_server(self._take_call, self._socket)
            os.chmod(self._socket, 0o666)  # the submission may run as another user
        else:
            server = await asyncio.start_server(self._take_call, "127.0.0.1", 0)
            self.address = server.sockets[0].getsockname()
        self._ready.set()
        await self._closed.wait()
        server.close()
        self._socket.unlink(missing_ok=True)

    async def _take_call(self, reader, writer):
        try:
            if len(self._open) < MOST_CALLS:
                writer.write(await self._answer(reader))
                await writer.drain()
        except (OSError, ValueError):  # it hung up, or talks without end
            pass
        finally:
            writer.close()

    async def _answer(self, reader):
        line = b""
        while b"\n" not in line and len(line) < LONGEST_LINE:
            try:
                part = await asyncio.wait_for(reader.read(LONGEST_LINE), 1 if line else 6)
            except TimeoutError:
                return b"Sorry? I heard no end of your line.\n"
            if not part:
                break
            line += part
        item = line.decode("utf-8", "replace").strip()
        if item not in self.prices:
            return b"Sorry? We have no such thing.\n"
        self._open.append(item)
        self._calls += 1
        self._wait_until, place = self._loop.time() + self._patience, self._calls
        self.most = max(self.most, len(set(self._open)))
        try:
            await asyncio.sleep(self._takes)
            await self._until_together()
            await asyncio.sleep(self._gap * (self._calls - place))
        finally:
            self._open.remove(item)
        return b"%d\n" % self.prices[item]

    async def _until_together(self):
        while not self._wait_no_more:
            left = self._wait_until - self._loop.time()
            self._wait_no_more = self.most >= self._together or left <= 0
            await asyncio.sleep(min(0.01, max(left, 0)))


def what_is_wrong(value, items, prices) -> str:
    """The likely cause of a result that is not right; nothing if it is right."""
    expected = [prices[item] for item in items]
    if type(value) is list and value == expected:
        return ""
    if value is None:
        return "The function returns nothing (None).\nNext: return the list that asyncio.run gives (task 3)."
    if not isinstance(value, list):
        kind = type(value).__name__
        return f"The result is a {kind}, not a list.\nNext: return a list of prices, one an item (task 2)."
    if not all(type(price) is int for price in value):
        kind = next(type(price).__name__ for price in value if type(price) is not int)
        return f"The list has a {kind} in it.\nNext: make an int of the line that you read (task 1)."
    if sorted(value) == sorted(expected):
        return (
            "All prices are right, but in the wrong order: in that of the answers, not of the items.\n"
            "Next: gather gives results in the order of what you hand it; as_completed does not (task 2)."
        )
    return "At least one price is not what the supplier said.\nNext: return one price for each item (task 2)."


def expect(value, items, supplier) -> None:
    """Fail the check, with the likely cause, unless `value` has the price of each item, in order."""
    expected = [supplier.prices[item] for item in items]
    assert value == expected, what_is_wrong(value, items, supplier.prices)


@pytest.mark.check(points=2)
def test_every_price(student):
    """Every item gets its price: five, one, or none at all"""
    for items in (MENU, MENU[:1], []):
        with Supplier(student.shared_folder(), items, takes=0.01) as supplier:
            expect(student.price_list(supplier.address, items), items, supplier)


@pytest.mark.check(points=1)
def test_in_the_order_of_the_items(student):
    """The prices are in the order of the items, whichever answer comes first"""
    folder = student.shared_folder()
    with Supplier(folder, MENU, together=len(MENU), patience=0.3, gap=0.02) as supplier:
        expect(student.price_list(supplier.address, MENU), MENU, supplier)


@pytest.mark.check(points=3)
def test_all_calls_at_once(student):
    """All forty calls are open at the same time"""
    # It answers nobody before all have called: on a busy machine that takes a moment longer, and a
    # supplier with more patience sees it. Who waits for each answer has one call open, however long.
    for patience in (0.3, 1.5):
        folder = student.shared_folder()
        with Supplier(folder, STORE, together=len(STORE), patience=patience) as supplier:
            expect(student.price_list(supplier.address, STORE), STORE, supplier)
        if supplier.most == len(STORE):
            return
    raise AssertionError(why_not_at_once(supplier.most))


def why_not_at_once(most: int) -> str:
    """The likely cause of fewer calls at the same time, by how many the supplier saw."""
    if most == 1:
        return (
            f"The supplier never had more than 1 call open, and {len(STORE)} were to be made: each answer "
            "was waited for before the next call. Either each coroutine is awaited before the next one is "
            "started, or a blocking call (a plain socket, time.sleep, result()) stops the event loop, and "
            "everybody with it.\n"
            "Next: hand all coroutines to gather at once (task 2), and wait by `await` only (task 1)."
        )
    return (
        f"The supplier had at most {most} calls open at the same time, and {len(STORE)} were to be made: as "
        "many as there were workers in a pool of threads or processes, or as a semaphore let through.\n"
        "Next: one coroutine a call, all of them handed to gather; they need no workers (task 2)."
    )


@pytest.mark.check(points=2)
def test_no_process_is_started(student):
    """One process does it: none is started for the waiting"""
    with Supplier(student.shared_folder(), STORE[:8], takes=0.1) as supplier:
        run = student.run("price_list", supplier.address, STORE[:8])
    if run.processes:
        raise AssertionError(
            f"{run.processes} processes were started, to wait. A process costs time to start and some "
            "megabytes, and all of it only to sleep until an answer comes.\n"
            "Next: wait for all answers in one process, with asyncio (task 2)."
        )


@pytest.mark.check(points=2, kind="speedup", alone=False)  # it waits, and wants no core to itself
def test_faster_than_in_turn(student):
    """It is eight times as fast as one call after the other"""
    # The supplier takes its time over each call: in turn they never take less than the sum. On a busy
    # machine a short time may be too little to get eight times below it, so there are longer ones.
    for takes in (0.05, 0.12, 0.3):
        with Supplier(student.shared_folder(), STORE, takes=takes) as supplier:
            run = student.run("price_list", supplier.address, STORE)
        expect(run.value, STORE, supplier)
        in_turn = takes * len(STORE)
        if run.seconds < in_turn / FASTER:
            return
        if run.seconds > 0.8 * in_turn:
            break
    reason = (
        f"{run.processes} processes were started for it, which takes longer than the waiting."
        if run.processes
        else "Calls wait for each other, or a blocking call (time.sleep) stops the event loop, and so all."
    )
    raise AssertionError(
        f"Measured: {run.seconds:.2f} s from the call of price_list until it returned. The supplier takes "
        f"{takes:.2f} s over each of {len(STORE)} calls, which in turn is {in_turn:.2f} s: "
        f"{in_turn / run.seconds:.1f} times as long. At least {FASTER} times are required. {reason}\n"
        "Next: have all calls open at once (task 2), and wait by `await` only (task 1)."
    )


@pytest.mark.check(points=1, kind="cleanup")
def test_hangs_up(student):
    """Every connection is closed: nothing is left behind"""
    with Supplier(student.shared_folder(), MENU, takes=0.05) as supplier:
        run = student.run("price_list", supplier.address, MENU)
    expect(run.value, MENU, supplier)
    if any("unclosed <S" in text or "unclosed <s" in text for text in run.leftovers.warnings):
        raise AssertionError(
            "A connection was still open when it was forgotten: nobody had hung up. Python warned "
            f"{len(run.leftovers.warnings)} times of something unclosed.\n"
            "Next: when you have the price, call close() on the writer and await its wait_closed() (task 1)."
        )
    run.left_nothing_behind()
