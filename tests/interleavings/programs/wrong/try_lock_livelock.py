"""Two processes take one lock, try the other and give the first back when that fails: in step, for ever.

expect: 2
finding: livelock
"""

from multiprocessing import Lock, Process, Value


def work(first, second, done):
    while True:
        with first:
            if second.acquire(block=False):
                with done.get_lock():
                    done.value += 1
                second.release()
                return


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
