"""Results come in any order, and each is put down under its task.

expect: {"2": 4, "3": 9}
"""

from concurrent.futures import ProcessPoolExecutor, as_completed


def square(number):
    return number * number


def program():
    with ProcessPoolExecutor(max_workers=2) as executor:
        tasks = {executor.submit(square, number): number for number in (2, 3)}
        found = {tasks[future]: future.result() for future in as_completed(tasks)}
    return {str(number): found[number] for number in sorted(found)}


if __name__ == "__main__":
    print(program())
