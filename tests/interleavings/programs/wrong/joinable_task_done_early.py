"""`task_done` is called before the result is written, so that `join` of the queue comes back too soon.

expect: 3
finding: wrong-result
"""

from multiprocessing import JoinableQueue, Process, Value


def work(queue, total):
    while (item := queue.get()) is not None:
        queue.task_done()
        total.value += item


def program():
    queue = JoinableQueue()
    total = Value("i", 0)
    worker = Process(target=work, args=(queue, total))
    worker.start()
    for item in (1, 2):
        queue.put(item)
    queue.join()
    result = total.value
    queue.put(None)
    worker.join()
    return result


if __name__ == "__main__":
    print(program())
