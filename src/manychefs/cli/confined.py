"""The options of every command that grades, on how submissions are confined."""

from __future__ import annotations

from typing import Annotated

import typer

from manychefs.sandbox.choice import REQUIRED, WANTED
from manychefs.sandbox.confinement import FULL, LAYERS

Wanted = Annotated[
    str,
    typer.Option(
        "--confinement",
        metavar="NAME",
        envvar=WANTED,
        help=f"Confine submissions exactly so: {', '.join(LAYERS)} (default: the strongest that works here).",
    ),
]
Required = Annotated[
    bool,
    typer.Option(
        "--require-confinement",
        envvar=REQUIRED,
        help=f"Grade only where submissions can be walled off ({' or '.join(FULL)}).",
    ),
]
