"""`task_done` follows each item's result, so that `join` of the queue waits for all of them.

expect: 5
"""

from multiprocessing import JoinableQueue, Process, Value


def work(queue, total):
    while (item := queue.get()) is not None:
        with total.get_lock():
            total.value += item
        queue.task_done()


def program():
    queue = JoinableQueue()
    total = Value("i", 0)
    workers = [Process(target=work, args=(queue, total)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for item in (1, 4):
        queue.put(item)
    queue.join()
    result = total.value
    for _ in workers:
        queue.put(None)
    for worker in workers:
        worker.join()
    return result


if __name__ == "__main__":
    print(program())
