"""The consumers are a pool's workers, and give their results as return values."""

from multiprocessing import Pool, Process, Queue
from time import sleep

counter = None


def open_counter(queue):
    global counter
    counter = queue


def produce(items, queue, consumers, pause):
    for item in items:
        sleep(pause)
        queue.put(item)
    for _ in range(consumers):
        queue.put(None)


def consume(pause):
    plated = []
    while (dish := counter.get()) is not None:
        sleep(pause)
        plated.append(dish.upper())
    return plated


def relay(items: list[str], consumers: int, pause: float = 0.0) -> list[str]:
    queue = Queue()
    with Pool(consumers, initializer=open_counter, initargs=(queue,)) as pool:
        shares = pool.map_async(consume, [pause] * consumers, chunksize=1)
        producer = Process(target=produce, args=(items, queue, consumers, pause))
        producer.start()
        results = [dish for share in shares.get() for dish in share]
        producer.join()
    return results
