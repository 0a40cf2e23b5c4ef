"""What is shown of a SpeedupMeasurement: bars, lines across them, and what the signs mean."""

from __future__ import annotations

from dataclasses import dataclass

from manychefs.report import SpeedupMeasurement
from manychefs.speedup.words import seconds

KEY = "A strip a process: high where it ran, ░ where it was ready but had no core, empty where it waited."


@dataclass(frozen=True, slots=True)
class Bar:
    """One program's time: the median, its 95 % interval, and what stands beside it."""

    label: str
    kind: str  # serial, control, student
    seconds: float
    low: float
    high: float
    about: str


@dataclass(frozen=True, slots=True)
class Line:
    """A time that is marked across the bars."""

    label: str
    kind: str  # ideal, required
    seconds: float


def bars(measured: SpeedupMeasurement) -> list[Bar]:
    """Serial, control and student."""
    found = [_bar("serial", "serial", measured.serial_seconds, measured.serial_interval, "")]
    if measured.control_seconds and not measured.slower:
        about = "an even split here"
        found.append(_bar("control", "control", measured.control_seconds, measured.control_interval, about))
    faster = f"{measured.speedup:.2f}x" if not measured.slower else f"{1 / measured.speedup:.2f} times"
    found.append(_bar("yours", "student", measured.student_seconds, measured.student_interval, faster))
    return found


def _bar(label: str, kind: str, median: float, interval: tuple[float, float], about: str) -> Bar:
    low, high = interval if any(interval) else (median, median)
    return Bar(label, kind, median, low, high, f"{seconds(median)}{f', {about}' if about else ''}")


def lines(measured: SpeedupMeasurement) -> list[Line]:
    """The ideal time, and the longest that is enough."""
    serial = measured.serial_seconds
    if measured.slower:
        return [Line("allowed", "required", serial * measured.required)]
    found = [Line("required", "required", serial / measured.required)]
    if measured.cores > 1:
        found.insert(0, Line("ideal", "ideal", serial / measured.cores))
    return found


def longest(measured: SpeedupMeasurement) -> float:
    """The right end of the scale, in seconds."""
    ends = [max(bar.seconds, bar.high) for bar in bars(measured)]
    return max([*ends, *(line.seconds for line in lines(measured)), 1e-9])


def described(measured: SpeedupMeasurement) -> str:
    """The picture in words, for those who do not see it."""
    told = [f"{bar.label}: {bar.about}." for bar in bars(measured)]
    told += [f"{line.label}: {seconds(line.seconds)}." for line in lines(measured)]
    told += [
        f"{strip.name} ran {100 * sum(strip.ran) / max(len(strip.ran), 1):.0f} % of the time."
        for strip in measured.strips
    ]
    told += [f"{point.workers} workers: {point.speedup:.2f}x." for point in measured.curve]
    return " ".join(told)


def headline(measured: SpeedupMeasurement) -> str:
    """`1.10x on 2 cores, 95 % interval 1.00 to 1.20; required 1.50x`"""
    if measured.slower:
        return (
            f"{1 / measured.speedup:.2f} times as long as serial, 95 % interval {1 / measured.high:.2f} to "
            f"{1 / measured.low:.2f}; {measured.required:.2f} allowed"
        )
    return (
        f"{measured.speedup:.2f}x on {measured.cores} cores, 95 % interval {measured.low:.2f} to "
        f"{measured.high:.2f}; required {measured.required:.2f}x"
    )


def level(ran: float, waited: float) -> str:
    """A column of a strip as one character."""
    if ran < 0.1 and waited > 0.3:
        return "░"
    return " ▁▂▃▄▅▆▇█"[min(8, round(8 * min(ran, 1.0)))]
