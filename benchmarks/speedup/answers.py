"""The answers that are judged: right ones in three ways, and wrong ones that look parallel by one sign.

Each has a function `total(numbers)` that gives `work` of each number, in order.
"""

from __future__ import annotations

HEAD = """
import ctypes, os, threading, time
from multiprocessing import Array, Lock, Pool, Process, Queue
from concurrent.futures import ProcessPoolExecutor

def work(number):
    value = 1
    for _ in range(number):
        value = (value * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
    return value

def into(queue, numbers):
    queue.put([work(number) for number in numbers])
"""

RIGHT = {
    "pool": """
def total(numbers):
    with Pool(os.cpu_count()) as pool:
        return pool.map(work, numbers, chunksize=1)
""",
    "executor": """
def total(numbers):
    with ProcessPoolExecutor() as executor:
        return list(executor.map(work, numbers))
""",
    "processes": """
def total(numbers):
    queues = [Queue() for _ in range(2)]
    workers = [Process(target=into, args=(queue, numbers[first::2])) for first, queue in enumerate(queues)]
    for worker in workers:
        worker.start()
    found = [0] * len(numbers)
    for first, queue in enumerate(queues):
        found[first::2] = queue.get()
    for worker in workers:
        worker.join()
    return found
""",
}

WRONG = {
    "serial": """
def total(numbers):
    return [work(number) for number in numbers]
""",
    "start-join": """
def total(numbers):
    found, queue = [], Queue()
    for number in numbers:
        worker = Process(target=into, args=(queue, [number]))
        worker.start()
        found += queue.get()
        worker.join()
    return found
""",
    "threads": """
def total(numbers):
    found = {}
    threads = [threading.Thread(target=lambda n=n, i=i: found.update({i: work(n)}))
               for i, n in enumerate(numbers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[i] for i in range(len(numbers))]
""",
    "redundant": """
def total(numbers):
    queue = Queue()
    workers = [Process(target=into, args=(queue, numbers)) for _ in range(2)]
    for worker in workers:
        worker.start()
    found = [queue.get() for _ in workers][0]
    for worker in workers:
        worker.join()
    return found
""",
    "75/25": """
def total(numbers):
    queue = Queue()
    cut = len(numbers) * 3 // 4
    worker = Process(target=into, args=(queue, numbers[cut:]))
    worker.start()
    found = [work(number) for number in numbers[:cut]]
    found += queue.get()
    worker.join()
    return found
""",
    "spinner": """
def spin():
    while True:
        pass

def total(numbers):
    spinner = Process(target=spin)
    spinner.start()
    found = [work(number) for number in numbers]
    spinner.kill()
    spinner.join()
    return found
""",
    "standing ready": """
def wait_idly(stop):
    # Ready to run all the time, and at the lowest priority: on the books it waits for a core.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    while True:
        pass

def total(numbers):
    idlers = [Process(target=wait_idly, args=(None,)) for _ in range(4)]
    for idler in idlers:
        idler.start()
    found, queue = [], Queue()
    for half in (numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]):
        worker = Process(target=into, args=(queue, half))
        worker.start()
        found += queue.get()
        worker.join()
    for idler in idlers:
        idler.kill()
        idler.join()
    return found
""",
    "chatty": """
def one_by_one(tasks, results):
    while (number := tasks.get()) is not None:
        left, value = number, 1
        while left > 0:
            for _ in range(min(left, 400)):
                value = (value * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
            left -= 400
            results.put(None)
        results.put(value)

def total(numbers):
    tasks, results, found = Queue(), Queue(), []
    workers = [Process(target=one_by_one, args=(tasks, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for number in numbers:  # in order, so that a result belongs to its number
        tasks.put(number)
        while (value := results.get()) is None:
            pass
        found.append(value)
    for _ in workers:
        tasks.put(None)
    for worker in workers:
        worker.join()
    return found
""",
    "lock held": """
def one_at_a_time(numbers, into_all, first, step, lock):
    for at in range(first, len(numbers), step):
        with lock:
            into_all[at] = work(numbers[at])

def total(numbers):
    lock, found = Lock(), Array("q", len(numbers), lock=False)
    workers = [Process(target=one_at_a_time, args=(numbers, found, first, 2, lock)) for first in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return list(found)
""",
    "lock taken again and again": """
def in_slices(numbers, into_all, first, step, lock):
    for at in range(first, len(numbers), step):
        value, left = 1, numbers[at]
        while left > 0:
            with lock:  # held through all of the work, and taken again at once: the other is woken in vain
                for _ in range(min(left, 5_000)):
                    value = (value * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
            left -= 5_000
        into_all[at] = value

def total(numbers):
    lock, found = Lock(), Array("q", len(numbers), lock=False)
    workers = [Process(target=in_slices, args=(numbers, found, first, 2, lock)) for first in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return list(found)
""",
    "slows the baseline": """
def burn():
    while True:
        pass

BURNER = Process(target=burn, daemon=True)
BURNER.start()
threading.Thread(target=burn, daemon=True).start()

def total(numbers):
    return [work(number) for number in numbers]
""",
}


def source(name: str) -> str:
    """The answer of this name, as a file."""
    return HEAD + (RIGHT | WRONG)[name]
