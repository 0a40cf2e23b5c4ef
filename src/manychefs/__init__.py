"""Many Chefs: an auto-graded course in Python multiprocessing, and the engine that grades it."""

__version__ = "0.1.0"
