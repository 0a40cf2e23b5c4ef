"""The waiter waits without asking whether the news is there already: a notification before that is lost.

expect: "woken"
finding: deadlock
"""

from multiprocessing import Condition, Process


def wait_for_news(condition):
    with condition:
        condition.wait()


def program():
    condition = Condition()
    waiter = Process(target=wait_for_news, args=(condition,))
    waiter.start()
    with condition:
        condition.notify()
    waiter.join()
    return "woken"


if __name__ == "__main__":
    print(program())
