"""Two waiters share the dining room's end: each may take the answer that the other waits for.

caught-by: test_no_order_of_steps_mixes_answers
says: one end of the pipe
may-fail: test_every_order_is_answered, test_no_orders, test_big_orders, test_the_kitchen_is_a_process, test_a_kitchen_that_dies, test_leaves_nothing
"""

import time
from multiprocessing import Pipe, Process
from threading import Thread


def prepare(order, pause):
    time.sleep(pause)
    if not order:
        raise ValueError("an empty order: nobody can cook that")
    return order.upper()


def kitchen(hatch, other_end, pause):
    other_end.close()
    while True:
        try:
            order = hatch.recv()
        except EOFError:
            return
        hatch.send(prepare(order, pause))


def open_kitchen(theirs, mine, pause):
    process = Process(target=kitchen, args=(theirs, mine, pause))
    process.start()
    theirs.close()
    return process


def waiter(hatch, orders, numbers, answers):
    for number in numbers:
        hatch.send(orders[number])
        answers[number] = hatch.recv()


def serve(orders: list[str], pause: float = 0.0) -> list[str]:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, pause)
    answers = {}
    waiters = [
        Thread(target=waiter, args=(hatch, orders, range(first, len(orders), 2), answers)) for first in (0, 1)
    ]
    for thread in waiters:
        thread.start()
    for thread in waiters:
        thread.join()
    hatch.close()
    process.join()
    return [answers[number] for number in range(len(orders))]


def walk_out(order: str) -> int | None:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, 0.0)
    hatch.send(order)
    hatch.recv()
    hatch.close()
    process.join()
    return process.exitcode
