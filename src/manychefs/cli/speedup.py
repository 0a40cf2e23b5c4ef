"""The command that measures any script against another one: speedup."""

from __future__ import annotations

import difflib
import math
import multiprocessing
import random
import re
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from manychefs import files
from manychefs.cli import target as words_of
from manychefs.cli.app import app
from manychefs.course import START_METHODS, StartMethod
from manychefs.errors import ChefsError
from manychefs.grading import explain
from manychefs.grading.outcome import CheckEnded, CheckFailed, CheckInconclusive
from manychefs.outputs import terminal
from manychefs.outputs.speedup.compared import Compared, Judged
from manychefs.outputs.speedup.screen import screen
from manychefs.outputs.speedup.svg import svg
from manychefs.report import Feedback, SpeedupMeasurement, Verdict, clean
from manychefs.sandbox.host import Host, Outcome, Watch
from manychefs.speedup import halts, lease, words
from manychefs.speedup.cores import usable_cores
from manychefs.speedup.measure import Sample, long_enough, measure, required_on, scaling_curve
from manychefs.speedup.startup import Startup
from manychefs.speedup.still import standing_still
from manychefs.speedup.watch import LOOK, CpuWatch, sample_of

LIKE = "chefs speedup sums.py::in_pool --over sums.py::alone --args '[1000000]'"
JUDGED: dict[Verdict, Judged] = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "failed",
    Verdict.INCONCLUSIVE: "inconclusive",
}
EXIT_CODES = {"passed": 0, "failed": 1, "inconclusive": 3}
MISFIT = re.compile("positional argument|required keyword-only|unexpected keyword|multiple values for")
PROCESSES = 4096  # that a script may have at once
CLOSE = 1e-9  # relative: sums of floats in another order differ in their last digits


@app.command()
def speedup(
    target: Annotated[
        str, typer.Argument(metavar="PATH.py::FUNCTION", help="A file, and a function at its top level.")
    ],
    over: Annotated[
        str, typer.Option("--over", metavar="PATH.py::FUNCTION", help="The serial one; the same result.")
    ],
    args: Annotated[
        str | None,
        typer.Option("--args", metavar="JSON", help="Arguments of both: a list, or an object by name."),
    ] = None,
    workers: Annotated[
        str | None,
        typer.Option(
            "--workers",
            metavar="1,2,4",
            help="Also draw a scaling curve: the function is called with workers=N for each N.",
        ),
    ] = None,
    required: Annotated[
        float,
        typer.Option("--required", min=1.0, max=2.0, metavar="S", help="Speedup asked for on two cores."),
    ] = 1.5,
    start_method: Annotated[
        str | None,
        typer.Option("--start-method", metavar="NAME", help="fork, spawn or forkserver (default: first)."),
    ] = None,
    limit: Annotated[
        float, typer.Option("--limit", min=0.1, metavar="SECONDS", help="That one call may take.")
    ] = 60.0,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of the order in each round.")] = 0,
    svg_file: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Draw it: a picture.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> int:
    """Measure how much faster one function is than another, and say why it is not.

    Exit codes: 0 parallel enough, 1 not, or another result, 2 wrong usage, 3 inconclusive.
    """
    asked = _Asked(
        target=_Function(*words_of.path_and_function(target, LIKE), target),
        over=_Function(*words_of.path_and_function(over, LIKE), over),
        arguments=words_of.arguments(args) if args is not None else ([], {}),
        workers=_counts(workers),
        start_method=_start_method(start_method),
        limit=limit,
    )
    if svg_file is not None:
        _refuse_output(svg_file, asked)
    try:
        found = _compared(asked, required, seed, quiet=as_json)
    except KeyboardInterrupt:
        print("\nInterrupted: nothing is left running.", file=sys.stderr)
        return 130
    _print(found, as_json)
    if svg_file is not None and found.measurement is not None:
        files.write(svg_file, svg(found.measurement).encode(), "--svg FILE")
    return EXIT_CODES[found.verdict]


@dataclass(frozen=True, slots=True)
class _Function:
    """A function of a file, and how it was named."""

    path: Path
    name: str
    shown: str


@dataclass(frozen=True)
class _Asked:
    """What is asked for."""

    target: _Function
    over: _Function
    arguments: tuple[list[Any], dict[str, Any]]
    workers: list[int]
    start_method: StartMethod
    limit: float


def _counts(text: str | None) -> list[int]:
    try:
        counts = sorted({int(each) for each in text.split(",")}) if text else []
        if all(0 < count <= PROCESSES // 8 for count in counts):
            return counts
    except ValueError:
        pass
    raise ChefsError(
        "--workers is not a list of numbers.",
        cause="It takes whole numbers from 1 on, separated by commas.",
        evidence=[f"--workers {str(text)[:100]}"],
        next_step="Write it like this: --workers 1,2,4",
    )


def _start_method(name: str | None) -> StartMethod:
    here = multiprocessing.get_all_start_methods()
    for method in START_METHODS:
        if method in here and name in (None, method):
            return method
    raise ChefsError(
        f"There is no start method {name!r} here.",
        cause="The name is mistyped, or this system does not have it.",
        evidence=[f"here: {', '.join(here)}"],
        next_step=f"Name one of these, or leave --start-method out: {LIKE}",
    )


def _refuse_output(path: Path, asked: _Asked) -> None:
    if path.resolve() in (asked.target.path, asked.over.path) or path.is_dir():
        raise ChefsError(
            f"{path} cannot be written.",
            cause="It is a folder, or the script itself.",
            evidence=[f"--svg {path}"],
            next_step="Name another file.",
        )


# -- measuring --------------------------------------------------------------------------------


def _compared(asked: _Asked, required: float, seed: int, quiet: bool) -> Compared:
    began = time.monotonic()
    waits = None if quiet else _say_that_it_waits
    cores = sorted(range(usable_cores()))
    share = lease.Plan(cores, limited=True)
    with lease.hold(alone=True, waits=waits, share=share), _Scripts(asked) as scripts:
        verdict, feedback, measured = _judged(scripts, len(cores), required, seed)
        printed = scripts.printed
    return Compared(
        target=clean(asked.target.shown),
        over=clean(asked.over.shown),
        args=asked.arguments[0],
        kwargs=asked.arguments[1],
        verdict=verdict,
        feedback=feedback,
        measurement=measured,
        printed=printed if verdict != "passed" else "",
        seconds=round(time.monotonic() - began, 3),
    )


def _say_that_it_waits() -> None:
    terminal.console(stderr=True).print(terminal.waiting())


def _judged(
    scripts: _Scripts, cores: int, required: float, seed: int
) -> tuple[Judged, Feedback, SpeedupMeasurement | None]:
    name = scripts.asked.target.name
    try:
        scripts.serial(0)
        scripts.together(0, max(cores, 2))  # each of the hosts has imported its script by then
        with Startup(scripts.asked.start_method, cores) as host:
            startup = host.seconds()
        verdict, measured = measure(
            scripts,
            cores=cores,
            required=required_on(max(cores, 2), required),
            seed=seed,
            startup_seconds=startup,
            halting=scripts.halted,
        )
        if scripts.asked.workers:
            measured.curve = scaling_curve(scripts.serial, scripts.student, scripts.asked.workers, seed)
    except CheckEnded as ended:
        return "failed" if isinstance(ended, CheckFailed) else "inconclusive", ended.feedback, None
    told = {Verdict.PASSED: words.passed, Verdict.FAILED: words.failure}.get(verdict, words.undecided)
    feedback = told(measured, name)
    if measured.serial_seconds < long_enough(startup, max(cores, 2)):
        feedback.evidence.append(
            f"so short a run is mostly start-up: {words.seconds(long_enough(startup, max(cores, 2)))} of "
            "serial work would be long enough here"
        )
    feedback.next_step = feedback.next_step.removesuffix(words.NOTHING_LOST).strip()
    return JUDGED[verdict], feedback, measured


@dataclass
class _Scripts:
    """The scripts' hosts: one for the target, one a core for the baseline. What is not timed stands still."""

    asked: _Asked
    printed: str = ""
    _expected: list[Any] = field(default_factory=list)

    def __enter__(self) -> _Scripts:
        limits = msgspec.structs.replace(words_of.LIMITS, seconds=self.asked.limit, processes=PROCESSES)
        method = self.asked.start_method
        self._target = Host(self.asked.target.path, method, limits)
        self._over = [Host(self.asked.over.path, method, limits) for _ in range(max(usable_cores(), 2))]
        return self

    def __exit__(self, *_: object) -> None:
        for host in (self._target, *self._over):
            host.close()

    def serial(self, _: int) -> Sample:
        """The baseline."""
        outcome, watch = self._call(self._over[0], self.asked.over, {})
        if outcome.how != "value":
            self._refuse_baseline(outcome)
        self._expected = [outcome.value]
        return sample_of(outcome, watch)

    def together(self, _: int, copies: int) -> Sample:
        """So many baselines at once, a host each."""
        args, kwargs = self.asked.arguments
        hosts = self._over[:copies]
        for host in hosts:
            host.start()
        watches = [CpuWatch() for _ in hosts]

        def call(host: Host, watch: CpuWatch) -> Outcome:
            with watch:  # only for its books at the end: nobody asks when it ran
                return host.call(self.asked.over.name, tuple(args), kwargs, watch=watch)

        with standing_still(self._pids(but=hosts)), ThreadPoolExecutor(len(hosts)) as threads:
            outcomes = list(threads.map(call, hosts, watches))
        for outcome in outcomes:
            if outcome.how != "value":
                self._refuse_baseline(outcome)
        samples = [sample_of(outcome, watch) for outcome, watch in zip(outcomes, watches, strict=True)]
        return Sample(
            wall=max(each.wall for each in samples),
            cpu=statistics.fmean(each.cpu for each in samples),
            turns=round(statistics.fmean(each.turns for each in samples)),
        )

    def student(self, _: int, workers: int = 0) -> Sample:
        """The program that is measured.

        Raises:
            CheckEnded: if it does not return, or returns something else than the baseline.
        """
        outcome, watch = self._call(self._target, self.asked.target, self._named(workers))
        self.printed = outcome.printed
        if outcome.how != "value":
            self._tell(outcome, self._target, self.asked.target)
        if self._expected and not same(outcome.value, self._expected[0]):
            raise CheckFailed(self._other_result(outcome.value))
        return sample_of(outcome, watch)

    def halted(self, number: int, usual: float, noted: halts.Halts) -> bool:
        """Run the program that is measured, one of its processes halted now and then; whether it returned."""
        halter = halts.Halter(usual, random.Random(number), noted)
        return self._timed(self._target, self.asked.target, self._named(), halter, halts.LOOK).how == "value"

    def _named(self, workers: int = 0) -> dict[str, int]:
        counts = self.asked.workers
        return {"workers": workers or max(counts)} if counts else {}

    def _call(self, host: Host, function: _Function, named: dict[str, int]) -> tuple[Outcome, CpuWatch]:
        with CpuWatch() as watch:
            outcome = self._timed(host, function, named, watch, LOOK)
        _refuse_misuse(outcome, host, function)
        return outcome, watch

    def _timed(
        self, host: Host, function: _Function, named: dict[str, int], watch: Watch, look: float
    ) -> Outcome:
        args, kwargs = self.asked.arguments
        with standing_still(self._pids(but=[host])):
            return host.call(function.name, tuple(args), kwargs | named, watch=watch, look=look)

    def _pids(self, but: list[Host]) -> list[int]:
        hosts = (self._target, *self._over)
        return [host.pid for host in hosts if host not in but and host.pid is not None]

    def _shown_call(self, function: _Function) -> explain.Call:
        args, kwargs = self.asked.arguments
        return explain.Call(function.name, tuple(args), kwargs, self.asked.start_method)

    def _tell(self, outcome: Outcome, host: Host, function: _Function) -> None:
        """Raise the CheckEnded that tells of an outcome that is no value."""
        try:
            explain.fail(outcome, self._shown_call(function), function.path, host.functions)
        except CheckFailed as told:
            if outcome.how == "refused":
                raise CheckInconclusive(told.feedback) from None
            raise

    def _refuse_baseline(self, outcome: Outcome) -> None:
        try:
            self._tell(outcome, self._over[0], self.asked.over)
        except CheckEnded as told:
            raise ChefsError(
                f"The baseline gives no result to compare with: {told.feedback.happened}",
                cause=told.feedback.cause,
                evidence=told.feedback.evidence,
                next_step=told.feedback.next_step,
            ) from None

    def _other_result(self, value: Any) -> Feedback:
        call = self._shown_call(self.asked.target).text()
        return Feedback(
            happened=f"{call} returned {explain.brief(value)}; {self.asked.over.name} returned "
            f"{explain.brief(self._expected[0])}.",
            cause="A speedup counts only for the same result.",
            next_step="Mend the result first; `chefs explore` finds out whether it differs from run to run.",
        )


def _refuse_misuse(outcome: Outcome, host: Host, function: _Function) -> None:
    """Raise a ChefsError if there is no such function, or it does not take these arguments."""
    if outcome.how == "import":
        try:
            explain.fail(outcome, explain.Call(function.name, (), {}, ""), function.path, [])
        except CheckFailed as told:
            feedback = told.feedback
        raise ChefsError(
            feedback.happened, cause=feedback.cause, evidence=feedback.evidence, next_step=feedback.next_step
        )
    error = outcome.error
    own = [frame for frame in error.get("frames", ()) if frame[0] == str(function.path)]
    if outcome.how != "raised" or own:
        return
    if error["type"] == "AttributeError" and function.name not in host.functions:
        near = difflib.get_close_matches(function.name, host.functions, n=1)
        raise ChefsError(
            f"{function.path.name} has no function called {function.name}.",
            cause=f"Is it misspelt? There is one called {near[0]}."
            if near
            else "It is not at the top level.",
            evidence=[f"functions in the file: {', '.join(host.functions[:20]) or 'none'}"],
            next_step=f"Name one of them: {LIKE}",
        )
    if error["type"] == "TypeError" and MISFIT.search(error["message"]):
        raise ChefsError(
            f"{function.name} cannot be called like this: {error['message'][:300]}.",
            cause="--args does not fit its parameters, or --workers asks for a parameter `workers`.",
            evidence=[function.shown],
            next_step=f"Give its arguments as a list, or as an object by name: {LIKE}",
        )


def same(value: Any, expected: Any) -> bool:
    """Whether two results are the same, floats to their last digits but one or so."""
    if isinstance(value, float) and isinstance(expected, float):
        return math.isclose(value, expected, rel_tol=CLOSE) or (value != value and expected != expected)
    if type(value) is not type(expected):
        return False
    if isinstance(value, list | tuple):
        return len(value) == len(expected) and all(map(same, value, expected))
    if isinstance(value, dict):
        return value.keys() == expected.keys() and all(
            same(each, expected[key]) for key, each in value.items()
        )
    return bool(value == expected)


def _print(found: Compared, as_json: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(found.to_json())
        return
    console = terminal.console()
    sign, colour = terminal.SIGNS[Verdict(found.verdict)]
    console.print(f"{sign} {found.verdict}: {found.target} over {found.over}", style=colour)
    console.print()
    console.print(terminal.feedback(found.feedback, indent=0))
    if found.measurement is not None:
        console.print(screen(found.measurement, console.width), crop=False)
