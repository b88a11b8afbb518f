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
    equal,
    every,
    exp,
    length,
    matches,
    negated,
    round_trip,
    some,
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
    number = cast_to("BIGINT", cell.sql)
    least = cast_to("BIGINT", text("-9223372036854775808"))
    if cell.kind == "int":
        return image_of(case((above(number, least), number)), none=least)
    if cell.kind != "text":
        raise unfit(kind, cell)
    plain = every(round_trip("BIGINT", cell.sql), above(number, least))
    return image_of(case((plain, number), (matches(cell.sql, INT), number)), none=least)


def float_image(kind: FloatType, cell: Cell) -> Image:
    """Return the image of a finite float: itself, or the decimal that its digits are rounded to."""
    number = cast_to("DOUBLE", cell.sql)
    # NaN is the greatest of all in SQL.
    low, high = (
        cast_to("DOUBLE", text("-1.7976931348623157e308")),
        cast_to("DOUBLE", text("1.7976931348623157e308")),
    )
    finite = every(above(number, low), below(number, high))
    if cell.kind == "text":
        read = some(matches(cell.sql, _FLOAT), round_trip("DOUBLE", cell.sql))
        value = case((every(finite, read), number))
    elif cell.kind == "double":
        value = case((finite, number))
    else:
        raise unfit(kind, cell)
    if kind.scale is None:
        return image_of(value, none=low)
    if cell.kind == "text":
        rounded = case((_is_short(cell.sql), _rounded(cast_to("DECIMAL(33, 18)", cell.sql), 16, kind.scale)))
    elif kind.scale <= _MOST_PLACES:
        rounded = _rounded_double(number, kind.scale)
    else:
        raise NotColumnarError(f"a column of double has no image with more than {_MOST_PLACES} places")
    none = cast_to(f"DECIMAL({16 + kind.scale}, {kind.scale})", text("-9999999999999999"))
    return image_of(value, compared=rounded, none=none)


def decimal_image(kind: DecimalType, cell: Cell) -> Image:
    """Return the image of a decimal of at most 17 digits before the point and 18 after it."""
    if cell.kind not in ("text", "decimal", "int", "double"):
        raise unfit(kind, cell)
    # A number is read through its digits; while they are few, those of a float are the ones of `repr`.
    digits = cell.sql if cell.kind == "text" else as_text(cell.sql)
    number = cast_to("DECIMAL(36, 18)", digits)
    known = matches(digits, DECIMAL) if cell.kind != "double" else _is_short(digits)
    value = case((known, number))
    none = cast_to("DECIMAL(36, 18)", text("-999999999999999999"))
    if kind.scale is None:
        return image_of(value, none=none)
    none = cast_to(f"DECIMAL({18 + kind.scale}, {kind.scale})", text("-999999999999999999"))
    return image_of(value, compared=case((known, _rounded(number, 18, kind.scale))), none=none)


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


def _rounded(number: Sql, whole_digits: int, scale: int) -> Sql:
    """Return a decimal rounded to *scale*; NULL for one half way between two, which SQL rounds up."""
    rounded = cast_to(f"DECIMAL({whole_digits + scale}, {scale})", number)
    return case((negated(equal(_distance(number, rounded), _half(scale))), rounded))


def _rounded_double(number: Sql, scale: int) -> Sql:
    """Return a float rounded to *scale*; NULL where its digits could be rounded the other way."""
    exact = cast_to("DECIMAL(33, 18)", number)
    rounded = cast_to(f"DECIMAL({16 + scale}, {scale})", exact)
    margin = _distance(_distance(exact, rounded), _half(scale))
    # Below a million, a float is nearer to its digits than this.
    sure = every(
        below(exp.Abs(this=number), whole(1_000_000)),
        above(margin, cast_to("DECIMAL(33, 19)", text("0.000000001"))),
    )
    return case((sure, rounded))


def _distance(left: Sql, right: Sql) -> Sql:
    return exp.Abs(this=exp.Sub(this=left, expression=right))


def _half(scale: int) -> Sql:
    return cast_to("DECIMAL(33, 19)", text(f"0.{'0' * scale}5"))
