"""Where a worker of a cluster grades: one process beside it, with a fork server for graders.

    Dask worker (threads) ──job──► station ──► run_job, a thread a job ──► grader process ──► hosts
             ▲                        │
             └─────── report ◄────────┘

It is a process of its own, because a grading takes every stray child of its process for one that has escaped
from a submission, and a worker may have others. When the worker has died, however that was, the connection
breaks: the station ends its graders with all below them, removes their folders, and goes.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from socket import SHUT_RDWR, socket, socketpair
from typing import Any

from manychefs.batch.run import Job, Result
from manychefs.errors import ChefsError
from manychefs.sandbox.scratch import remove_scratch_of

MOST_JOBS = 1024  # at a time; how many there are is up to who sends them
START_LIMIT = 60.0  # seconds
END_LIMIT = 30.0  # seconds to end graders and remove what they have left


class StationEnded(Exception):
    """The station has died with jobs in flight."""


class Station:
    """A worker's end of a station, which it starts.

    Args:
        course: the folder of the course on this machine.
        confinement: the layer to grade in (default: the strongest that works here). required: see `choose`.

    Raises:
        ChefsError: if the station cannot grade here.
    """

    def __init__(self, course: Path, confinement: str = "", required: bool = False) -> None:
        ours, theirs = socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "manychefs.batch.station", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._connection = Connection(ours.detach())
        self._sending = threading.Lock()
        self._numbers = itertools.count()
        self._waiting: dict[int, Future[tuple[Any, Any]]] = {}
        self._reader = threading.Thread(target=self._read, name="station", daemon=True)
        try:
            self._connection.send((course, confinement, required))
            trouble = self._connection.recv() if self._connection.poll(START_LIMIT) else _does_not_start()
        except (EOFError, OSError):
            trouble = _does_not_start()
        if trouble is not None:
            self.close()
            raise trouble
        self._reader.start()

    def grade(self, job: Job) -> Result:
        """Grade a job there. Its submission has to be packed.

        Raises:
            StationEnded: if the station dies meanwhile.
        """
        number, answer = next(self._numbers), Future[tuple[Any, Any]]()
        self._waiting[number] = answer
        try:
            with self._sending:
                # Not send(): when that fails, its buffer goes with the exception, and Python 3.13 complains.
                self._connection.send_bytes(pickle.dumps((number, job)))
        except OSError:
            raise StationEnded from None
        report, refused = answer.result()
        return Result(job, report, refused)

    def close(self) -> None:
        """End the station with all that it runs, within END_LIMIT. Who waits for a grading is told so."""
        _hang_up(self._connection)  # a message might find nobody who reads
        self._await_end()
        if self._reader.is_alive():
            self._reader.join()
        self._connection.close()

    def _await_end(self) -> None:
        """See the process end that has been told to, or cannot be reached any more."""
        try:
            self._process.wait(END_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                number, *answer = self._connection.recv()
                self._waiting.pop(number).set_result((answer[0], answer[1]))
        self._await_end()
        remove_scratch_of(self._process.pid)  # if it was killed; else it has done that itself
        for answer in list(self._waiting.values()):
            answer.set_exception(StationEnded())


def _does_not_start() -> ChefsError:
    return ChefsError(
        "The grading process of a worker does not start.",
        cause="The kit's installation on that machine is incomplete.",
        next_step="Run `chefs doctor` there.",
    )


# -- the station's own process ----------------------------------------------------------------


def serve(connection: Connection) -> None:
    """Grade what comes over the connection until it breaks."""
    from manychefs.batch.run import run_job
    from manychefs.course import load_course
    from manychefs.sandbox import choice

    folder, confinement, required = connection.recv()
    try:
        course = load_course(folder)
        layer = choice.choose(confinement, required=required)
    except ChefsError as error:
        connection.send(error)
        return
    connection.send(None)
    stop, sending = threading.Event(), threading.Lock()

    def grade(number: int, job: Job) -> None:
        result = run_job(course, replace(job, confinement=layer), stop=stop)
        with sending, contextlib.suppress(OSError):
            if not stop.is_set():  # what was cut off has errors for verdicts: it is for others to grade
                connection.send((number, result.report, result.refused))

    with ThreadPoolExecutor(MOST_JOBS, thread_name_prefix="grader") as threads:
        try:
            while True:
                threads.submit(grade, *connection.recv())
        except (EOFError, OSError):
            pass  # the worker has hung up or died, or this process has been told to go
        finally:
            stop.set()


def _hang_up(connection: Connection) -> None:
    """End a connection, whichever threads of both ends are at it: each sees that it has broken."""
    with contextlib.suppress(OSError), socket(fileno=os.dup(connection.fileno())) as ours:
        ours.shutdown(SHUT_RDWR)


def main() -> None:
    """Run the station on the connection whose descriptor is the first argument."""
    from manychefs.grading import supervisor
    from manychefs.sandbox import tree

    connection = Connection(int(sys.argv[1]))
    # Told to go: as if the worker had died. Nothing is raised, so the ending itself is not disturbed.
    signal.signal(signal.SIGTERM, lambda *_: _hang_up(connection))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the worker's terminal: the worker says when
    tree.die_with_parent()
    tree.adopt_orphans()
    if sys.platform == "linux":
        from manychefs.grading.server import GraderServer

        supervisor.use_server(GraderServer())
    try:
        serve(connection)
    finally:
        supervisor.close_server()


if __name__ == "__main__":
    main()
