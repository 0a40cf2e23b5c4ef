"""No confinement: the host is a plain process of the same user."""

from __future__ import annotations

import sys
from typing import Final

from manychefs.sandbox.confinement import LayerName, Order, Sandbox
from manychefs.sandbox.layers.given import given_plan
from manychefs.sandbox.layers.limits import resource_limits
from manychefs.sandbox.layers.plain import PlainSandbox, plain_environment
from manychefs.sandbox.scratch import scratch_folder


class Unconfined:
    """Marks are protected from forging in-process; the computer is not protected from the submission."""

    name: Final[LayerName] = "none"

    def start(self, order: Order) -> Sandbox:
        """Start the host as it is, within its limits."""
        run_dir = scratch_folder()
        plan = {
            "submission": str(order.submission),
            "work": str(order.submission.parent),
            "limits": resource_limits(order, own_user=False),
        }
        with given_plan(plan) as words:
            command = [sys.executable, "-I", "-B", "-m", order.module, str(words), *order.arguments]
            return PlainSandbox(order, command, (words,), run_dir, plain_environment(run_dir))
