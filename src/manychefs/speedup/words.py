"""A speedup measurement in words: what the program did, and what to do about it."""

from __future__ import annotations

from manychefs.report import Feedback, SpeedupMeasurement


def figures(measured: SpeedupMeasurement) -> list[str]:
    """The measurement's lines of evidence."""
    return [
        f"speedup {measured.speedup:.2f}x (95 % interval {measured.low:.2f} to {measured.high:.2f}), "
        f"required {measured.required:.2f}x on {measured.cores} cores",
        f"serial {measured.serial_seconds:.3f} s, yours {measured.student_seconds:.3f} s "
        f"(medians of {measured.rounds} rounds)",
        f"asked for {measured.demand:.2f} cores at once; all its processes did {measured.balance:.2f} "
        f"times the work of the busiest; CPU time {measured.inflation:.2f} times the serial run's",
    ]


def cause(measured: SpeedupMeasurement) -> tuple[str, str]:
    """The likely cause of a speedup that is missing, and the next step."""
    if measured.inflation > 1.5 and measured.demand > 1.5:
        return (
            f"Your processes did {measured.inflation:.1f} times the work of the serial run: each did all "
            "of it, or starting and talking to each other cost more than the work.",
            "Give each process its own part of the work, in few and large pieces.",
        )
    if measured.demand < 1.4 and measured.balance > 1.5:
        return (
            "Your processes took turns: they never worked at the same time.",
            "Start all of them before you wait for the first one, and let no lock or join stand between.",
        )
    if measured.balance < 1.4 and measured.processes > 2:
        share = 100 / measured.balance if measured.balance else 100
        return (
            f"One process did {share:.0f} % of the work, while the others had next to nothing to do.",
            "Split the work evenly: one task for each number, the biggest first, chunksize=1.",
        )
    if measured.balance < 1.4:
        return (
            "One process did all of the work. Threads do not help here: of one process's threads, only "
            "one runs Python code at a time (the GIL). Nor does a pool of one worker.",
            "Use as many processes as there are cores: a Pool, or ProcessPoolExecutor.",
        )
    return (
        "The work is spread, but not evenly or not cheaply enough.",
        "Look for the last process that still works while the others have finished.",
    )


def failure(measured: SpeedupMeasurement, name: str) -> Feedback:
    """Feedback for a program that is not parallel enough."""
    why, what_next = cause(measured)
    return Feedback(
        happened=f"{name} asked for the work of {measured.parallelism:.2f} cores at once; "
        f"{measured.required:.2f} are required.",
        cause=why,
        evidence=figures(measured),
        next_step=what_next,
    )


def undecided(measured: SpeedupMeasurement, name: str) -> Feedback:
    """Feedback where this machine could not show it."""
    if measured.cores < 2:
        return Feedback(
            happened=f"{name} cannot be faster than serial here: only one core is usable.",
            cause="A container or a machine with a single core, or a CPU quota of one.",
            evidence=figures(measured),
            next_step="Try it on a machine with two cores or more. No points are given or taken here.",
        )
    if measured.parallelism < measured.required:
        why, what_next = cause(measured)
        return Feedback(
            happened=f"{name} asked for the work of {measured.parallelism:.2f} cores at once: between serial "
            f"and the required {measured.required:.2f}, too close to tell here.",
            cause=why,
            evidence=figures(measured),
            next_step=f"{what_next} No points are given or taken here.",
        )
    return Feedback(
        happened=f"{name}: this machine could not show whether it is fast enough.",
        cause="Other programs are using the cores, or the speedup is just at the edge.",
        evidence=figures(measured),
        next_step="Close other programs and try again. No points are given or taken here.",
    )


def passed(measured: SpeedupMeasurement, name: str) -> Feedback:
    """What a passing check says: the figures, and whether the clock could show it."""
    if measured.high < measured.required:
        happened = f"{name} is parallel in structure; this machine was too busy to show it by the clock."
    else:
        happened = f"{name} is {measured.speedup:.2f} times as fast as the serial run."
    return Feedback(happened=happened, evidence=figures(measured))
