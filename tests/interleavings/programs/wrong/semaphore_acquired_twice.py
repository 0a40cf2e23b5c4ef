"""There are two tools and each of two workers needs both, taken one after the other.

expect: 2
finding: deadlock
"""

from multiprocessing import Process, Semaphore, Value


def work(tools, done):
    tools.acquire()
    tools.acquire()
    with done.get_lock():
        done.value += 1
    tools.release()
    tools.release()


def program():
    tools = Semaphore(2)
    done = Value("i", 0)
    workers = [Process(target=work, args=(tools, done)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return done.value


if __name__ == "__main__":
    print(program())
