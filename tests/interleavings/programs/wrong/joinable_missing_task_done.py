"""The worker skips odd items without calling `task_done` for them, and `join` of the queue waits for
ever.

expect: 4
finding: deadlock
"""

from multiprocessing import JoinableQueue, Process, Value


def work(queue, total):
    while (item := queue.get()) is not None:
        if item % 2:
            continue
        total.value += item
        queue.task_done()


def program():
    queue = JoinableQueue()
    total = Value("i", 0)
    worker = Process(target=work, args=(queue, total))
    worker.start()
    for item in (1, 4):
        queue.put(item)
    queue.join()
    queue.put(None)
    worker.join()
    return total.value


if __name__ == "__main__":
    print(program())
