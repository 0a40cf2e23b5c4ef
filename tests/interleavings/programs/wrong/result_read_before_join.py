"""The result is read before the worker was joined.

expect: 42
finding: wrong-result
"""

from multiprocessing import Process, Value


def compute(answer):
    answer.value = 42


def program():
    answer = Value("i", 0)
    worker = Process(target=compute, args=(answer,))
    worker.start()
    result = answer.value
    worker.join()
    return result


if __name__ == "__main__":
    print(program())
