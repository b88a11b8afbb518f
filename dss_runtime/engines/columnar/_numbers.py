"""Images of numbers and truth values."""

from __future__ import annotations

from dss_runtime.engines.columnar._cells import Cell, unfit
from dss_runtime.engines.columnar._image import Image, image_of
from dss_runtime.engines.columnar._sql import (
    NotColumnarError,
    Sql,
    above,
    among,
    as_text,
    at_most,
    below,
    case,
    cast_to,
    differs,
    equal,
    every,
    exp,
    first_of,
    length,
    matches,
    negated,
    round_trip,
    text,
    whole,
)
from dss_runtime.types import BoolType, DecimalType, FloatType, IntType

INT = "[+-]?[0-9]{1,18}"
DECIMAL = "[+-]?[0-9]{1,17}(?:[.][0-9]{0,18})?"
_FLOAT = "[+-]?[0-9]{1,30}(?:[.][0-9]{0,30})?"
_SHORT = 16
"""A text of so many characters, point and sign included, has no more digits than a float keeps."""
_MOST_PLACES = 8
_TRUE = ("true", "1")
_FALSE = ("false", "0")
_YES = ("t", "yes", "y", "on")
_NO = ("f", "no", "n", "off")


def int_image(kind: IntType, cell: Cell) -> Image:
    """Return the image of an int: its 64 bits, but the least of them all, which stands for None."""
    number, lowest = cast_to("BIGINT", cell.sql), text("-9223372036854775808")
    least = cast_to("BIGINT", lowest)
    if cell.kind == "text":
        plain = every(round_trip("BIGINT", cell.sql), differs(cell.sql, lowest))
        known = first_of(plain, matches(cell.sql, INT))
    elif cell.kind == "int":
        known = above(number, least)
    else:
        raise unfit(kind, cell)
    return image_of(case((known, number)), none=least, readable=known)


def float_image(kind: FloatType, cell: Cell) -> Image:
    """Return the image of a finite float: itself, or the decimal that its digits are rounded to."""
    if cell.kind not in ("text", "double", "decimal", "int"):
        raise unfit(kind, cell)
    digits = cell.sql if cell.kind in ("text", "double") else as_text(cell.sql)
    number = cast_to("DOUBLE", digits)
    # NaN is the greatest of all in SQL.
    low = cast_to("DOUBLE", text("-1.7976931348623157e308"))
    high = cast_to("DOUBLE", text("1.7976931348623157e308"))
    known = every(above(number, low), below(number, high))
    if cell.kind != "double":
        known = first_of(matches(digits, _FLOAT), every(round_trip("DOUBLE", digits), known))
    value = case((known, number))
    if kind.scale is None:
        return image_of(value, none=low, readable=known)
    if cell.kind == "double":
        compared = _rounded_double(number, kind.scale)
    else:
        compared = _rounded(digits, _is_short(digits), 15, kind.scale)
    none = _decimal(_none(15), 15, kind.scale)
    return image_of(value, compared=compared, none=none, readable=known)


def decimal_image(kind: DecimalType, cell: Cell) -> Image:
    """Return the image of a decimal of at most 17 digits before the point and 18 after it."""
    if cell.kind not in ("text", "decimal", "int", "double"):
        raise unfit(kind, cell)
    # A number is read through its digits; while they are few, those of a float are the ones of `repr`.
    digits = cell.sql if cell.kind == "text" else as_text(cell.sql)
    known = matches(digits, DECIMAL) if cell.kind != "double" else _is_short(digits)
    value = case((known, _decimal(digits, 17, 18)))
    none = _none(17)
    if kind.scale is None:
        return image_of(value, none=_decimal(none, 17, 18), readable=known)
    compared = _rounded(digits, known, 17, kind.scale)
    return image_of(value, compared=compared, none=_decimal(none, 17, kind.scale), readable=known)


def bool_image(kind: BoolType, cell: Cell) -> Image:
    """Return the image of a truth value: 1 or 0, and -1 for None."""
    if cell.kind == "text":
        value = case(
            (among(cell.sql, _TRUE), whole(1)),
            (among(cell.sql, _FALSE), whole(0)),
            (among(cell.sql, _spelled(_TRUE[:1] + _YES)), whole(1)),
            (among(cell.sql, _spelled(_FALSE[:1] + _NO)), whole(0)),
        )
    elif cell.kind == "bool":
        value = case((cell.sql, whole(1)), (negated(cell.sql), whole(0)))
    elif cell.kind == "int":
        value = case((equal(cell.sql, whole(1)), whole(1)), (equal(cell.sql, whole(0)), whole(0)))
    else:
        raise unfit(kind, cell)
    return image_of(value, none=whole(-1))


def _spelled(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for word in words for form in (word, word.upper(), word.capitalize())))


def _is_short(digits: Sql) -> Sql:
    """Whether a text is a number of so few digits that a float keeps them, and no exponent."""
    return every(at_most(length(digits), whole(_SHORT)), matches(digits, "-?[0-9]{1,15}(?:[.][0-9]{0,15})?"))


def _rounded(digits: Sql, known: Sql, before: int, scale: int) -> Sql:
    """Return the number of a text rounded to *scale*; most have no more digits, which is seen faster."""
    exact = _decimal(digits, before, 18)
    rounded = _decimal(exact, before, scale)
    sure = differs(_distance(exact, rounded), _half(scale))
    few = 15 - scale if before == 15 else before
    plain = f"-?[0-9]{{1,{few}}}" + (f"(?:[.][0-9]{{0,{scale}}})?" if scale else "[.]?")
    short = [(matches(digits, plain), _decimal(digits, before, scale))] if few > 0 else []
    return case(*short, (every(known, sure), rounded))


def _rounded_double(number: Sql, scale: int) -> Sql:
    """Return a float rounded to *scale*; NULL where its digits could be rounded the other way."""
    if scale > _MOST_PLACES:
        raise NotColumnarError(f"a column of double has no image with more than {_MOST_PLACES} places")
    exact = _decimal(number, 15, 18)
    rounded = _decimal(exact, 15, scale)
    # Below a million, a float is nearer to its digits than this.
    margin = _distance(_distance(exact, rounded), _half(scale))
    sure = above(margin, cast_to("DECIMAL(33, 19)", text("0.000000001")))
    return case((every(below(exp.Abs(this=number), whole(1_000_000)), sure), rounded))


def _none(before: int) -> Sql:
    """Return a number that none of as many digits before the point is rounded to."""
    return text(f"-2{'0' * before}")


def _distance(left: Sql, right: Sql) -> Sql:
    return exp.Abs(this=exp.Sub(this=left, expression=right))


def _half(scale: int) -> Sql:
    """Return half of the last digit: what SQL rounds up there, and Python to the even digit."""
    return cast_to("DECIMAL(33, 19)", text(f"0.{'0' * scale}5"))


def _decimal(digits: Sql, before: int, after: int) -> Sql:
    """Return a number of as many digits before and after the point, and one more before it."""
    return cast_to(f"DECIMAL({before + 1 + after}, {after})", digits)
