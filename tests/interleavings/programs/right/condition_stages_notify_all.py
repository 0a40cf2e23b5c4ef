"""Two processes wait at one condition for different stages, and every change wakes both.

expect: 3
"""

from multiprocessing import Condition, Process, Value


def advance(condition, stage, mine):
    with condition:
        while stage.value < mine:
            condition.wait()
        stage.value += 1
        condition.notify_all()


def program():
    condition = Condition()
    stage = Value("i", 0)
    workers = [Process(target=advance, args=(condition, stage, mine)) for mine in (2, 1)]
    for worker in workers:
        worker.start()
    with condition:
        stage.value = 1
        condition.notify_all()
    for worker in workers:
        worker.join()
    return stage.value


if __name__ == "__main__":
    print(program())
