def factorials(numbers):
    raise NotImplementedError("task 1: work out")
