"""Two processes wait at one condition for different stages; `notify` may wake the one that cannot go on.

expect: 3
finding: deadlock
"""

from multiprocessing import Condition, Process, Value


def advance(condition, stage, mine):
    with condition:
        while stage.value < mine:
            condition.wait()
        stage.value += 1
        condition.notify()


def program():
    condition = Condition()
    stage = Value("i", 0)
    workers = [Process(target=advance, args=(condition, stage, mine)) for mine in (2, 1)]
    for worker in workers:
        worker.start()
    with condition:
        stage.value = 1
        condition.notify()
    for worker in workers:
        worker.join()
    return stage.value


if __name__ == "__main__":
    print(program())
