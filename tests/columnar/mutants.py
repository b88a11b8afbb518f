"""Very many cells of a type: values near its limits, and what is nearly one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from dss_runtime.types import FieldType
from tests.columnar.dirt import ODD, changes

_LETTERS = '0123456789+-.:,TZ eE_aAfF\t\n\u00a0é;|"[]=/{}x'
_YEARS = ("0000", "0001", "1000", "1969", "2000", "2023", "2024", "2049", "2050", "8999", "9000", "9999")
_FRACTIONS = (".5", ".500", ".4995", ".4999995", ".0005", ".000500", ".499", ".0000001", ".1234", ".", "")
_OFFSETS = (
    "",
    "Z",
    "+00:00",
    "-00:00",
    "+02:00",
    "-05:30",
    "+14:59",
    "-14:00",
    "+15:00",
    "+0200",
    "+02",
    "z",
)


def cells_of(kind: FieldType[Any], rng: Random, count: int) -> list[str]:
    """Return up to *count* different texts."""
    return list(dict.fromkeys(_texts(kind, rng, count)))


def _texts(kind: FieldType[Any], rng: Random, count: int) -> Iterator[str]:
    for _ in range(count):
        text = _text(kind, rng) if rng.random() < 0.75 else rng.choice(ODD)
        yield _mutant(text, rng) if rng.random() < 0.4 else text


def _text(kind: Any, rng: Random) -> str:
    if kind.name in ("set", "list"):
        separator: str = kind.separator
        return separator.join(_text(kind.of, rng) for _ in range(rng.randrange(4)))
    make = _TEXTS.get(kind.name)
    return make(rng) if make is not None else rng.choice(ODD)


def _mutant(text: str, rng: Random) -> str:
    """Return *text* with one to three small changes."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(5):
            case 0:
                text = text[:at] + rng.choice(_LETTERS) + text[at:]
            case 1:
                text = text[:at] + text[at + 1 :]
            case 2:
                text = text[:at] + rng.choice(_LETTERS) + text[at + 1 :]
            case 3:
                text = rng.choice(changes)(text)
            case _:
                text = text[:at] + text[at : at + 3] + text[at:]
    return text


def _number(rng: Random) -> str:
    match rng.randrange(4):
        case 0:
            limit = 10 ** rng.randrange(1, 20)
            return str(rng.randrange(-limit, limit))
        case 1:
            return repr(rng.uniform(-1, 1) * 10 ** rng.randrange(-8, 18))
        case 2:
            return f"{rng.randrange(-1000, 1000)}.{rng.randrange(10 ** rng.randrange(1, 20))}"
        case _:
            return f"{rng.randrange(-40, 40) / 8}"


def _date(rng: Random) -> str:
    return f"{rng.choice(_YEARS)}-{rng.randrange(14):02}-{rng.randrange(33):02}"


def _time(rng: Random) -> str:
    seconds = f":{rng.choice((0, 1, 30, 59, 60)):02}" if rng.random() < 0.8 else ""
    return f"{rng.randrange(26):02}:{rng.choice((0, 30, 59, 60)):02}{seconds}{rng.choice(_FRACTIONS)}"


def _point(rng: Random) -> str:
    return f"{_date(rng)}{rng.choice('T t')}{_time(rng)}{rng.choice(_OFFSETS)}"


_TEXTS: dict[str, Callable[[Random], str]] = {
    "int": _number,
    "float": _number,
    "decimal": _number,
    "date": _date,
    "time": _time,
    "datetime": _point,
}
