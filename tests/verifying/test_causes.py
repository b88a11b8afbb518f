"""The likely cause of a difference that is still there is what the target does to values."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any
from unicodedata import normalize

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dss_runtime.codegen import Field
from dss_runtime.types import (
    BoolType,
    BytesType,
    DatetimeType,
    DecimalType,
    EnumType,
    FieldType,
    FloatType,
    IntType,
    JsonType,
    ListType,
    SetType,
    StrType,
    TimeType,
)
from dss_runtime.types._fold import fold_accents
from dss_runtime.verifying import CAUSES, Seen, cause_of
from dss_runtime.verifying._causes import Cause

NAMES = [cause.name for cause in CAUSES]
PIECES = ("a", "B", "ß", "Ö", "é", "e\u0301", "ﬁ", "😀", "  ", " ", "\t", "0", "12", "?")
WORDS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
DIGITS = st.text("0012", min_size=1, max_size=6)
MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))
DECIMALS = st.decimals(-1000, 1000, places=6)


@dataclass(frozen=True)
class Target:
    """A system that changes what it is given in one way; `cause` is the row that names it."""

    cause: str
    type: FieldType[Any]
    values: st.SearchStrategy[Any]
    write: Callable[[Any], Any]


def to_scale(scale: int, mode: str) -> Callable[[Decimal], Decimal]:
    """Return what rounds to *scale* digits."""
    return lambda number: number.quantize(Decimal(1).scaleb(-scale), mode)


def first(length: int) -> Callable[[str], str]:
    """Return what keeps the first characters."""
    return lambda text: text[:length]


def later(apart: timedelta) -> Callable[[datetime], datetime]:
    """Return what moves a moment."""
    return lambda moment: moment + apart


def each(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what changes each member of a set or list."""
    return lambda values: type(values)(map(change, values))


LISTS: st.SearchStrategy[Any] = st.lists(WORDS, max_size=4).map(tuple)
TARGETS: list[Target] = [
    *(Target("trims", StrType(), WORDS, way) for way in (str.strip, str.lstrip, str.rstrip)),
    Target("trims", SetType(of=StrType()), st.frozensets(WORDS, max_size=4), each(str.strip)),
    Target("trims", ListType(of=StrType()), LISTS, each(str.strip)),
    Target("lower_cases", StrType(), WORDS, str.lower),
    Target("lower_cases", StrType(compare=("trim",)), WORDS, str.lower),
    Target("lower_cases", SetType(of=StrType()), st.frozensets(WORDS, max_size=4), each(str.lower)),
    Target("upper_cases", StrType(), WORDS, str.upper),
    *(
        Target("normalises", StrType(), WORDS, partial(normalize, form))
        for form in ("NFC", "NFD", "NFKC", "NFKD")
    ),
    Target("folds_accents", StrType(compare=("casefold",)), WORDS, fold_accents),
    Target("drops_zeros", StrType(), DIGITS, lambda text: str(int(text))),
    *(Target("cuts_off", StrType(), WORDS, first(length)) for length in (1, 5)),
    Target("pads", StrType(), WORDS, lambda text: text.ljust(10)),
    Target("squeezes", StrType(), WORDS, lambda text: " ".join(text.split())),
    Target("loses_characters", StrType(), WORDS, lambda text: text.encode("ascii", "replace").decode()),
    Target("loses_characters", StrType(), WORDS, lambda text: text.replace("😀", "?")),
    Target("tidies", StrType(), WORDS, lambda text: text.strip().title()),
    *(
        Target(cause, DecimalType(), DECIMALS, to_scale(scale, mode))
        for scale in (0, 2, 5)
        for cause, mode in (
            ("rounds", ROUND_HALF_EVEN),
            ("cuts_digits", ROUND_HALF_UP),
            ("cuts_digits", ROUND_DOWN),
        )
    ),
    Target(
        "cuts_digits",
        FloatType(),
        st.floats(-1e6, 1e6),
        lambda number: float(to_scale(2, ROUND_DOWN)(Decimal(repr(number)))),
    ),
    Target(
        "holds_floats",
        DecimalType(),
        st.decimals(10**14, 10**15, places=6),
        lambda number: Decimal(repr(float(number))),
    ),
    *(
        Target(f"rounds_to_{unit}s", DatetimeType(), MOMENTS, DatetimeType(precision=unit).canonical)
        for unit in ("millisecond", "second")
    ),
    Target(
        "cuts_to_milliseconds",
        DatetimeType(),
        MOMENTS,
        lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000),
    ),
    Target("cuts_to_seconds", DatetimeType(), MOMENTS, lambda moment: moment.replace(microsecond=0)),
    Target(
        "cuts_to_seconds",
        DatetimeType(),
        MOMENTS,
        lambda moment: moment.replace(microsecond=0) + timedelta(seconds=moment.microsecond >= 500_000),
    ),
    Target("cuts_to_seconds", TimeType(), st.times(), lambda clock: clock.replace(microsecond=0)),
    Target("keeps_minutes", TimeType(), st.times(), lambda clock: time(clock.hour, clock.minute)),
    Target(
        "keeps_days",
        DatetimeType(),
        MOMENTS,
        lambda moment: datetime(moment.year, moment.month, moment.day, tzinfo=UTC),
    ),
    *(
        Target("shifts_zone", DatetimeType(), MOMENTS, later(apart))
        for apart in (timedelta(hours=-5), timedelta(hours=1), timedelta(hours=5, minutes=45))
    ),
    Target("empties_null", StrType(), st.none() | WORDS, lambda text: text or ""),
    Target("nulls_empty", StrType(), st.none() | WORDS, lambda text: text or None),
    Target("fills_in", IntType(), st.none() | st.integers(), lambda number: 7 if number is None else number),
    Target("drops_value", EnumType(members=("a", "b")), st.sampled_from("ab"), lambda _: None),
    Target(
        "reorders",
        ListType(of=IntType()),
        st.lists(st.integers()).map(tuple),
        lambda values: tuple(sorted(values)),
    ),
    Target(
        "drops_duplicates",
        ListType(of=IntType()),
        st.lists(st.integers(0, 5)).map(tuple),
        lambda values: tuple(dict.fromkeys(values)),
    ),
    Target(
        "keeps_some",
        SetType(of=IntType()),
        st.frozensets(st.integers(), min_size=2),
        lambda values: frozenset([min(values)]),
    ),
]


def held(target: Target, wanted: Any, *, kept: bool = False) -> Seen:
    """Return what is seen of a target that was given *wanted*; the value must have changed."""
    field = Field("name", target.type, optional=True)
    found = target.write(wanted)
    assume(target.type.canonical(wanted) != target.type.canonical(found))
    return Seen(field, wanted, found, kept)


changing = settings(suppress_health_check=[HealthCheck.filter_too_much])  # not every value is changed


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.cause)
@changing
@given(data=st.data())
def test_a_target_that_changes_values_is_found_out(target: Target, data: st.DataObject) -> None:
    """The cause is what the target does, or a more specific one that explains the value as well."""
    seen = held(target, data.draw(target.values))
    cause, _ = cause_of(seen)
    earlier = NAMES[: NAMES.index(target.cause)]
    assert cause.name == target.cause or (cause.name in earlier and cause.explains(seen) is not None)
    (own,) = (each for each in CAUSES if each.name == target.cause)
    assert own.explains(seen) is not None


@pytest.mark.parametrize(
    "target", [each for each in TARGETS if each.cause in NAMES[: NAMES.index("ignores")]]
)
@changing
@given(data=st.data())
def test_a_habit_is_named_again_when_it_is_all_that_happens(target: Target, data: st.DataObject) -> None:
    """The second time a mangling target holds what it held before, which does not hide the habit."""
    wanted = data.draw(target.values)
    assert cause_of(held(target, wanted)) == cause_of(held(target, wanted, kept=True))


def test_every_habit_has_a_target() -> None:
    """No row of the table goes untested but those that need no value."""
    fated = {"not_applied", "meanwhile", "vanished", "stays", "ignores", "another_writer"}
    assert set(NAMES) - fated == {target.cause for target in TARGETS}
    assert len(set(NAMES)) == len(NAMES)


@given(wanted=WORDS, found=WORDS, kept=st.booleans())
def test_every_difference_has_a_cause(wanted: str, found: str, kept: bool) -> None:
    """Whatever two texts, there is one likely cause, told as a sentence."""
    assume(wanted != found)
    cause, detail = cause_of(Seen(Field("name", StrType()), wanted, found, kept))
    assert "{" not in cause.told(detail) + cause.advised(Field("name", StrType()), detail).replace("{set", "")


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
)
KINDS: list[tuple[FieldType[Any], st.SearchStrategy[Any]]] = [
    (JsonType(), JSON),
    (IntType(), st.integers()),
    (FloatType(), st.floats()),
    (DecimalType(scale=3), st.decimals(allow_nan=False, allow_infinity=False)),
    (DatetimeType(zone="naive"), st.datetimes()),
    (TimeType(), st.times()),
    (BytesType(), st.binary()),
    (BoolType(), st.booleans()),
    (ListType(of=StrType(), compare="bag"), LISTS),
    (SetType(of=DecimalType()), st.frozensets(DECIMALS)),
]


@pytest.mark.parametrize(("kind", "values"), KINDS, ids=lambda each: getattr(each, "name", ""))
@given(data=st.data())
def test_no_row_breaks_at_a_value(
    kind: FieldType[Any], values: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    """A row that does not understand a value passes; none raises, whatever the type, and nothing at all."""
    wanted, found = data.draw(st.none() | values), data.draw(st.none() | values)
    for cause in CAUSES:
        cause.explains(Seen(Field("name", kind), wanted, found))


def test_what_holds_neither_is_another_writer() -> None:
    """What no habit explains and was not there before came from somebody else."""
    field = Field("name", StrType())
    assert "another_writer" == cause_of(Seen(field, "Cup", "Mug"))[0].name
    assert "ignores" == cause_of(Seen(field, "Cup", "Mug", kept=True))[0].name


def advice(name: str, field: Field, detail: int | str = "") -> str:
    """Return what a row advises for a field."""
    (cause,) = (each for each in CAUSES if each.name == name)
    assert isinstance(cause, Cause)
    return cause.advised(field, detail)


def test_the_advice_is_an_option_that_the_field_can_have() -> None:
    """Options are told with what is declared already, and only where the type has them."""
    source = "bring the left side to that form, by a `transform` or a `computed` field"
    assert "declare `compare: trim` on the field" == advice("trims", Field("a", StrType()))
    assert "declare `compare: [casefold, trim]` on the field" == advice(
        "trims", Field("a", StrType(compare=("casefold",)))
    )
    assert source == advice("trims", Field("a", StrType(), ref="Person"))
    assert source == advice("trims", Field("a", EnumType(members=("a ", "b"))))
    assert "declare `compare: trim` on the field" == advice("trims", Field("a", SetType(of=StrType())))
    assert "declare `compare: bag` on the field" == advice("reorders", Field("a", ListType(of=StrType())))
    assert source == advice("lower_cases", Field("a", ListType(of=IntType())))
    assert "declare `scale: 2` on the field" == advice("rounds", Field("a", DecimalType()), 2)
    assert "declare `max_length: 9` on the field" == advice("cuts_off", Field("a", StrType()), 9)


def declared(kind: FieldType[Any], name: str, value: str) -> FieldType[Any]:
    """Return *kind* with an option of the schema's language."""
    if hasattr(kind, "of") and value != "bag":
        inner: Any = kind
        return dataclasses.replace(inner, of=declared(inner.of, name, value))
    known: Any = kind
    several = isinstance(getattr(kind, name), tuple)
    given: Any = tuple(value.strip("[]").split(", ")) if several else yaml.safe_load(value)
    return dataclasses.replace(known, **{name: given})


OPTION = re.compile(r"declare `(\w+): (.*)` on the field")


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.cause)
@changing
@given(data=st.data())
def test_the_option_that_is_advised_lets_the_value_converge(target: Target, data: st.DataObject) -> None:
    """Declared on the field, it makes what was wanted and what was found the same."""
    seen = held(target, data.draw(target.values))
    cause, detail = cause_of(seen)
    option = OPTION.fullmatch(cause.advised(seen.field, detail))
    if option is not None and option[1] != "max_length":  # which rejects what is too long
        kind = declared(target.type, option[1], option[2])
        assert kind.canonical(seen.wanted) == kind.canonical(seen.found)


def test_a_zone_is_told_with_its_distance() -> None:
    """The detail is what a person needs to find the zone."""
    morning, later = (datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (8, 9))
    assert "+01:00" == cause_of(Seen(Field("a", DatetimeType()), morning, later))[1]
    assert "-01:00" == cause_of(Seen(Field("a", DatetimeType()), later, morning))[1]
