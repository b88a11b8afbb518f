"""Records that differ in what counts, and records that differ only in what does not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

from hypothesis import strategies as st

from tests.generated_schemas.worlds import Data, World, info_of, key_of

_VARIANTS: dict[str, tuple[Callable[[Any], Any], ...]] = {
    "str": (str.swapcase, lambda text: f" {text} ", lambda text: f"{text}\u0301", lambda text: text or None),
    "float": (lambda number: number + 1e-9, lambda number: number * (1 + 1e-12)),
    "decimal": (lambda number: number + Decimal("1e-19"),),
    "datetime": (lambda point: cast("datetime", point) + timedelta(microseconds=1),),
    "time": (lambda clock: cast("time", clock).replace(microsecond=clock.microsecond // 1000 * 1000),),
    "list": (lambda items: items[::-1],),
}


def alternatives(world: World, data: st.DataObject, ours: Data) -> Data:
    """Return records for the other side: some of *ours*, some of their keys with other values, and others."""
    other = data.draw(world.data())
    found: dict[str, dict[Any, Any]] = {name: {key_of(each): each for each in other[name]} for name in ours}
    for name, records in ours.items():
        for record in records:
            kind = data.draw(st.sampled_from(["absent", "equal", "disguised", "changed", "changed"]))
            if kind == "equal":
                found[name][key_of(record)] = record
            elif kind == "disguised":
                found[name][key_of(record)] = disguised(record)
            elif kind == "changed":
                fresh = data.draw(world.record(name))
                keys = {each: getattr(record, each) for each in info_of(record).key}
                found[name][key_of(record)] = dataclasses.replace(fresh, **keys)
    return {name: list(records.values()) for name, records in found.items()}


def disguised(record: Any) -> Any:
    """Return *record* with each value, where there is one, replaced by another of the same canonical form."""
    changes: dict[str, Any] = {}
    for field in info_of(record).fields:
        if not field.derived and field.name not in info_of(record).key:
            value = getattr(record, field.name)
            for variant in _variants(field, value):
                changes[field.name] = variant
    return dataclasses.replace(record, **changes)


def _variants(field: Any, value: Any) -> Iterator[Any]:
    if value is None:
        return
    for change in _VARIANTS.get(field.type.name, ()):
        try:
            variant = change(value)
        except OverflowError:  # the last instant has no next one
            continue
        allowed = field.optional if variant is None else field.type.check(variant) is None
        if allowed and variant != value and field.type.canonical(variant) == field.type.canonical(value):
            yield variant
