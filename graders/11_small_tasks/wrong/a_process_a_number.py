"""One process for each number.

caught-by: test_few_numbers_start_nothing
says: a process for each
may-fail: test_short_and_long, test_many_numbers_use_processes, test_large_pieces, test_many_numbers_are_faster, test_leaves_nothing
"""

from multiprocessing import Process, Queue


def steps(number):
    count = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def work(place, number, results):
    results.put((place, steps(number)))


def count_steps(numbers):
    results = Queue()
    chefs = [Process(target=work, args=(*pair, results)) for pair in enumerate(numbers)]
    for chef in chefs:
        chef.start()
    found = dict(results.get() for _ in chefs)
    for chef in chefs:
        chef.join()
    return [found[place] for place in range(len(numbers))]
