"""What every adapter needs: a thread version by its path, and the one line that it answers with.

An adapter is run by its tool's own interpreter, with strategy, program, schedules, seconds and seed as its
arguments, and prints one line of JSON: whether the tool has caught the program (true or false; null for
no verdict), after how many schedules, in how many seconds of its own call, and in its own words as what.
"""

import importlib.util
import json
import sys
import time
from pathlib import Path


def load(path):
    """The program: a module with `make`, `THREADS` and `check`."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def answer(explore):
    """Run the adapter: `explore` gives caught, schedules and words."""
    strategy, path, schedules, seconds, seed = sys.argv[1:6]
    module = load(path)
    started = time.perf_counter()
    caught, count, words = explore(module, strategy, int(schedules), float(seconds), int(seed))
    took = time.perf_counter() - started
    print()
    print(json.dumps({"caught": caught, "schedules": count, "seconds": took, "words": words[:120]}))
