"""Every visitor gives the only key back twice, so that two may be in the room at once.

expect: 1
finding: wrong-result
"""

from multiprocessing import Process, Semaphore, Value


def visit(key, inside, most):
    key.acquire()
    with inside.get_lock():
        inside.value += 1
        most.value = max(most.value, inside.value)
    with inside.get_lock():
        inside.value -= 1
    key.release()
    key.release()


def program():
    key = Semaphore(1)
    inside, most = Value("i", 0), Value("i", 0)
    visitors = [Process(target=visit, args=(key, inside, most)) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return most.value


if __name__ == "__main__":
    print(program())
