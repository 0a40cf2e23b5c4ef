"""No pool: processes that take every n-th number and answer through a queue."""

from multiprocessing import Process, Queue


def square(n: int) -> int:
    return n * n


def work(first: int, mine: list[int], answers: "Queue[tuple[int, list[int]]]") -> None:
    answers.put((first, [square(n) for n in mine]))


def square_all(numbers: list[int], workers: int) -> list[int]:
    answers: Queue = Queue()
    chefs = [Process(target=work, args=(first, numbers[first::workers], answers)) for first in range(workers)]
    for chef in chefs:
        chef.start()
    squares = [0] * len(numbers)
    for _ in chefs:
        first, results = answers.get()
        squares[first::workers] = results
    for chef in chefs:
        chef.join()
    return squares
