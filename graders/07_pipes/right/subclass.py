"""The kitchen is a subclass of Process that holds both ends."""

import time
from multiprocessing import Pipe, Process


def prepare(order, pause):
    time.sleep(pause)
    if not order:
        raise ValueError("an empty order: nobody can cook that")
    return order.upper()


class Kitchen(Process):
    def __init__(self, hatch, guest, pause):
        super().__init__()
        self.hatch, self.guest, self.pause = hatch, guest, pause

    def start(self):
        super().start()
        self.hatch.close()

    def run(self):
        self.guest.close()
        while order := self.next_order():
            self.hatch.send(prepare(order[0], self.pause))

    def next_order(self):
        try:
            return [self.hatch.recv()]
        except EOFError:
            return None


def open_kitchen(theirs, mine, pause):
    process = Kitchen(theirs, mine, pause)
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
