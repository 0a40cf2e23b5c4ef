"""The thread versions as programs for the engine: a process with the program's threads in it."""

import importlib.util
import sys
import threading
from pathlib import Path


def load(path):
    """One thread version."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MODULES = {path.stem: load(path) for path in sorted(Path(__file__).with_name("threads").glob("*.py"))}


def program(name):
    """Run the threads to their end; whether the state is right then."""
    module = MODULES[name]
    state = module.make()
    threads = [threading.Thread(target=target, args=(state,)) for target in module.THREADS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return module.check(state)
