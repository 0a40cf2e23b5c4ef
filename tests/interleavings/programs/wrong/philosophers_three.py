"""Three philosophers eat twice, and each takes the left fork first.

expect: 6
finding: deadlock
"""

from multiprocessing import Lock, Process, Value


def dine(left, right, meals):
    for _ in range(2):
        with left, right:
            with meals.get_lock():
                meals.value += 1


def program():
    forks = [Lock() for _ in range(3)]
    meals = Value("i", 0)
    table = [Process(target=dine, args=(forks[i], forks[(i + 1) % 3], meals)) for i in range(3)]
    for philosopher in table:
        philosopher.start()
    for philosopher in table:
        philosopher.join()
    return meals.value


if __name__ == "__main__":
    print(program())
