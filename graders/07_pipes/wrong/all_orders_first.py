"""All orders are sent before the first answer is taken: with big ones, both sides wait in send().

caught-by: test_big_orders
says: both sides of a pipe send
may-fail: test_a_kitchen_that_dies, test_no_order_of_steps_mixes_answers
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
    process.start()
    theirs.close()
    return process


def serve(orders: list[str], pause: float = 0.0) -> list[str]:
    hatch, other = Pipe()
    process = open_kitchen(other, hatch, pause)
    answers = []
    try:
        for order in orders:
            hatch.send(order)
        for _ in orders:
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
