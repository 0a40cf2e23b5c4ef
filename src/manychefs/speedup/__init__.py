"""Measures parallel speedup: by the wall clock, and by what the program asked of the machine."""
