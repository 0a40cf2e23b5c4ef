"""The student's hour in the terminal: check at each save, hints, lesson, reset, solution."""
