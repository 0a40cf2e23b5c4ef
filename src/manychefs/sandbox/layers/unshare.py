"""Namespaces without bubblewrap: the host makes them itself (manychefs.sandbox.inside.namespaces).

The same walls as bwrap's, in young code of our own: the second choice where there is bubblewrap.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from manychefs.sandbox.confinement import LayerName, Order, Sandbox
from manychefs.sandbox.layers import visible
from manychefs.sandbox.layers.given import given_plan
from manychefs.sandbox.layers.limits import resource_limits
from manychefs.sandbox.layers.users import unprivileged_user
from manychefs.sandbox.layers.walled import WalledSandbox, inside


@dataclass(frozen=True, slots=True)
class Unshared:
    """A submission sees itself and Python, and nothing else."""

    hidden: tuple[Path, ...] = ()
    name: Final[LayerName] = "unshare"

    def start(self, order: Order) -> Sandbox:
        """Start a host that walls itself in."""
        user = unprivileged_user(order.shared)
        mounts = visible.layout(order.limits, self.hidden, user.places if user else {}, order.shared)
        plan = {
            "submission": str(inside(order.submission)),
            "source": str(order.submission),
            "work": visible.WORK,
            "limits": resource_limits(order, own_user=True),
            "unprivileged": user.plan() if user else None,
            "namespaces": {
                "mounts": [(each.kind, each.source, each.place) for each in mounts],
                "devices": visible.DEVICES,
            },
        }
        with given_plan(plan) as words:
            command = [visible.python(), "-I", "-B", "-m", order.module, str(words), *order.arguments]
            return WalledSandbox(order, command, (words,))
