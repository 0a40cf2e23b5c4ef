"""Grader of 02 pool_map: as many workers as asked for, the results in order, the pool closed."""

import pytest

LENGTHS = (10_000, 50_000, 250_000, 700_000)  # numbers to square, until the workers are at it
CLEAR_VIEW = 0.1  # seconds, in which there are some twenty looks at the processes


def wrong_squares(value: object, numbers: list[int]) -> str:
    """The likely cause of a result that is not the squares of `numbers`; nothing if it is."""
    expected = [n * n for n in numbers]
    if type(value) is list and value == expected:
        return ""
    if value is None:
        return "The function returns nothing (None).\nNext: return the list that map gives."
    if not isinstance(value, list):
        kind = type(value).__name__
        return f"The result is of type {kind}, not a list.\nNext: return a list of the squares."
    if None in value:
        return (
            "There is None where a square belongs: nobody worked out that number. A chunksize of 0 does "
            "that, and `len(numbers) // workers` is 0 when there are fewer numbers than workers.\n"
            "Next: leave chunksize out, or make it at least 1."
        )
    if any(type(item) is not int for item in value):
        kind = next(type(item).__name__ for item in value if type(item) is not int)
        return f"There is a {kind} in the list.\nNext: return the squares alone, as integers."
    if value == [1, 4, 9, 16, 25]:
        return (
            "These are the squares of 1 to 5: the example's answer stands in the code.\n"
            "Next: work out the numbers that are passed in."
        )
    if value == numbers:
        return "The numbers came back unchanged.\nNext: give square to map, as the function to call."
    if sorted(value) == sorted(expected):
        return (
            "The right squares in the wrong order: they stand as they came in, from whichever worker was "
            "ready first. imap_unordered, as_completed and callbacks do that, and it differs from run to "
            "run.\n"
            "Next: use map, which gives the results in the order of the numbers."
        )
    if len(value) < len(expected):
        return (
            f"{len(value)} squares for {len(expected)} numbers: some were lost. A set or a dict keeps equal "
            "ones only once, and equal pieces leave a rest over.\n"
            "Next: return one square for each number."
        )
    if len(value) > len(expected):
        return (
            f"{len(value)} squares for {len(expected)} numbers: some were worked out twice.\n"
            "Next: hand each number to one worker only; map sees to that."
        )
    return (
        "At least one of them is not the square of its number.\n"
        "Next: call square on every number, and keep square as it is."
    )


def expect(value: object, numbers: list[int]) -> None:
    """Fail the check, with the likely cause, unless `value` is right."""
    expected = [n * n for n in numbers]
    assert value == expected, wrong_squares(value, numbers)


@pytest.mark.check(points=2)
def test_squares_of_five_numbers(student):
    """Three workers square the numbers 1 to 5"""
    numbers = [1, 2, 3, 4, 5]
    expect(student.square_all(numbers, workers=3), numbers)


@pytest.mark.check(points=2, start_methods="first")
def test_other_numbers(student):
    """It works for other numbers: equal ones, fewer than there are workers, none at all"""
    for numbers, workers in ([7, -3, 0, 7, 100_000, 12, 1], 2), ([12], 2), ([], 1):
        expect(student.square_all(numbers, workers=workers), numbers)


@pytest.mark.check(points=3, start_methods="first")
def test_as_many_workers_as_asked_for(student):
    """The work is done by as many worker processes as asked for"""
    for workers in (2, 4):
        seen = most_at_once(student, workers)
        # One more is let pass: a helper, such as a manager's process, is no worker.
        if not workers <= seen <= workers + 1:
            raise AssertionError(why_other_workers(seen, workers))


def most_at_once(student, workers: int) -> int:
    """How many worker processes were seen at the same time; longer lists give a clearer view."""
    # Not the longest at once: who hands over one number at a time needs seconds for that.
    seen = 0
    for length in LENGTHS:
        run = student.run("square_all", list(range(length)), workers=workers)
        # On a busy machine the first worker may be done before the last one is looked at.
        seen = max(seen, run.at_once, min(run.processes, workers))
        if seen >= workers and run.seconds > CLEAR_VIEW:
            break
    return seen


def why_other_workers(seen: int, workers: int) -> str:
    """The likely cause of fewer or more workers than asked for."""
    if seen == 0:
        return (
            "No worker process was seen: one process did all the work, as a plain loop would. (Threads live "
            "in that one process, too.)\n"
            "Next: open a multiprocessing.Pool, and call its map instead of the built-in one."
        )
    if seen == 1:
        return (
            f"A single worker process was seen where {workers} were asked for.\n"
            "Next: pass the parameter on: Pool(processes=workers)."
        )
    few_or_many = "Only" if seen < workers else "As many as"
    return (
        f"{few_or_many} {seen} worker processes were seen where {workers} were asked for. Pool() alone takes "
        "one for each core of the machine; a number of your own is the same for everybody.\n"
        "Next: pass the parameter on: Pool(processes=workers)."
    )


@pytest.mark.check(points=3, kind="races")
def test_order_is_kept(interleavings):
    """The squares are in the order of the numbers, whichever worker is ready first"""
    numbers = [5, 12, -3, 8, 1, 9, 2, 11, 4, 10, 6, 7]
    interleavings.explore("square_all", numbers, workers=3).always(
        [n * n for n in numbers], because=lambda value: wrong_squares(value, numbers)
    )


@pytest.mark.check(points=2, kind="cleanup")
def test_the_pool_is_closed(student):
    """The pool is closed: nothing is left behind"""
    student.run("square_all", list(range(30)), workers=3).left_nothing_behind()
