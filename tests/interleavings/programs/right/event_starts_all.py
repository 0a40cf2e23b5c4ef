"""Two runners wait for one event, which stays set.

expect: 2
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
    for runner in runners:
        runner.join()
    return ran.value


if __name__ == "__main__":
    print(program())
