"""The event is cleared right after it was set: a process that comes later never sees it.

expect: 2
finding: deadlock
"""

from multiprocessing import Event, Process, Value


def run(start, ran):
    start.wait()
    with ran.get_lock():
        ran.value += 1


def program():
    start = Event()
    ran = Value("i", 0)
    runners = [Process(target=run, args=(start, ran)) for _ in range(2)]
    for runner in runners:
        runner.start()
    start.set()
    start.clear()
    for runner in runners:
        runner.join()
    return ran.value


if __name__ == "__main__":
    print(program())
