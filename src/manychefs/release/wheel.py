"""This package as a wheel, made from what is installed: no builder, no index, the same bytes each time.

A wheel is a zip of the package and of a folder of metadata about it. The metadata is what the installer of
this very package has put down, so the wheel asks for what this one asks for.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from base64 import urlsafe_b64encode
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import manychefs
from manychefs.errors import ChefsError

NAME = "manychefs"
KEPT_METADATA = ("METADATA", "entry_points.txt")
MADE = (1980, 1, 1, 0, 0, 0)  # the oldest date that a zip can hold, on every member
WHEEL = "Wheel-Version: 1.0\nGenerator: manychefs\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel_name() -> str:
    """`manychefs-0.1.0-py3-none-any.whl`"""
    return f"{NAME}-{manychefs.__version__}-py3-none-any.whl"


def make_wheel() -> bytes:
    """The wheel.

    Raises:
        ChefsError: if this package is not installed, so that there is no metadata.
    """
    info = f"{NAME}-{manychefs.__version__}.dist-info"
    members = {f"{NAME}/{name}": data for name, data in _package(Path(manychefs.__file__).parent).items()}
    members |= {f"{info}/{name}": data for name, data in _metadata().items()}
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in members.items())
    members[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    return zipped(members)


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive of these files; the same files make the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            member = zipfile.ZipInfo(name, MADE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            archive.writestr(member, data)
    return packed.getvalue()


def _package(folder: Path) -> dict[str, bytes]:
    """Every file of the package, without what Python and its tools leave there, and the authors' template.

    That is an exercise with its solution, which has lines in common with those of others.
    """
    names = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in sorted(names.items())
        if not {"__pycache__", "template"} & {*name.parts}
        and path.suffix != ".pyc"
        and not path.name.startswith(".")
    }


def _metadata() -> dict[str, bytes]:
    try:
        installed: Distribution = distribution(NAME)
    except PackageNotFoundError:
        raise ChefsError(
            "The engine cannot be packed for students.",
            cause="It runs from a folder of its source and is not installed.",
            evidence=[str(Path(manychefs.__file__).parent)],
            next_step="Start it by the launcher, which installs it: python3 chefs.py release …",
        ) from None
    texts = {name: installed.read_text(name) for name in KEPT_METADATA}
    licenses = {f"licenses/{name}": _license(installed, name) for name in ("LICENSE",)}
    kept = {name: text for name, text in (texts | licenses).items() if text is not None}
    return {name: text.encode() for name, text in kept.items()} | {"WHEEL": WHEEL.encode()}


def _license(installed: Distribution, name: str) -> str | None:
    return installed.read_text(f"licenses/{name}") or installed.read_text(name)


def _digest(data: bytes) -> str:
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
