"""Three visitors share two keys, and never are more than two in the room.

expect: true
"""

from multiprocessing import Process, Semaphore, Value


def visit(keys, inside, most):
    with keys:
        with inside.get_lock():
            inside.value += 1
            most.value = max(most.value, inside.value)
        with inside.get_lock():
            inside.value -= 1


def program():
    keys = Semaphore(2)
    inside, most = Value("i", 0), Value("i", 0)
    visitors = [Process(target=visit, args=(keys, inside, most)) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return most.value <= 2 and inside.value == 0


if __name__ == "__main__":
    print(program())
