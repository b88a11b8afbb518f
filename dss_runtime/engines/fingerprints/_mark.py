"""What facts hold for: rows are the same record as long as they are read and compared in the same way."""

from __future__ import annotations

import hashlib
import importlib.resources
import inspect
import sys
import unicodedata
import zoneinfo
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from dss_runtime._sifting import Part
from dss_runtime.plans._identity import schema_mark

_FORM = 1
"""Changes with what fingerprints are made of."""


def mark_of(left: Part, right: Part) -> str | None:
    """Return what changes with whatever takes part in reading and comparing; None where nobody can tell.

    Names of systems and files take no part.
    """
    told: list[object] = [_FORM, _version(), sys.version, unicodedata.unidata_version]
    for part in (left, right):
        told += [schema_mark([part.branch]), part.recipe]
        for field in part.branch.info.fields:
            for each in _types(field.type):
                origin = _origin(each)
                if origin is None:
                    return None
                told.append(origin)
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _types(held: Any) -> Iterator[Any]:
    """Yield a type, and those of which it is made."""
    yield held
    if is_dataclass(held):
        for field in fields(held):
            value = getattr(held, field.name)
            if hasattr(value, "canonical"):
                yield from _types(value)


def _origin(held: Any) -> str | None:
    """Return what tells one version of a type from another, as far as it can change; None if nobody can."""
    module = type(held).__module__
    try:
        code = "" if module.startswith("dss_runtime.") else inspect.getsource(sys.modules[module])
        zone: object = getattr(held, "zone", "naive")
        data = b"" if zone in ("naive", "utc") else _zone(str(zone))
    except (OSError, KeyError, TypeError):
        return None
    return hashlib.sha256(code.encode("utf-8", "surrogatepass") + b"\0" + data).hexdigest()


def _zone(name: str) -> bytes:
    """Return what this machine knows of a zone, which states change (OSError where it knows nothing)."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder, name)
        if path.is_file():
            return path.read_bytes()
    try:
        return (importlib.resources.files("tzdata") / "zoneinfo" / name).read_bytes()
    except ModuleNotFoundError as error:
        raise FileNotFoundError(name) from error


def _version() -> str:
    try:
        return metadata.version("datastoresync")
    except metadata.PackageNotFoundError:
        return "a checkout"
