"""Images of texts, and of what is compared as its text."""

from __future__ import annotations

from dss_runtime.engines.columnar._cells import Cell, unfit
from dss_runtime.engines.columnar._image import Image, image_of
from dss_runtime.engines.columnar._space import stripped
from dss_runtime.engines.columnar._sql import (
    NUL,
    Sql,
    among,
    as_text,
    at_most,
    case,
    every,
    exp,
    holds,
    is_ascii,
    joined,
    length,
    lowered,
    matches,
    negated,
    piece,
    text,
    whole,
)
from dss_runtime.types import BytesType, EnumType, StrType, UuidType

_HEX = "[0-9a-fA-F]"
_LOWER_UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
UUID = f"{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}"
_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?"
"""Only what an encoder writes: the bits that the last character has too many are zero."""


def str_image(kind: StrType, cell: Cell) -> Image:
    """Return the image of a text: itself, or the fold of it where it is ASCII.

    Folds of other texts are left to Python: such a text stands for itself in the comparison, and never
    equals a fold, which is ASCII.
    """
    if cell.kind != "text":
        raise unfit(kind, cell)
    value = cell.sql
    known = negated(holds(value, NUL))
    if kind.max_length is not None:
        known = every(at_most(length(value), whole(kind.max_length)), known)
    compared = case((known, _folded(kind, value)))
    none = text("") if kind.null_equals_empty else NUL
    return image_of(case((known, value)), compared=compared, none=none, readable=known)


def enum_image(kind: EnumType, cell: Cell) -> Image:
    """Return the image of one of a few texts: itself."""
    if cell.kind != "text":
        raise unfit(kind, cell)
    known = among(cell.sql, kind.members)
    return image_of(case((known, cell.sql)), readable=known)


def uuid_image(kind: UuidType, cell: Cell) -> Image:
    """Return the image of a UUID: its text in small letters, with hyphens."""
    if cell.kind == "uuid":
        return image_of(as_text(cell.sql))
    if cell.kind != "text":
        raise unfit(kind, cell)
    value = cell.sql
    sizes = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    parts: list[Sql] = []
    for start, size in sizes:
        parts += [text("-"), piece(value, start, size)] if parts else [piece(value, start, size)]
    known = (
        (matches(value, _LOWER_UUID), value),
        (matches(value, UUID), lowered(value)),
        (matches(value, f"{_HEX}{{32}}"), lowered(joined(parts))),
    )
    return image_of(case(*known))


def bytes_image(kind: BytesType, cell: Cell) -> Image:
    """Return the image of bytes: their base64."""
    if cell.kind not in ("text", "blob"):
        raise unfit(kind, cell)
    if cell.kind == "blob":
        encoded: Sql = exp.ToBase64(this=cell.sql)
        known = matches(encoded, _BASE64)
    else:
        encoded = cell.sql
        known = matches(encoded, _BASE64)
    if kind.max_length is not None:
        known = every(known, _holds_at_most(kind.max_length, encoded))
    return image_of(case((known, encoded)))


def _folded(kind: StrType, value: Sql) -> Sql:
    if "casefold" in kind.compare:
        folded = lowered(stripped(value) if "trim" in kind.compare else value)
        return case((is_ascii(value), folded), otherwise=value)
    if "ascii" in kind.compare and "trim" in kind.compare:
        return case((is_ascii(value), stripped(value)), otherwise=value)
    return stripped(value) if "trim" in kind.compare else value


def _holds_at_most(size: int, encoded: Sql) -> Sql:
    """Whether a base64 text is that of *size* bytes at most: four characters are three bytes, or fewer."""
    full, rest = divmod(size, 3)
    shortest = 4 * full
    if rest == 0:
        return at_most(length(encoded), whole(shortest))
    padded = exp.Like(this=encoded, expression=text("%" + "=" * (3 - rest)))
    longest = every(at_most(length(encoded), whole(shortest + 4)), padded)
    return exp.or_(at_most(length(encoded), whole(shortest)), longest)
