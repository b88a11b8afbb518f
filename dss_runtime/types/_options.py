"""Checks of options that several types share: each raises ValueError with a text for the schema's author."""

from __future__ import annotations

from typing import cast

MAX_LENGTH = 1_000_000
MAX_SCALE = 18


def check_max_length(value: object) -> None:
    """Refuse a `max_length` that is neither None nor an int from 1 to a million."""
    _check_int("max_length", value, 1, MAX_LENGTH)


def check_scale(value: object) -> None:
    """Refuse a `scale` that is neither None nor an int from 0 to 18."""
    _check_int("scale", value, 0, MAX_SCALE)


def check_bool(name: str, value: object) -> None:
    """Refuse a *value* of the option *name* that is no bool."""
    if not isinstance(value, bool):
        raise ValueError(f"{name}: expected true or false")


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse a *value* of the option *name* that is none of *choices*."""
    if value not in choices:
        raise ValueError(f"{name}: expected {_listed(choices)}")


def check_choices(name: str, values: object, choices: tuple[str, ...]) -> None:
    """Refuse *values* of the option *name* that are not a tuple of distinct *choices*."""
    texts = texts_of(values)
    if texts is None or not set(texts) <= set(choices):
        raise ValueError(f"{name}: expected a tuple of {_listed(choices)}")
    if len(set(texts)) != len(texts):
        raise ValueError(f"{name}: expected each of them once")


def texts_of(values: object) -> tuple[str, ...] | None:
    """Return *values* when they are a tuple of texts, else None."""
    if not isinstance(values, tuple):
        return None
    items = cast("tuple[object, ...]", values)
    return (
        tuple(item for item in items if isinstance(item, str))
        if all(isinstance(item, str) for item in items)
        else None
    )


def _check_int(name: str, value: object, low: int, high: int) -> None:
    if value is not None and (type(value) is not int or not low <= value <= high):
        raise ValueError(f"{name}: expected an int from {low} to {high}")


def _listed(choices: tuple[str, ...]) -> str:
    return ", ".join(choices[:-1]) + " or " + choices[-1]
