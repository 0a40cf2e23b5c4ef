"""Each of three philosophers takes the fork with the lower number first.

expect: 3
"""

from multiprocessing import Lock, Process, Value


def dine(low, high, meals):
    with low, high:
        with meals.get_lock():
            meals.value += 1


def program():
    forks = [Lock() for _ in range(3)]
    meals = Value("i", 0)
    table = []
    for seat in range(3):
        low, high = sorted((seat, (seat + 1) % 3))
        table.append(Process(target=dine, args=(forks[low], forks[high], meals)))
    for philosopher in table:
        philosopher.start()
    for philosopher in table:
        philosopher.join()
    return meals.value


if __name__ == "__main__":
    print(program())
