"""A process for each core, and a pipe for its share of the results."""

import os
from multiprocessing import Pipe, Process


def steps(number):
    count = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def work(numbers, results):
    results.send([steps(number) for number in numbers])


def count_steps(numbers):
    if len(numbers) < 1_000:
        return [steps(number) for number in numbers]
    cores = max(os.cpu_count() or 1, 2)
    lines, chefs = [], []
    for core in range(cores):
        here, there = Pipe(duplex=False)
        share = numbers[len(numbers) * core // cores : len(numbers) * (core + 1) // cores]
        chefs.append(Process(target=work, args=(share, there)))
        chefs[-1].start()
        there.close()
        lines.append(here)
    found = []
    for line in lines:
        found += line.recv()
        line.close()
    for chef in chefs:
        chef.join()
    return found
