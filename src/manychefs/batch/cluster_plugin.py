"""What Dask gives to every worker of a cluster. A module of its own: only it needs Dask to be imported."""

from __future__ import annotations

from typing import Any

from distributed import WorkerPlugin

from manychefs.batch.cluster import Desk


class StationPlugin(WorkerPlugin):
    """A desk on each worker, for as long as a batch lasts."""

    def __init__(self, name: str, *desk: Any) -> None:
        self.name = name
        self._desk = desk

    def setup(self, worker: Any) -> None:
        """Dask's own protocol: a worker is there."""
        self.desk = Desk(*self._desk)
        self.desk.set_up(worker.local_directory)

    def teardown(self, worker: Any) -> None:  # noqa: ARG002
        """Dask's own protocol: the batch is over, or the worker ends."""
        self.desk.close()
