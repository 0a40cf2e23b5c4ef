"""Crashes the interpreter in C.

against: tally
verdicts: test_adds_up failed, test_leaves_nothing failed
says: SIGSEGV
holds: bwrap unshare landlock none
"""

import ctypes


def count_up(processes, increments):
    ctypes.string_at(0)
