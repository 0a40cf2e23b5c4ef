"""Of four philosophers the last takes the right fork first, which breaks the cycle.

expect: 4
"""

from multiprocessing import Lock, Process, Value


def dine(first, second, meals):
    with first, second:
        with meals.get_lock():
            meals.value += 1


def program():
    forks = [Lock() for _ in range(4)]
    meals = Value("i", 0)
    table = [Process(target=dine, args=(forks[seat], forks[seat + 1], meals)) for seat in range(3)]
    table.append(Process(target=dine, args=(forks[0], forks[3], meals)))
    for philosopher in table:
        philosopher.start()
    for philosopher in table:
        philosopher.join()
    return meals.value


if __name__ == "__main__":
    print(program())
