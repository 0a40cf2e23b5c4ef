"""The worker waits, spinning, for exactly stage 1, which the main process may have passed meanwhile.

expect: "seen"
finding: livelock
"""

import time
from multiprocessing import Process, Value


def wait_for_stage_one(stage):
    while stage.value != 1:
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
