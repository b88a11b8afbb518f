"""The transforms in SQL: the text that each makes, NULL where nobody is sure that it is what Python makes.

Those that depend on case or on the kind of a character answer for ASCII alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dss_runtime._recipe import Step
from dss_runtime.engines.columnar._formats import dated, pointed, timed
from dss_runtime.engines.columnar._space import stripped
from dss_runtime.engines.columnar._sql import (
    NotColumnarError,
    Sql,
    at_least,
    case,
    equal,
    escaped,
    exp,
    holds,
    is_ascii,
    length,
    lowered,
    matches,
    negated,
    replaced,
    text,
    trimmed_left,
    whole,
)


def transformed(step: Step, value: Sql) -> Sql:
    """Return what *step* makes of a text; NotColumnarError where it is not known to SQL."""
    make = IN_SQL.get(step.name)
    if make is None:
        raise NotColumnarError(f"the transform {step.name} is not known to SQL")
    return make(value, *step.arguments)


def _lower(value: Sql) -> Sql:
    return case((is_ascii(value), lowered(value)))


def _upper(value: Sql) -> Sql:
    return case((is_ascii(value), exp.Upper(this=value)))


def _ascii(value: Sql) -> Sql:
    return case((is_ascii(value), value))


def _login(value: Sql) -> Sql:
    kept = exp.RegexpReplace(
        this=value, expression=text("[^A-Za-z0-9._-]"), replacement=text(""), modifiers=text("g")
    )
    return case((is_ascii(value), kept))


def _unescape_html(value: Sql) -> Sql:
    return case((negated(holds(value, text("&"))), value))


def _replace(value: Sql, old: str, new: str) -> Sql:
    return replaced(value, text(old), text(new))


def _split_part(value: Sql, separator: str, n: int) -> Sql:
    return exp.SplitPart(this=value, delimiter=text(separator), part_index=whole(n))


def _pad(value: Sql, width: int, char: str = "0") -> Sql:
    return case(
        (equal(value, text("")), value),
        (at_least(length(value), whole(width)), value),
        otherwise=exp.Pad(this=value, expression=whole(width), fill_pattern=text(char), is_left=True),
    )


def _map(value: Sql, pairs: tuple[tuple[str, str], ...]) -> Sql:
    given = dict(pairs)
    other = given.pop("*", None)
    found = [(equal(value, text(key)), text(mapped)) for key, mapped in given.items()]
    if other is not None:
        # Not of NULL, which is a text that nobody knows.
        return case(*found, (equal(value, value), text(other)))
    return case(*found, *(() if "" in given else ((equal(value, text("")), value),)))


def _parse_number(value: Sql, decimal: str, thousands: str = "") -> Sql:
    value = stripped(value)
    grouped = f"[0-9]{{1,3}}(?:{escaped(thousands)}[0-9]{{3}})+|" if thousands else ""
    pattern = f"[+-]?(?:{grouped}[0-9]+)(?:{escaped(decimal)}[0-9]+)?"
    plain = replaced(value, text(thousands), text("")) if thousands else value
    number = trimmed_left(replaced(plain, text(decimal), text(".")), "+")
    return case((equal(value, text("")), value), (matches(value, pattern), number))


IN_SQL: Mapping[str, Callable[..., Sql]] = {
    "strip": stripped,
    "lower": _lower,
    "upper": _upper,
    "casefold": _lower,
    "ascii": _ascii,
    "login": _login,
    "unescape-html": _unescape_html,
    "replace": _replace,
    "split-part": _split_part,
    "pad": _pad,
    "map": _map,
    "parse-date": dated,
    "parse-datetime": pointed,
    "parse-time": timed,
    "parse-number": _parse_number,
}
"""By the names that the schema calls them; casefold is lower for ASCII."""
