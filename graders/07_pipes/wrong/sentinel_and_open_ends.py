"""A sentinel ends the kitchen, so nobody seems to need to close any end.

caught-by: test_a_guest_who_walks_out
says: copy of its other end
may-fail: test_a_kitchen_that_dies
"""

import time
from multiprocessing import Pipe, Process


def prepare(order, pause):
    time.sleep(pause)
    if not order:
        raise ValueError("an empty order: nobody can cook that")
    return order.upper()


def kitchen(hatch, other_end, pause):
    while (order := hatch.recv()) is not None:
        hatch.send(prepare(order, pause))


def open_kitchen(theirs, mine, pause):
    process = Process(target=kitchen, args=(theirs, mine, pause))
    process.start()
    return process


def serve(orders: list[str], pause: float = 0.0) -> list[str]:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, pause)
    answers = []
    try:
        for order in orders:
            hatch.send(order)
            answers.append(hatch.recv())
        hatch.send(None)
    except EOFError:
        pass
    hatch.close()
    process.join()
    return answers


def walk_out(order: str) -> int | None:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, 0.0)
    hatch.send(order)
    hatch.recv()
    hatch.close()
    process.join()
    return process.exitcode
