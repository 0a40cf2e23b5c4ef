"""Files that want to look fast: each earns nothing for speed."""

from __future__ import annotations

import pytest

from manychefs.report import Verdict
from manychefs.speedup.cores import usable_cores

pytestmark = pytest.mark.skipif(usable_cores() < 2, reason="one core shows no speedup")

GRADER = '''
import pytest

def serial(numbers):
    return [sum(range(number)) for number in numbers]

def fresh(random, size):
    return [round(1_500_000 * size) + random.randrange(1000) for _ in range(4)]

@pytest.mark.check(points=3, kind="speedup")
def test_it(speedup):
    """Two processes beat one"""
    speedup.of("total", INPUT).over(serial, INPUT).at_least(1.5)
'''

SLEEPS_IN_THE_BASELINE = """
import builtins, time
def serial(numbers):
    time.sleep(1)
    return [sum(range(number)) for number in numbers]
builtins.sum = lambda items, real=sum: real(items)
def total(numbers):
    return [sum(range(number)) for number in numbers]
"""

PATCHES_THE_CLOCK = """
import time
for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
    setattr(time, name, lambda: 0.0)
def total(numbers):
    return [sum(range(number)) for number in numbers]
"""

KEEPS_ANSWERS = """
import mmap, json
from multiprocessing import Pool
KEPT = mmap.mmap(-1, 1 << 20)  # shared by the host with every call that it forks
def total(numbers):
    with Pool(2) as pool:
        KEPT.seek(0)
        kept = json.loads(KEPT.readline() or b"{}") if KEPT[:1] == b"{" else {}
        if (key := repr(numbers)) not in kept:
            kept[key] = [sum(range(number)) for number in numbers]
            KEPT.seek(0)
            KEPT.write(json.dumps(kept).encode() + b"\\n")
        return kept[key]
"""

FORKS_IDLE_SPINNERS = """
from multiprocessing import Process
def spin():
    while True: pass
def total(numbers):
    spinners = [Process(target=spin) for _ in range(2)]
    for each in spinners: each.start()
    found = [sum(range(number)) for number in numbers]
    for each in spinners: each.kill(); each.join()
    return found
"""

REPORTS_FORGED_TIMES = """
import json, os, sys
def total(numbers):
    for descriptor in (1, 2):
        os.write(descriptor, json.dumps({"seconds": 0.001, "cpu_seconds": 0.001, "speedup": 2.0}).encode())
    return [sum(range(number)) for number in numbers]
"""

SLOWS_THE_BASELINE = """
import threading
def burn():
    while True: pass
threading.Thread(target=burn, daemon=True).start()
def total(numbers):
    return [sum(range(number)) for number in numbers]
"""


@pytest.mark.slow
@pytest.mark.parametrize("given", ["fresh", "[2_000_000] * 4"])
@pytest.mark.parametrize(
    "source",
    [
        pytest.param(SLEEPS_IN_THE_BASELINE, id="sleeps in the baseline"),
        pytest.param(PATCHES_THE_CLOCK, id="patches the clock"),
        pytest.param(KEEPS_ANSWERS, id="keeps answers between calls"),
        pytest.param(FORKS_IDLE_SPINNERS, id="forks idle spinners"),
        pytest.param(REPORTS_FORGED_TIMES, id="reports forged times"),
        pytest.param(SLOWS_THE_BASELINE, id="slows the baseline"),
    ],
)
def test_it_earns_nothing_for_speed(tiny_course, source, given):
    if given != "fresh" and source != KEEPS_ANSWERS:
        pytest.skip("whether input is fresh makes a difference only to what keeps answers")
    check = tiny_course(GRADER.replace("INPUT", given), seconds=30).only_check(source)
    assert check.earned == 0
    # How much of the work is waste is seen less surely beside a busy neighbour.
    allowed = {Verdict.FAILED} | ({Verdict.INCONCLUSIVE} if source == FORKS_IDLE_SPINNERS else set())
    assert check.verdict in allowed, check.feedback
