"""One text for every value in canonical form: equal values give equal texts, on every machine."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from dss_runtime._branch import Branch
from dss_runtime._unclaimed import Unclaimed


def stable(value: object) -> str:
    """Return the text of *value*: a scalar of a field type, or a tuple, list, set or mapping of such.

    What Python's `==` cannot tell apart within one type (0.0 and -0.0, 1.0 and 1.00 as decimals, one instant
    in two zones) has one text; values of two types never share one. Of another type, which a package has
    brought, its `repr` tells the value. Raises TypeError for one that has none of its own.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value)
        case int():
            return f"{value:x}"
        case float():
            return f"float {value or 0.0!r}" if math.isfinite(value) else f"float {value}"
        case Decimal():
            return f"decimal {value.normalize() if value else 0}"
        case datetime():
            moment = value if value.tzinfo is None else value.astimezone(UTC)
            return f"datetime {moment.isoformat()}"
        case date() | time():
            return f"{type(value).__name__} {value.isoformat()}"
        case UUID():
            return f"uuid {value.hex}"
        case bytes():
            return f"bytes {value.hex()}"
        case tuple() | list():
            return f"[{', '.join(map(stable, cast('Iterable[object]', value)))}]"
        case set() | frozenset():
            return f"{{{', '.join(sorted(map(stable, cast('Iterable[object]', value))))}}}"
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            return f"({', '.join(sorted(f'{stable(name)}: {stable(each)}' for name, each in items))})"
        case _ if type(value).__repr__ is object.__repr__:  # which tells where the object is, not what
            raise TypeError(f"a value of type {type(value).__name__} has no stable text")
        case _:
            return f"{type(value).__qualname__} {value!r}"


def stable_unclaimed(branch: Branch[Any, Any], found: Unclaimed) -> str:
    """Return the text of all that can be read of a record without a key, or under its former one."""
    known = {name: value for name, value in found.fields.items() if value is not None}
    forms = {name: branch.info[name].type.canonical(value) for name, value in known.items()}
    return stable((found.key, forms, found.unreadable))


def stable_record(branch: Branch[Any, Any], record: object) -> str:
    """Return the text of all that *branch* holds of *record*, in canonical form."""
    held = (each for each in branch.info.fields if not each.derived and each.name not in branch.omitted)
    return stable({each.name: each.type.canonical(getattr(record, each.name)) for each in held})
