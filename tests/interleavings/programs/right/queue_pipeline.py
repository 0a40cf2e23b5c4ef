"""Two stages are joined by queues, and each hands the end sign on.

expect: [1, 4]
"""

from multiprocessing import Process, Queue


def square(numbers, squares):
    while (number := numbers.get()) is not None:
        squares.put(number * number)
    squares.put(None)


def program():
    numbers, squares = Queue(), Queue()
    stage = Process(target=square, args=(numbers, squares))
    stage.start()
    for number in (1, 2, None):
        numbers.put(number)
    found = []
    while (result := squares.get()) is not None:
        found.append(result)
    stage.join()
    return found


if __name__ == "__main__":
    print(program())
