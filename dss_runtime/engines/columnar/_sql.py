"""SQL as values: the few expressions that images are made of, the same for every dialect.

Regular expressions keep to what RE2 and Java's have in common; they have to match all of a text, without
the line break at its end that `$` lets pass. A group that is repeated by `*` never has to give back what it
took: for Java, that is forbidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import punctuation
from typing import TypeAlias

from dss_runtime._errors import DssError
from dss_runtime._extras import extra

with extra("duckdb"):
    from sqlglot import exp as exp

Sql: TypeAlias = exp.Expr
"""A SQL expression."""

NUL: Sql = exp.Chr(expressions=[exp.Literal.number(0)])
"""The character that no readable text holds."""


class NotColumnarError(DssError):
    """What has no image, so that the rows of its branch are read by the generated code."""


def truth(value: bool) -> Sql:
    """Return the literal of a truth value."""
    return exp.Boolean(this=value)


def text(value: str) -> Sql:
    """Return the literal of a text."""
    if "\0" in value:
        raise NotColumnarError("a text of the schema holds a NUL character, which SQL cannot be given")
    return exp.Literal.string(value)


def whole(value: int) -> Sql:
    """Return the literal of an int."""
    literal: Sql = exp.Literal.number(abs(value))
    return literal if value >= 0 else exp.Neg(this=literal)


def case(*branches: tuple[Sql, Sql], otherwise: Sql | None = None) -> Sql:
    """Return what the first condition that is true leads to; NULL where none is and there is no other."""
    ifs = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=ifs, default=otherwise)


def cast_to(kind: str, value: Sql) -> Sql:
    """Return *value* as the type *kind*, NULL where it cannot be."""
    return exp.TryCast(this=value, to=exp.DataType.build(kind), safe=True)


def as_text(value: Sql) -> Sql:
    """Return *value* as the text that the database makes of it."""
    return exp.Cast(this=value, to=exp.DataType.build("TEXT"))


def matches(value: Sql, pattern: str) -> Sql:
    """Whether all of a text matches *pattern*."""
    return exp.RegexpLike(this=value, expression=text(rf"^(?:{pattern})\z"))


def holds(value: Sql, part: Sql) -> Sql:
    """Whether a text holds another."""
    return exp.Contains(this=value, expression=part)


def equal(left: Sql, right: Sql) -> Sql:
    """Whether two values are the same; NULL where one is."""
    return exp.EQ(this=left, expression=right)


def differs(left: Sql, right: Sql) -> Sql:
    """Whether two values are not the same; NULL where one is."""
    return exp.NEQ(this=left, expression=right)


def among(value: Sql, texts: Sequence[str]) -> Sql:
    """Whether a text is one of *texts*."""
    if len(texts) == 1:
        return equal(value, text(texts[0]))
    return exp.In(this=value, expressions=[text(each) for each in texts])


def at_least(value: Sql, low: Sql) -> Sql:
    """Whether *value* is *low* or more."""
    return exp.GTE(this=value, expression=low)


def at_most(value: Sql, high: Sql) -> Sql:
    """Whether *value* is *high* or less."""
    return exp.LTE(this=value, expression=high)


def above(value: Sql, low: Sql) -> Sql:
    """Whether *value* is more than *low*."""
    return exp.GT(this=value, expression=low)


def below(value: Sql, high: Sql) -> Sql:
    """Whether *value* is less than *high*."""
    return exp.LT(this=value, expression=high)


def is_null(value: Sql) -> Sql:
    """Whether there is no value."""
    return exp.Is(this=value, expression=exp.Null())


def negated(condition: Sql) -> Sql:
    """Whether *condition* is false."""
    return exp.Not(this=exp.Paren(this=condition))


def every(*conditions: Sql) -> Sql:
    """Whether all conditions are true."""
    return exp.and_(*conditions)


def some(*conditions: Sql) -> Sql:
    """Whether a condition is true."""
    return exp.or_(*conditions)


def first_of(cheap: Sql, other: Sql) -> Sql:
    """Whether one of two conditions is true, of which *other* is looked at only where *cheap* is not."""
    return other if other == truth(True) else case((cheap, truth(True)), otherwise=other)


def length(value: Sql) -> Sql:
    """Return the number of characters of a text."""
    return exp.Length(this=value)


def joined(parts: Sequence[Sql]) -> Sql:
    """Return the texts one after the other; NULL where one is."""
    found = parts[0]
    for part in parts[1:]:
        found = exp.DPipe(this=found, expression=part, safe=False)
    return exp.Paren(this=found) if len(parts) > 1 else found


def piece(value: Sql, start: int, size: int) -> Sql:
    """Return *size* characters of a text from the character *start*, counted from 1; from its end below 0."""
    return exp.Substring(this=value, start=whole(start), length=whole(size))


def replaced(value: Sql, old: Sql, new: Sql) -> Sql:
    """Return a text with every *old* replaced by *new*."""
    return exp.Replace(this=value, expression=old, replacement=new)


def lowered(value: Sql) -> Sql:
    """Return a text, which has to be ASCII, in lower case."""
    return exp.Lower(this=value)


def is_ascii(value: Sql) -> Sql:
    """Whether a text has one byte for each character."""
    bits = exp.BitLength(this=value)
    return equal(bits, exp.Mul(this=length(value), expression=whole(8)))


def trimmed(value: Sql, characters: str) -> Sql:
    """Return a text without any of *characters* at its ends."""
    return exp.Trim(this=value, expression=text(characters))


def trimmed_left(value: Sql, characters: str) -> Sql:
    """Return a text without any of *characters* at its start."""
    return exp.Trim(this=value, expression=text(characters), position="LEADING")


def trimmed_right(value: Sql, characters: str) -> Sql:
    """Return a text without any of *characters* at its end."""
    return exp.Trim(this=value, expression=text(characters), position="TRAILING")


def round_trip(kind: str, value: Sql) -> Sql:
    """Whether *value* is just the text that the database makes of what it reads in it as the type *kind*."""
    return equal(as_text(cast_to(kind, value)), value)


def escaped(literal: str) -> str:
    """Return the pattern of a text."""
    return "".join(f"\\{each}" if each in punctuation else each for each in literal)
