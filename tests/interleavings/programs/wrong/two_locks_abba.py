"""Two processes take the same two locks in opposite order.

expect: 2
finding: deadlock
"""

from multiprocessing import Lock, Process, Value


def work(first, second, done):
    with first:
        with second:
            with done.get_lock():
                done.value += 1


def program():
    left, right = Lock(), Lock()
    done = Value("i", 0)
    one = Process(target=work, args=(left, right, done))
    other = Process(target=work, args=(right, left, done))
    one.start()
    other.start()
    one.join()
    other.join()
    return done.value


if __name__ == "__main__":
    print(program())
