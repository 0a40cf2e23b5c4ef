"""Two processes put a word each into a queue; both orders are right.

expect: ["a", "b"]
expect: ["b", "a"]
"""

from multiprocessing import Process, Queue


def work(word, results):
    results.put(word)


def program():
    results = Queue()
    workers = [Process(target=work, args=(word, results)) for word in ("a", "b")]
    for worker in workers:
        worker.start()
    found = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    return found


if __name__ == "__main__":
    print(program())
