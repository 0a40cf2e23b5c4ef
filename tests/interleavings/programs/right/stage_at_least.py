"""The worker waits for stage 1 or any later one.

expect: "seen"
"""

import time
from multiprocessing import Process, Value


def wait_for_stage_one(stage):
    while stage.value < 1:
        time.sleep(0.001)


def program():
    stage = Value("i", 0)
    worker = Process(target=wait_for_stage_one, args=(stage,))
    worker.start()
    stage.value = 1
    stage.value = 2
    worker.join()
    return "seen"


if __name__ == "__main__":
    print(program())
