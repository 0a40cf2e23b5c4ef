"""`wait` with a time-out comes back early at times; the loop looks at the flag again.

expect: 1
"""

from multiprocessing import Condition, Process, Value


def wait_for_flag(condition, flag):
    with condition:
        while not flag.value:
            condition.wait(timeout=0.01)


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
