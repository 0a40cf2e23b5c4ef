"""A speedup measurement in words: what the program did, and what to do about it."""

from __future__ import annotations

from manychefs.report import Feedback, SpeedupMeasurement
from manychefs.speedup.load import CALM
from manychefs.speedup.measure import CLEARLY_SERIAL, long_enough, may_take_turns

NOTHING_LOST = "No points are given or taken here."
TALKATIVE = 4.0  # times as often as the control on a core: so much of it is for messages and locks


def figures(measured: SpeedupMeasurement) -> list[str]:
    """The measurement's lines of evidence."""
    return [*_times(measured), *_structure(measured), *_halts(measured), *_circumstances(measured)]


def _times(measured: SpeedupMeasurement) -> list[str]:
    taken = f"serial {seconds(measured.serial_seconds)}, yours {seconds(measured.student_seconds)}"
    rounds = f"(medians of {measured.rounds} rounds)"
    if measured.slower:
        return [
            f"{1 / measured.speedup:.2f} times as long as the serial run (95 % interval "
            f"{1 / measured.high:.2f} to {1 / measured.low:.2f}), {measured.required:.2f} allowed",
            f"{taken} {rounds}, the call itself included in both",
        ]
    return [
        f"speedup {measured.speedup:.2f}x (95 % interval {measured.low:.2f} to {measured.high:.2f}), "
        f"required {measured.required:.2f}x on {measured.cores} cores",
        f"{taken} {rounds}"
        + (f"; an even split {seconds(measured.control_seconds)} here" * bool(measured.control_seconds)),
    ]


def _structure(measured: SpeedupMeasurement) -> list[str]:
    if not measured.seen:
        return ["not seen on this system: what each process did and waited for (Linux shows it)"]
    if measured.slower:
        return [f"CPU time {measured.inflation:.2f} times that of the serial run"]
    return [
        f"asked for {measured.demand:.2f} cores at once; all its processes did {measured.balance:.2f} "
        f"times the work of the busiest; CPU time {measured.inflation:.2f} times the serial run's"
        + f", an even split's {measured.control_inflation:.2f}"
        * (measured.control_inflation >= 1.1)
    ]


def _halts(measured: SpeedupMeasurement) -> list[str]:
    if not measured.halts:
        return []
    return [
        f"one of its processes was halted for a moment, {measured.halts} times: "
        + (f"{measured.stalls} times no other one could go on" if measured.stalls else "the others went on")
    ]


def _circumstances(measured: SpeedupMeasurement) -> list[str]:
    told = []
    fraction = measured.serial_fraction
    if fraction is not None and 0 < fraction < 1 and not measured.slower:
        told.append(f"as if {100 * fraction:.0f} % of it ran on one core (Karp-Flatt)")
    if measured.foreign_load is not None and measured.foreign_load > CALM:
        told.append(f"other programs used {measured.foreign_load:.1f} cores meanwhile")
    if measured.attempts > 1:
        told.append(f"{measured.attempts} attempts in {measured.seconds:.0f} s")
    return ["; ".join(told)] if told else []


def seconds(value: float) -> str:
    """`0.21 s`, `4.2 ms`"""
    if value >= 0.1:
        return f"{value:.2f} s"
    return f"{value * 1000:.1f} ms" if value >= 1e-3 else f"{value * 1e6:.0f} µs"


def share_of_busiest(measured: SpeedupMeasurement) -> float:
    """The part of all the work that the busiest process did, in percent."""
    return 100 / measured.balance if measured.balance else 100.0


def cause(measured: SpeedupMeasurement) -> tuple[str, str]:
    """The likely cause of a speedup that is missing, and the next step."""
    for fits, told in (
        (_took_turns, _told_took_turns),
        (_one_did_most, _told_one_did_most),
        (_each_did_all, _told_each_did_all),
        (_too_short, _told_too_short),
        (_costs_too_much, _told_costs),
        (_one_did_all, _told_one_did_all),
        (_startup_ate_it, _told_startup),
    ):
        if measured.seen and fits(measured):
            return told(measured)
    return (
        "The work is spread, but not evenly or not cheaply enough.",
        "Look for the last process that still works while the others have finished.",
    )


def _too_short(measured: SpeedupMeasurement) -> bool:
    enough = long_enough(measured.startup_seconds, max(measured.cores, 2))
    return measured.processes > 2 and measured.serial_seconds < enough / 2 and measured.excess > 1.2


def _told_too_short(measured: SpeedupMeasurement) -> tuple[str, str]:
    return (
        f"Start-up ate it: starting {max(measured.cores, 2)} processes costs "
        f"{seconds(measured.startup_seconds)} here, and all of the work takes "
        f"{seconds(measured.serial_seconds)}.",
        "Give the processes more work, or do so little without them.",
    )


def _each_did_all(measured: SpeedupMeasurement) -> bool:
    serial = measured.serial_cpu_seconds
    # Who stops all the time does more for messages and locks, not the same work again.
    again = measured.excess > 1.5 and measured.restlessness <= TALKATIVE
    # What starting it takes is not work, and beside others the same work is booked more.
    starting = measured.startup_seconds / max(measured.cores, 2)
    work = (measured.busiest_cpu_seconds - starting) / measured.control_inflation
    return again and serial > 0 and work > 0.8 * serial


def _told_each_did_all(measured: SpeedupMeasurement) -> tuple[str, str]:
    if measured.balance < 1.4:
        return _told_one_did_most(measured)
    return (
        "Your processes did not share the work out: each did all of it, together "
        f"{measured.excess:.1f} times the work of the serial run.",
        "Give each process its own part of the work, and put the parts together.",
    )


def _took_turns(measured: SpeedupMeasurement) -> bool:
    held_up = measured.stalls > 0 and measured.parallelism < CLEARLY_SERIAL
    return (measured.demand < 1.2 or held_up) and measured.balance > 1.5


def _told_took_turns(measured: SpeedupMeasurement) -> tuple[str, str]:
    if measured.stalls:
        return (
            "Your processes took turns: while one was halted, the others had to wait for it. A lock that is "
            "held during the work does that.",
            "Do the work before you take the lock, and hold it only to put the result in its place.",
        )
    return (
        "Your processes took turns: they never worked at the same time.",
        "Start all of them before you wait for the first one, and let no lock or join stand between.",
    )


def _costs_too_much(measured: SpeedupMeasurement) -> bool:
    return measured.excess > 1.5


def _told_costs(measured: SpeedupMeasurement) -> tuple[str, str]:
    more = (measured.excess - 1) * measured.serial_cpu_seconds
    return (
        f"Starting {measured.processes} processes and talking between them took {seconds(more)} of CPU time "
        f"on top of the {seconds(measured.serial_cpu_seconds)} that the work itself takes.",
        "Start as many processes as there are cores, and send few and large messages: "
        "a list instead of each item, a sum instead of each number.",
    )


def _one_did_most(measured: SpeedupMeasurement) -> bool:
    return measured.balance < 1.5 and measured.processes > 2 and share_of_busiest(measured) < 97


def _told_one_did_most(measured: SpeedupMeasurement) -> tuple[str, str]:
    return (
        f"One process did {share_of_busiest(measured):.0f} % of the work, while the others had little to do.",
        "Split the work evenly: one task for each number, the biggest first, chunksize=1.",
    )


def _one_did_all(measured: SpeedupMeasurement) -> bool:
    return measured.balance < 1.5


def _told_one_did_all(_: SpeedupMeasurement) -> tuple[str, str]:
    return (
        "One process did all of the work. Threads do not help here: of one process's threads, only "
        "one runs Python code at a time (the GIL). Nor does a pool of one worker.",
        "Use as many processes as there are cores: a Pool, or ProcessPoolExecutor.",
    )


def _startup_ate_it(measured: SpeedupMeasurement) -> bool:
    return _lost(measured) > 0.25 * measured.student_seconds


def _lost(measured: SpeedupMeasurement) -> float:
    """Seconds in which the program did not ask for cores, beyond an even share of the serial run's work."""
    return measured.student_seconds * max(0.0, 1 - measured.demand / measured.cores)


def _told_startup(measured: SpeedupMeasurement) -> tuple[str, str]:
    return (
        f"Start-up and waiting ate it: {seconds(_lost(measured))} of {seconds(measured.student_seconds)}, in "
        f"which cores had nothing to do. Starting {measured.cores} processes costs "
        f"{seconds(measured.startup_seconds)} here.",
        "Give the processes more work for each start and each message, and end them as soon as it is done.",
    )


def failure(measured: SpeedupMeasurement, name: str) -> Feedback:
    """Feedback for a program that is not parallel enough, or too slow on tiny input."""
    if measured.slower:
        return _too_slow(measured, name)
    why, what_next = cause(measured)
    happened = (
        f"{name} made use of {measured.parallelism:.2f} cores at once; {measured.required:.2f} are required."
    )
    return Feedback(happened=happened, cause=why, evidence=figures(measured), next_step=what_next)


def _too_slow(measured: SpeedupMeasurement, name: str) -> Feedback:
    return Feedback(
        happened=f"{name} takes {1 / measured.speedup:.1f} times as long as the serial run; "
        f"{measured.required:.1f} times is allowed.",
        cause="Starting processes costs more than so little work: "
        f"{seconds(max(0.0, measured.student_seconds - measured.serial_seconds))} here.",
        evidence=figures(measured),
        next_step="Do little work in the process that is there already, and start others from a size on "
        "at which they pay.",
    )


def _stopping_decided(measured: SpeedupMeasurement) -> bool:
    """Whether it is left open because it stops often."""
    used = measured.inflation * measured.serial_cpu_seconds / measured.student_seconds
    return may_take_turns(measured.restlessness, used)


def undecided(measured: SpeedupMeasurement, name: str) -> Feedback:
    """Feedback where this machine could not show it."""
    for applies, told in (
        (measured.slower, _undecided_tiny),
        (measured.cores < 2, _one_core),
        (not measured.seen, _not_seen),
        (measured.parallelism < measured.required, _in_between),
        (_stopping_decided(measured), _restless),
    ):
        if applies:
            happened, why, what_next = told(measured, name)
            break
    else:
        happened = f"{name}: this machine could not show whether it is fast enough."
        why = "Other programs are using the cores, or the speedup is just at the edge."
        what_next = "Close other programs and try again."
    return Feedback(
        happened=happened,
        cause=why,
        evidence=figures(measured),
        next_step=f"{what_next} {NOTHING_LOST}",
    )


def _undecided_tiny(_: SpeedupMeasurement, name: str) -> tuple[str, str, str]:
    return (
        f"{name}: this machine could not show whether it is quick enough on tiny input.",
        "Other programs are using the cores, or it is just at the edge.",
        "Close other programs and try again.",
    )


def _one_core(measured: SpeedupMeasurement, name: str) -> tuple[str, str, str]:
    structure = ""
    if measured.seen and measured.parallelism < CLEARLY_SERIAL:
        structure = f" Nor would it be with more cores. {cause(measured)[0]}"
    elif measured.seen:
        structure = f" It asked for {measured.parallelism:.2f} cores at once: with more cores it should be."
    return (
        f"{name} cannot be faster than serial here: only one core is usable.",
        f"A container or a machine with a single core, or a CPU quota of one.{structure}",
        "Try it on a machine with two cores or more.",
    )


def _not_seen(measured: SpeedupMeasurement, name: str) -> tuple[str, str, str]:
    return (
        f"{name}: the clock does not show a speedup of {measured.required:.2f}x, and it alone fails nobody.",
        "Other programs may have had the cores. This system does not tell what each process did.",
        "Close other programs and try again, or grade it on Linux.",
    )


def _restless(measured: SpeedupMeasurement, name: str) -> tuple[str, str, str]:
    times = f"{measured.restlessness:.1f} times as often as such work has to"
    return (
        f"{name}: this machine is too busy to show by the clock whether it is fast enough.",
        f"Its processes stopped {times}, for a lock or a message, so that they asked for cores says little. "
        "A lock that is held during the work does that.",
        "Do the work before you take the lock, and send few and large messages. Then close other programs "
        "and try again.",
    )


def _in_between(measured: SpeedupMeasurement, name: str) -> tuple[str, str, str]:
    why, what_next = cause(measured)
    if measured.parallelism < CLEARLY_SERIAL:
        happened = (
            f"{name} made use of {measured.parallelism:.2f} cores at once; {measured.required:.2f} are "
            "required. Whether that is its own doing this machine could not show."
        )
    else:
        happened = (
            f"{name} asked for the work of {measured.parallelism:.2f} cores at once: between serial "
            f"and the required {measured.required:.2f}, too close to tell here."
        )
    return happened, why, what_next


def _why_the_clock_is_silent(measured: SpeedupMeasurement) -> str:
    if measured.foreign_load is None or measured.foreign_load > CALM:
        return "this machine was too busy to show it by the clock"
    if measured.control_speedup < measured.required:
        times = f"{measured.control_speedup:.2f} times as fast as the serial run"
        return f"on this machine even an even split of its work is {times}"
    return f"it is {measured.speedup:.2f} times as fast as the serial run, nearly what an even split is"


def passed(measured: SpeedupMeasurement, name: str) -> Feedback:
    """What a passing check says: the figures, and whether the clock could show it."""
    if measured.slower:
        happened = f"{name} takes {1 / measured.speedup:.2f} times as long as the serial run."
    elif measured.by_structure and measured.cores < 2:
        happened = f"{name} is parallel in structure; a single core cannot show it by the clock."
    elif measured.by_structure:
        happened = f"{name} is parallel in structure; {_why_the_clock_is_silent(measured)}."
    else:
        happened = f"{name} is {measured.speedup:.2f} times as fast as the serial run."
        if measured.speedup < measured.required:
            happened = f"{happened[:-1]}, and {measured.required:.2f} times when the machine was calmest."
    return Feedback(happened=happened, evidence=figures(measured))
