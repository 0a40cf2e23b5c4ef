"""The waiter asks for the flag before it takes the condition: set and notified in between, it waits for
ever.

expect: 1
finding: deadlock
"""

from multiprocessing import Condition, Process, Value


def wait_for_flag(condition, flag):
    if not flag.value:
        with condition:
            condition.wait()


def program():
    condition = Condition()
    flag = Value("i", 0)
    waiter = Process(target=wait_for_flag, args=(condition, flag))
    waiter.start()
    with condition:
        flag.value = 1
        condition.notify_all()
    waiter.join()
    return flag.value


if __name__ == "__main__":
    print(program())
