"""Grader of 15 failing_worker: chefs who raise, are killed, leave, or never finish, and a deadline."""

import pytest

TOAST = ("raised", "ValueError: the toast is burnt")
DIED = ("died", None)
LATE = ("late", None)
HOUR = 3600.0
BIG = "x" * 200_000  # more than a pipe holds (64 KiB)


def done(dish: str) -> tuple[str, str]:
    """The outcome of an order that went well."""
    return ("done", dish.upper())


def what_is_wrong(value: object, expected: list[tuple[str, str | None]]) -> str:
    """The likely cause of outcomes that are not as expected; nothing if they are."""
    if type(value) is list and value == expected:
        return ""
    if value is None:
        return "The function returns nothing (None).\nNext: return the list that collect gives."
    if not isinstance(value, list) or len(value) != len(expected):
        return (
            "There is not one outcome for each order.\n"
            "Next: return a list with an outcome for each order, also for those that went wrong."
        )
    if not all(isinstance(each, tuple) and len(each) == 2 for each in value):
        return 'An outcome is not a pair.\nNext: send and return tuples: ("done", dish), ("died", None).'
    if sorted(map(repr, value)) == sorted(map(repr, expected)):
        return (
            "The outcomes are right but stand in the wrong order: in that of arriving, perhaps.\n"
            "Next: put each at the place that its order has in the list."
        )
    got, wanted = next((got, wanted) for got, wanted in zip(value, expected, strict=True) if got != wanted)
    return WRONG.get((wanted[0], got[0]), OTHERWISE)


OTHERWISE = (
    "An order went otherwise than its outcome says.\n"
    'Next: compare with the list in the lesson: "done", "raised", "died", "late".'
)
TOO_LATE = (
    "A chef's word did not come through within the limit, though he had all the time that he needed. A big "
    "dish is more than a pipe holds: who sends it waits until somebody takes it, and does not end before. "
    "Or one chef is waited for while others have long had something to say.\n"
    "Next: take the words as they come (wait on all the lines at once); join when all have been taken."
)
NEIGHBOURS = (
    "A chef who was well is reported as dead. Either one death took the neighbours along: a "
    "ProcessPoolExecutor is broken as a whole (BrokenProcessPool) when one of its workers dies. Or the "
    "answer was there, and only whether the chef is alive was looked at.\n"
    "Next: give each order a process of its own, and read what is in its pipe before you call it dead."
)
SWALLOWED = (
    "The exception was swallowed: the order went wrong and is not reported so. An `except` that says "
    "nothing on, or a result that nobody asks for, hides the error.\n"
    "Next: in the chef's process, catch Exception as error, and send what it was (task 1)."
)
UNHEARD = (
    "The chef did not die of a crash: cook raised an exception, which ended his process because nobody "
    "caught it there. It was printed, but the main process never heard of it.\n"
    "Next: catch it in chef and send its type and message over the line (task 1)."
)
NOT_NOTICED = (
    "A dead chef was not noticed: he was waited for until the limit. A Pool puts another in his place and "
    "says nothing. What tells of him is the end of his pipe (EOFError), which comes only when every process "
    "has closed its copy of the sending end, or his process's sentinel.\n"
    "Next: close your own copy right after start(), before the next chef can inherit it (task 2)."
)
NO_ANSWER = (
    "A chef left without an answer and is not reported as dead. An exit code of 0 says that a process ended "
    "by itself, not that it has done its work.\n"
    "Next: only what came over the line counts; a line that ends without it means that he died (task 3)."
)
NOT_STOPPED = (
    "An order that takes an hour is not reported as late.\n"
    "Next: wait only until the limit is over (task 3); those who have not answered by then are late."
)
WRONG = {
    ("raised", "raised"): (
        "The exception is told in other words.\n"
        'Next: send `Type: message`, as in f"{type(error).__name__}: {error}" (task 1).'
    ),
    ("raised", "died"): UNHEARD,
    ("raised", "done"): SWALLOWED,
    ("raised", "late"): SWALLOWED,
    ("done", "died"): NEIGHBOURS,
    ("done", "raised"): NEIGHBOURS,
    ("done", "late"): TOO_LATE,
    ("died", "late"): NOT_NOTICED,
    ("died", "done"): NO_ANSWER,
    ("died", "raised"): NO_ANSWER,
    ("late", "died"): (
        "A chef who was too late is reported as dead: he was ended by you, and only then looked at.\n"
        "Next: who has not answered when the limit is over is late, whatever becomes of him then."
    ),
    ("late", "done"): NOT_STOPPED,
    ("late", "raised"): NOT_STOPPED,
}


def expect(value: object, expected: list[tuple[str, str | None]]) -> None:
    """Fail the check, with the likely cause, unless the outcomes are right."""
    assert value == expected, what_is_wrong(value, expected)


@pytest.mark.check(points=1)
def test_all_goes_well(student):
    """When nothing goes wrong, every dish comes, in the order of the orders"""
    for orders in student.cases([("soup", 0.1), ("stew", 0.05), ("tea", 0.0)], []):
        expect(student.serve(orders, 60.0), [done(dish) for dish, _ in orders])


@pytest.mark.check(points=2, start_methods="first")
def test_an_exception_is_reported(student):
    """A chef who raises an exception is reported with it, and the others finish"""
    expect(student.serve([("toast", 0.0), ("soup", 0.1)], 60.0), [TOAST, done("soup")])


@pytest.mark.check(points=3)
def test_the_dead_are_noticed(student):
    """A chef who is killed, or walks out, is noticed at once, and the others finish"""
    orders, expected = [("crash", 0.0), ("stew", 0.2), ("walkout", 0.0)], [DIED, done("stew"), DIED]
    if student.start_method != "fork":  # where starting alone may take seconds on a busy machine
        expect(student.serve(orders, 60.0), expected)
        return
    for limit in (1.5, 4.0):
        run = student.run("serve", orders, limit)
        if run.value == expected and run.seconds < limit:
            break
    expect(run.value, expected)
    if run.seconds >= limit:
        raise AssertionError(
            "The outcomes are right, but nobody looked before the limit was over: the guests of a dead chef "
            "wait for nothing.\n"
            "Next: wait for whatever happens first: a word, the end of a line, or the limit (task 3)."
        )
    _noticed_beside_the_busy(student)


def _noticed_beside_the_busy(student) -> None:
    """A dead chef is noticed while another, who was started after him, is at work until the limit."""
    for limit in (0.4, 0.8, 2.4):
        value = student.serve([("crash", 0.0), ("stew", HOUR)], limit)
        if value == [DIED, LATE]:
            return
    expect(value, [DIED, LATE])


@pytest.mark.check(points=2, start_methods="first")
def test_the_late_are_stopped(student):
    """Chefs who do not finish are stopped at the limit, all at the same one"""
    orders = [("stew", HOUR), ("soup", 0.0), ("roast", HOUR)]
    expected = [LATE, done("soup"), LATE]
    if student.start_method != "fork":  # where soup may be late as well, if the machine is busy
        value = student.serve(orders, 0.8)
        if not each_or_late(value, expected):
            expect(value, expected)
        return
    for limit in (0.5, 1.0, 2.2):  # a limit for each, one after the other, never takes less than the sum
        run = student.run("serve", orders, limit)
        if run.value == expected and run.seconds < 2 * limit:
            return
    expect(run.value, expected)
    raise AssertionError(
        "Two late chefs cost two limits: each was given the whole limit when it was his turn to be waited "
        "for.\n"
        "Next: fix one time at which all is over, and wait for what is left until then: "
        "until - time.monotonic() (task 3)."
    )


@pytest.mark.check(points=1, start_methods=["fork"])
def test_the_stubborn_are_stopped(student):
    """A chef who ignores SIGTERM is stopped as well"""
    orders, expected = [("stubborn", HOUR), ("tea", 0.0)], [LATE, done("tea")]
    value = student.serve(orders, 0.5)
    if not each_or_late(value, expected):
        expect(value, expected)


@pytest.mark.check(points=1, start_methods="first")
def test_a_big_dish(student):
    """A big dish comes through: 200 000 characters"""
    expect(student.serve([(BIG, 0.0), ("tea", 0.0)], 60.0), [done(BIG), done("tea")])


@pytest.mark.check(points=1, start_methods=["fork"])
def test_all_cook_at_once(student):
    """Each order has a process of its own, and all cook at the same time"""
    dishes = ["soup", "stew", "rice"]
    for seconds in (0.1, 0.3, 1.0):  # a busy machine may see too little of a short run, never too much
        run = student.run("serve", [(dish, seconds) for dish in dishes], 60.0)
        expect(run.value, [done(dish) for dish in dishes])
        if run.at_once >= 3 and run.seconds < 3 * seconds:
            return
    raise AssertionError(why_not_at_once(run.processes, run.at_once))


def why_not_at_once(processes: int, at_once: int) -> str:
    """The likely cause of three orders that were not cooked by three processes at the same time."""
    if processes == 0:
        return (
            "No other process was seen: the main process cooks, perhaps in threads. A crash there is a "
            "crash of everything.\n"
            "Next: start a Process for each order (task 2)."
        )
    return (
        f"Three orders, and at most {at_once} processes at the same time, or one after the other.\n"
        "Next: start a process for each order, and wait for none before all are started (task 2)."
    )


@pytest.mark.check(points=2, kind="races")
def test_no_order_of_steps_hangs_or_lies(interleavings):
    """No order of steps makes it hang, or makes an answer get lost"""
    # One chef alone has few orders of steps, and most of them are seen; two have those with a neighbour.
    for orders, expected in (
        ([("soup", 0.04)], [done("soup")]),
        ([("soup", 0.04), ("crash", 0.0)], [done("soup"), DIED]),
    ):
        interleavings.explore("serve", orders, 0.05).always_true(
            lambda value, expected=expected: each_or_late(value, expected),
            "not each one as it went, or late",
            because=lambda value, expected=expected: what_is_wrong(value, expected),
        )


def each_or_late(value: object, expected: list[tuple[str, str | None]]) -> bool:
    """Whether each outcome is as expected or late: which of the two is the clock's business."""
    return (
        isinstance(value, list)
        and len(value) == len(expected)
        and all(got in (wanted, LATE) for got, wanted in zip(value, expected, strict=True))
    )


@pytest.mark.check(points=1, kind="cleanup")
def test_leaves_nothing(student):
    """Whatever happened, nobody is left: no process at work, and no zombie"""
    for dish, seconds in student.cases(("stew", HOUR), ("toast", 0.0), ("crash", 0.0)):
        student.run("serve", [(dish, seconds), ("tea", 0.0)], 0.4).left_nothing_behind()
