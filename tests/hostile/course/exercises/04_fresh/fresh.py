def count_up(processes, increments):
    raise NotImplementedError("task 1: count")
