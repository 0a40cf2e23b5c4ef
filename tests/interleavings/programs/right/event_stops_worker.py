"""A worker counts until an event tells it to stop.

expect: true
"""

import time
from multiprocessing import Event, Process, Value


def work(stop, rounds):
    while not stop.is_set():
        rounds.value += 1
        time.sleep(0.001)


def program():
    stop = Event()
    rounds = Value("i", 0)
    worker = Process(target=work, args=(stop, rounds))
    worker.start()
    stop.set()
    worker.join()
    return rounds.value >= 0


if __name__ == "__main__":
    print(program())
