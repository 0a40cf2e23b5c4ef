"""The backend of many machines: jobs run on the workers of a Dask cluster. `chefs grade --scheduler ADDRESS`

    grade_all ──job, with the submission's bytes──► Cluster ──► Dask's scheduler ──► a worker ──► its station
        ▲                                              │                                            │
        └──────────────── results, as they end ◄───────┴────────────── Report ◄─────────────────────┘

The course travels once, to each worker that is there or comes later, so that no worker grades by another
grader; the engine must be the same, which each worker is asked. A worker that dies loses nothing: Dask gives
its jobs to others. No more jobs are in flight than there are slots, so a job that takes its worker down takes
few others along. Leases on cores are a worker's own business (manychefs.speedup.lease).
"""

from __future__ import annotations

import contextlib
import io
import shutil
import socket
import tempfile
import threading
import time
import uuid
import zipfile
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from manychefs.batch import kept
from manychefs.batch.run import Job, Result, packed
from manychefs.batch.station import Station, StationEnded
from manychefs.course import MANIFEST, Course
from manychefs.errors import ChefsError, SubmissionError

PATIENCE = 30.0  # seconds in which a first worker has to be there
LOOK = 1.0  # seconds between two looks at which workers there are
RETRIES = 2
START = "dask worker ADDRESS --nworkers 1 --nthreads 4 --resources 'slots=4 speed=1'"


class OtherEngine(ChefsError):
    """A worker has another version of the kit."""


class Cluster:
    """The backend of a Dask cluster.

    Args:
        address: of its scheduler, `tcp://HOST:8786`.
        confinement: the layer to grade in (default: each worker's strongest). required: see `choose`.

    Raises:
        ChefsError: if the cluster cannot be reached, has no worker with slots, or one cannot grade.
    """

    def __init__(self, course: Course, address: str, confinement: str = "", required: bool = False) -> None:
        from distributed import Client

        self._name = f"manychefs-{uuid.uuid4().hex}"
        self._slots, self._looked = 1, -LOOK
        try:
            _knock(address)
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise _unreachable(address, error) from None
        try:
            self._wait_for_slots(address)
            self._register(course, confinement, required)
        except BaseException:
            self.close()
            raise
        options = {"pure": False, "retries": RETRIES}
        self._executor = self._client.get_executor(resources={"slots": 1}, **options)
        speed = {"slots": 1, "speed": 1} if self._resource("speed") else {"slots": 1}
        self._measuring = self._client.get_executor(resources=speed, **options)

    @property
    def slots(self) -> int:
        """Jobs that all workers of now run at once; at least one, for a worker that is still to come."""
        if time.monotonic() > self._looked + LOOK:
            self._slots, self._looked = max(1, self._resource("slots")), time.monotonic()
        return self._slots

    def submit(self, job: Job) -> Future[Result]:
        """Run a job on a worker that has a slot free."""
        done: Future[Result] = Future()
        try:
            sent = packed(job)
        except SubmissionError as error:
            done.set_result(Result(job, refused=error))
            return done
        executor = self._measuring if job.measures else self._executor
        there = executor.submit(grade_there, self._name, sent, key=f"{self._name}-{uuid.uuid4().hex}")
        there.add_done_callback(lambda future: _hand_on(job, future, done))
        return done

    def close(self) -> None:
        """End what is in flight on all workers, take the course away from them, and leave the cluster."""
        for executor in (getattr(self, "_executor", None), getattr(self, "_measuring", None)):
            if executor is not None:
                executor.shutdown(wait=False)
        with contextlib.suppress(Exception):  # the cluster may be gone; leaving it must not hide why
            self._client.unregister_worker_plugin(self._name)
        with contextlib.suppress(Exception):
            self._client.close()

    def _resource(self, name: str) -> int:
        try:
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        except (OSError, TimeoutError, RuntimeError) as error:
            raise _lost(f"{type(error).__name__}: {error}") from None
        return int(sum(worker.get("resources", {}).get(name, 0) for worker in workers))

    def _wait_for_slots(self, address: str) -> None:
        with contextlib.suppress(TimeoutError):
            self._client.wait_for_workers(1, timeout=PATIENCE)
        if not self._resource("slots"):
            raise ChefsError(
                f"The cluster at {address} has no worker that grades.",
                cause="No worker has been started, or those that are there were started without slots.",
                evidence=[f"{len(self._client.scheduler_info(n_workers=-1)['workers'])} workers, 0 slots"],
                next_step=f"On each machine, in the kit's environment: {START}",
            )

    def _register(self, course: Course, confinement: str, required: bool) -> None:
        from manychefs.batch.cluster_plugin import StationPlugin

        desk = (packed_course(course), kept.engine(), confinement, required)
        plugin = StationPlugin(self._name, *desk)
        try:
            self._client.register_plugin(plugin)
        except ChefsError:
            raise
        except Exception as error:  # whatever an environment over there can lack
            raise _cannot_grade(f"{type(error).__name__}: {error}") from None


def _knock(address: str) -> None:
    """See that somebody listens there: what Dask does and prints when nobody does takes a minute.

    Raises:
        OSError: if nobody does. ValueError: if it is no address.
    """
    from distributed.comm.addressing import get_address_host_port

    with socket.create_connection(get_address_host_port(address, strict=False), PATIENCE):
        pass


def _hand_on(job: Job, there: Future[Result], done: Future[Result]) -> None:
    """What came of a job on a worker, as a result of the job as it was given."""
    from distributed import KilledWorker

    if there.cancelled():
        done.set_exception(_lost("the job was cancelled"))
        return
    error = there.exception()
    if error is None:
        done.set_result(replace(there.result(), job=job))
    elif isinstance(error, KilledWorker | StationEnded):
        done.set_result(Result(job, refused=_took_workers_down(job)))
    else:
        done.set_exception(
            error if isinstance(error, ChefsError) else _lost(f"{type(error).__name__}: {error}")
        )


# -- on a worker ------------------------------------------------------------------------------


def grade_there(name: str, job: Job) -> Result:
    """Run on a worker: have its station grade a job; once more by a new one if that has died.

    Raises:
        distributed.Reschedule: if the worker is being ended: the job is for another one.
    """
    from distributed import Reschedule, get_worker

    plugin = get_worker().plugins.get(name)
    if plugin is None:
        raise _cannot_grade(f"{get_worker().address} has not taken the course")
    desk: Desk = plugin.desk
    station = desk.station
    try:
        result = station.grade(job)
    except StationEnded:
        another = desk.instead_of(station)
        if another is None:
            raise Reschedule from None
        result = another.grade(job)
    return replace(result, job=replace(job, submission=Path()))  # the bytes need not travel back


class Desk:
    """What a worker has of one batch: the course, unpacked, and a station that grades by it."""

    def __init__(self, course: bytes, engine: str, confinement: str, required: bool) -> None:
        self.course, self.engine = course, engine
        self.confinement, self.required = confinement, required
        self.folder: Path | None = None
        self._station: Station | None = None
        self._opening = threading.Lock()
        self._is_closed = False

    def set_up(self, local_directory: str) -> None:
        """Unpack the course and start the station.

        Raises:
            ChefsError: if this machine has another engine, or cannot grade.
        """
        if kept.engine() != self.engine:
            raise OtherEngine(
                "A worker of the cluster has another version of the kit.",
                cause="It would give other marks for the same work.",
                next_step="Bring every machine up to the same version, and start the workers anew.",
            )
        self.folder = Path(tempfile.mkdtemp(prefix="manychefs-course-", dir=local_directory))
        with zipfile.ZipFile(io.BytesIO(self.course)) as archive:
            archive.extractall(self.folder)
        self.open()

    def open(self) -> None:
        """Start the station."""
        assert self.folder is not None
        self._station = Station(self.folder, self.confinement, self.required)

    def instead_of(self, dead: Station) -> Station | None:
        """A station that is not the dead one. All who had jobs there ask for it; the first starts it.

        None once the desk is closed: whoever ends a worker must not find it grading anew.
        """
        with self._opening:
            if self._is_closed:
                return None
            if self._station is dead:
                dead.close()
                self.open()
        return self.station

    @property
    def station(self) -> Station:
        """The process that grades."""
        assert self._station is not None
        return self._station

    def close(self) -> None:
        """End the station and take the course away. Jobs that are in flight there are not graded."""
        self._is_closed = True
        with self._opening:
            if self._station is not None:
                self._station.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def packed_course(course: Course) -> bytes:
    """What a worker needs of a course, as a zip: the manifest and the graders, without known answers."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(course.root / MANIFEST, MANIFEST)
        for exercise in course.exercises:
            folder = course.grader(exercise).parent
            answers = set(course.known_answers(exercise))
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path not in answers and "__pycache__" not in path.parts:
                    archive.write(path, path.relative_to(course.root))
    return data.getvalue()


# -- words ------------------------------------------------------------------------------------


def _unreachable(address: str, error: Exception) -> ChefsError:
    return ChefsError(
        f"The cluster at {address} cannot be reached.",
        cause="No scheduler is running there, or a firewall is in between.",
        evidence=[f"{type(error).__name__}: {error}"[:300]],
        next_step="Start one with `dask scheduler`; the address that it prints is the one to name.",
    )


def _cannot_grade(reason: str) -> ChefsError:
    return ChefsError(
        "A worker of the cluster cannot grade.",
        cause="The kit is missing there, or of another version.",
        evidence=[reason[:300]],
        next_step="Set the same kit up on every machine: python3 chefs.py setup --instructor",
    )


def _lost(reason: str) -> ChefsError:
    error = ChefsError(
        "The cluster was lost.",
        cause="Its scheduler has ended, or the network is down.",
        evidence=[reason[:300]],
        next_step="Start the same command again: what was graded stands, and is not graded again.",
    )
    error.exit_code = 3
    return error


def _took_workers_down(job: Job) -> ChefsError:
    return ChefsError(
        f"{job.exercise.name} was not graded: each worker that tried has died.",
        cause="The submission brings machines down, or the workers were being shut down.",
        evidence=[str(job.submission)],
        next_step="Grade it on this machine: the same command without --scheduler.",
    )
