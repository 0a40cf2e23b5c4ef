"""One event starts every round; the worker clears it after waking and so may wipe out the next round's
start.

expect: 2
finding: deadlock
"""

from multiprocessing import Event, Process, Value


def work(go, rounds):
    for _ in range(2):
        go.wait()
        rounds.value += 1
        go.clear()


def program():
    go = Event()
    rounds = Value("i", 0)
    worker = Process(target=work, args=(go, rounds))
    worker.start()
    for number in range(2):
        go.set()
    worker.join()
    return rounds.value


if __name__ == "__main__":
    print(program())
