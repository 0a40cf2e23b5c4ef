"""Never slower, and never faster: a plain loop for everything.

caught-by: test_many_numbers_use_processes
says: not one process
may-fail: test_many_numbers_are_faster
"""

def steps(number):
    count = 0
    while number > 1:
        number = number // 2 if number % 2 == 0 else 3 * number + 1
        count += 1
    return count


def count_steps(numbers):
    return [steps(number) for number in numbers]
