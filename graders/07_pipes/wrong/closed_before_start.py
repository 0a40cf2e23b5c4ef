"""The kitchen's end is closed before the kitchen is started, which is handed an end that is closed.

caught-by: test_every_order_is_answered
says: before start()
may-fail: test_no_orders, test_big_orders, test_the_kitchen_is_a_process, test_a_kitchen_that_dies, test_a_guest_who_walks_out, test_no_order_of_steps_mixes_answers, test_leaves_nothing
"""

import time
from multiprocessing import Pipe, Process


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
    theirs.close()
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
