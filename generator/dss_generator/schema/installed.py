"""The language with what the installed packages add to it, each row checked when it is first named."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from ..adapters import ADAPTERS, Adapter, Options
from ..code.fragments import ident, lit
from ..extensions import Added, Table, added_to
from ..fieldtypes import type_table
from ..problems import Problems, SchemaError, did_you_mean
from . import grammar
from .compound_kinds import Key
from .language import Language
from .nodes import MapNode


def installed() -> Language:
    """Return our own language with what installed packages add; nothing of them is imported yet."""
    adapters = Table(
        "adapter",
        tuple(ADAPTERS),
        ADAPTERS.__getitem__,
        added_to("datastoresync.adapters"),
        _checked,
    )
    return Language(adapters, type_table(added_to("datastoresync.field_types")))


def _checked(offer: Added, row: object) -> Adapter:
    """Return *row*, which a package offers as an adapter (ValueError, with the reason, when it is none)."""
    if not isinstance(row, Adapter):
        raise ValueError(f"expected an Adapter of dss_generator.extending, found {row!r}")
    if row.name != offer.name:
        raise ValueError(f"the adapter calls itself {row.name!r}; the two must be equal")
    _check_keys(row)
    _check_module(row)
    return replace(row, options=_guarded(offer, row))


def _check_keys(row: Adapter) -> None:
    given = cast("tuple[object, ...]", row.keys)
    names = [each.name for each in given if isinstance(each, Key)]
    taken = [name for name in names if name in grammar.branch_keys or names.count(name) > 1]
    if taken:
        raise ValueError(f"the key {taken[0]!r} is there already: choose another name")
    if len(names) < len(given):
        raise ValueError("`keys` holds something else than keys")
    unknown = [name for name in row.needs if name not in names]
    if unknown:
        raise ValueError(f"`needs` names {unknown[0]!r}, which is none of its keys")
    if row.maps_columns and not row.source:
        raise ValueError("an adapter that maps columns names the class that describes a `source`")
    if row.maps_columns and row.template and not row.target:
        raise ValueError("an adapter that maps columns and writes names the class that describes a `target`")


def _check_module(row: Adapter) -> None:
    """Raise ValueError unless generated code could import what the row names."""
    try:
        module = importlib.import_module(row.module)
    except Exception as error:
        raise ValueError(f"importing {row.module} failed: {type(error).__name__}: {error}") from error
    for name in filter(None, (row.importer, row.template, row.source, row.target)):
        if not isinstance(getattr(module, name, None), type):
            raise ValueError(f"{row.module} has no class {name!r}{did_you_mean(name, vars(module))}")


def _guarded(offer: Added, row: Adapter) -> Callable[[MapNode, Problems], Options]:
    """Return the row's `options`, so that what it raises, or returns amiss, is told as the package's."""

    def options(node: MapNode, problems: Problems) -> Options:
        try:
            found = row.options(node, problems)
            for name, value in found:
                ident(name)
                lit(value)
        except SchemaError:
            raise  # there are so many problems that nobody looks further: it is not to blame
        except Exception as error:  # noqa: BLE001 - whatever it raises is the package's fault
            reason = f"{type(error).__name__}: {error}"
            message = f"the adapter {row.name!r} of {offer.package} cannot tell its options: {reason}"
            problems.add(node.position, "extension", message)
            return ()
        return found

    return options
