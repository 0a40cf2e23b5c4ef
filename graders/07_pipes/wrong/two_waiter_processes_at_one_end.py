"""Two waiters, each a process, write into one end and read from it.

caught-by: test_no_order_of_steps_mixes_answers
says: one end of the pipe
may-fail: test_every_order_is_answered, test_no_orders, test_big_orders, test_the_kitchen_is_a_process, test_a_kitchen_that_dies, test_leaves_nothing
"""

import time
from multiprocessing import Pipe, Process, SimpleQueue


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


def waiter(hatch, orders, first, answers):
    for number in range(first, len(orders), 2):
        hatch.send(orders[number])
        answers.put((number, hatch.recv()))


def serve(orders: list[str], pause: float = 0.0) -> list[str]:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, pause)
    answers = SimpleQueue()
    waiters = [Process(target=waiter, args=(hatch, orders, first, answers)) for first in (0, 1)]
    for each in waiters:
        each.start()
    hatch.close()
    served = dict(answers.get() for _ in orders)
    for each in (*waiters, process):
        each.join()
    return [served[number] for number in range(len(orders))]


def walk_out(order: str) -> int | None:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, 0.0)
    hatch.send(order)
    hatch.recv()
    hatch.close()
    process.join()
    return process.exitcode
