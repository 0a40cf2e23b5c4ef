"""A plain loop: no process is made.

caught-by: test_as_many_workers_as_asked_for
says: No worker process
"""


def square(n: int) -> int:
    return n * n


def square_all(numbers: list[int], workers: int) -> list[int]:
    return [square(n) for n in numbers]
