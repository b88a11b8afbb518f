"""Run in a project of a pack: writes a large set that its own strategies draw, reads it back and compares.

Prints how many records were written. Strategies draw records one by one, so each gets a key of its own here,
and refs that hold.
"""

from __future__ import annotations

import dataclasses
import importlib
import keyword
import sys
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from dss_runtime import Policy

strategies: Any = importlib.import_module("generated.strategies")
TREES: Any = importlib.import_module("generated.wiring").TREES
DRAWN = 60


def drawn(model: str) -> list[Any]:
    """Return different records of *model*."""
    found: list[Any] = []
    name = "".join(f"_{each.lower()}" if each.isupper() else each for each in model).lstrip("_")
    name += "_" * keyword.iskeyword(name)

    @seed(1)
    @settings(
        max_examples=DRAWN,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(getattr(strategies, f"{name}_record")())
    def draw(record: Any) -> None:
        found.append(record)

    draw()
    return found


def placed(record: Any, branch: Any, number: int, keys: dict[str, list[Any]]) -> Any:
    """Return *record* with a key of its own and refs to records that are there; nothing required is blank."""
    values: dict[str, Any] = {}
    refs = 0
    for field in branch.info.fields:
        value = getattr(record, field.name)
        if field.ref:
            others = keys.get(field.ref, [])
            # The first ref moves fast and the second one slowly, so that their pairs differ.
            step = number // len(others) if refs and others else number
            values[field.name] = others[step % len(others)] if others else None
            refs += 1
        elif field.name in branch.info.key:
            values[field.name] = f"{value}{number}"
        elif isinstance(value, str) and not field.optional and not value.strip():
            values[field.name] = f"{value}x"
        elif isinstance(value, frozenset) and not value:
            values[field.name] = frozenset({"x"})
    return dataclasses.replace(record, **values)


def main(path: str, size: int) -> None:
    """Write a set with *size* records of each kind, as far as refs allow, to *path*."""
    left = TREES["Outgoing"]({"path": f"{path}.left", "writes": True})
    keys: dict[str, list[Any]] = {}
    for branch in left.branches:
        found = drawn(branch.klass.__name__)
        for number in range(size):
            record = placed(found[number % len(found)], branch, number, keys)
            if branch.key_of(record) not in branch:
                branch.put(branch.key_of(record), record)
        keys[branch.klass.__name__] = list(branch)
    right = TREES["Outgoing"]({"path": path, "writes": True}).load()
    result = left.sync(right, policy=Policy(guarded=False))
    failed = [f"{action.message}: {outcome.reason}" for action, outcome in result if not outcome.ok]
    if failed:
        raise SystemExit("\n".join(failed[:5]))
    again = TREES["Incoming"]({"path": path}).load()
    for mine, other in zip(left.branches, again.branches, strict=True):
        assert [] == other.unreadable, other.unreadable[0]
        assert set(mine) == set(other), mine.name
    assert 0 == len(left - again)  # in canonical form, in which an empty text is none
    sys.stdout.write(f"{sum(map(len, again.branches))}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
