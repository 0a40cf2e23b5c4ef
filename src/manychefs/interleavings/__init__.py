"""Looks for races and deadlocks: the same call again and again, under different orders of steps."""
