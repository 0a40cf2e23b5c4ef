"""The waiter waits for a flag, which it looks at under the condition's lock before and after each wait.

expect: 1
"""

from multiprocessing import Condition, Process, Value


def wait_for_flag(condition, flag):
    with condition:
        condition.wait_for(lambda: flag.value)


def program():
    condition = Condition()
    flag = Value("i", 0)
    waiter = Process(target=wait_for_flag, args=(condition, flag))
    waiter.start()
    with condition:
        flag.value = 1
        condition.notify()
    waiter.join()
    return flag.value


if __name__ == "__main__":
    print(program())
