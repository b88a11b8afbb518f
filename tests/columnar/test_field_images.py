"""What the images of one field promise, held against the types themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dss_runtime._fields import Field, ModelInfo
from dss_runtime._recipe import FieldRecipe, Recipe, Step
from dss_runtime.engines.columnar import Kind, NotColumnarError, images, same_value
from dss_runtime.types import (
    BoolType,
    BytesType,
    DatetimeType,
    DateType,
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
    UuidType,
)
from tests.columnar.duck import Duck
from tests.columnar.reading import compare_as_equal
from tests.columnar.sides import UNREADABLE, Side, model, sides
from tests.types.cases import CASES

WITHOUT = (
    JsonType(),
    SetType(of=StrType(compare=("casefold", "trim"), max_length=5), separator="; "),
    ListType(of=IntType(), compare="bag", separator="1"),
)
COLUMNAR = [each for each in CASES if each not in WITHOUT]
KEYS = [each for each in COLUMNAR if each.may_be_key]
NATIVE: list[tuple[FieldType[Any], Kind]] = [
    (IntType(), "int"),
    (BoolType(), "int"),
    (BoolType(), "bool"),
    (FloatType(), "double"),
    (FloatType(scale=2), "double"),
    (FloatType(), "int"),
    (FloatType(scale=1), "decimal"),
    (DecimalType(), "decimal"),
    (DecimalType(scale=2), "decimal"),
    (DecimalType(scale=1), "int"),
    (DecimalType(), "double"),
    (DateType(), "date"),
    (DatetimeType(), "timestamp"),
    (DatetimeType(zone="naive", precision="millisecond"), "timestamp"),
    (DatetimeType(zone="Europe/Vienna", precision="second"), "instant"),
    (TimeType(), "time"),
    (BytesType(max_length=4), "blob"),
]

fewer = settings(max_examples=max(5, settings().max_examples // 4))
"""Each example has dozens of cells, and `test_many_cells` thousands."""


def hold_sound(duck: Duck, kind: FieldType[Any], *given: Side) -> None:
    """Insist that equal images are of values that can be read and compare as equal, on whatever sides."""
    told: list[Any] = []
    for side in given:
        field = side.images(duck).fields["x"]
        rows = [(cell,) for cell in side.cells]
        told.append(duck.evaluate([field.compared, field.readable], [side.kind], rows))
    hold_told(kind, given, told)


def hold_told(kind: FieldType[Any], given: Sequence[Side], told: Sequence[Any]) -> None:
    """Insist on it of what a database has *told* of each cell: its image, and whether it can be read."""
    found: list[tuple[object, Any, Any]] = []
    for side, evaluated in zip(given, told, strict=True):
        for cell, (image, readable), value in zip(side.cells, evaluated, side.values(), strict=True):
            assert value is not UNREADABLE or (image is None and not readable), (side.field, cell, image)
            found.append((image, value, (side.field, cell)))
    for (left, ours, place), (right, theirs, other) in combinations(found, 2):
        same = left is not None and left == right
        assert not same or compare_as_equal(kind, ours, theirs), (place, other, left)


@pytest.mark.parametrize("kind", COLUMNAR, ids=repr)
@fewer
@given(data=st.data())
def test_equal_images_are_of_values_that_compare_as_equal(
    duck: Duck, kind: FieldType[Any], data: st.DataObject
) -> None:
    """Texts with equal images can be read, and the generated comparison finds no difference."""
    hold_sound(duck, kind, data.draw(sides(kind)), data.draw(sides(kind)))


@pytest.mark.parametrize(("kind", "cells"), NATIVE, ids=repr)
@fewer
@given(data=st.data())
def test_images_of_a_database_are_those_of_a_file(
    duck: Duck, kind: FieldType[Any], cells: Kind, data: st.DataObject
) -> None:
    """Cells of other columns than text have equal images only where the values compare as equal."""
    hold_sound(duck, kind, data.draw(sides(kind, cells)), data.draw(sides(kind)))


@pytest.mark.parametrize("kind", KEYS, ids=repr)
@fewer
@given(data=st.data())
def test_known_keys_are_equal_just_if_their_images_are(
    duck: Duck, kind: FieldType[Any], data: st.DataObject
) -> None:
    """A known key has the image of every key that it equals, and of no other."""
    _hold_keys(duck, data.draw(sides(kind, key=True)), data.draw(sides(kind, key=True)))


@pytest.mark.parametrize(("kind", "cells"), [each for each in NATIVE if each[0].may_be_key], ids=repr)
@fewer
@given(data=st.data())
def test_known_keys_of_a_database_are_those_of_a_file(
    duck: Duck, kind: FieldType[Any], cells: Kind, data: st.DataObject
) -> None:
    """The same holds where one side has its keys in columns of another type than text."""
    _hold_keys(duck, data.draw(sides(kind, cells, key=True)), data.draw(sides(kind, key=True)))


def _hold_keys(duck: Duck, *given: Side) -> None:
    told: list[Any] = []
    for side in given:
        made = side.images(duck)
        rows = [(cell,) for cell in side.cells]
        told.append(duck.evaluate([*made.key, made.blank_key], [side.kind], rows))
    hold_told_keys(given, told)


def hold_told_keys(given: Sequence[Side], told: Sequence[Any]) -> None:
    """Insist on it of what a database has *told* of each cell: its key, and whether that is blank."""
    found: list[tuple[object, Any, Any]] = []
    for side, evaluated in zip(given, told, strict=True):
        for cell, (image, blank), value in zip(side.cells, evaluated, side.values(), strict=True):
            assert image is None or value is not UNREADABLE, (side.field, cell, image)
            assert blank == (cell is None or (isinstance(cell, str) and not cell.strip())), (side.field, cell)
            if image is not None:
                found.append((image, value, (side.field, cell)))
    for (left, ours, place), (right, theirs, other) in combinations(found, 2):
        assert (left == right) == (ours == theirs), (place, other, left, right)


@pytest.mark.parametrize("kind", COLUMNAR, ids=repr)
@fewer
@given(data=st.data())
def test_values_that_are_said_to_be_the_same_compare_as_equal(
    duck: Duck, kind: FieldType[Any], data: st.DataObject
) -> None:
    """So it is where raw cells are compared before images are, which is done where two sides read alike."""
    left, right = data.draw(sides(kind)), data.draw(sides(kind))
    pairs = [*zip(left.cells, right.cells, strict=False), *((cell, cell) for cell in left.cells)]
    said = same_value(left.images(duck).fields["x"], right.images(duck, 1).fields["x"])
    found = duck.evaluate([said], ["text", "text"], pairs)
    ours, theirs = ([pair[at] for pair in pairs] for at in (0, 1))
    values = zip(
        Side(left.info, left.field, "text", ours).values(),
        Side(right.info, right.field, "text", theirs).values(),
        strict=True,
    )
    for (same,), (one, other), pair in zip(found, values, pairs, strict=True):
        readable = one is not UNREADABLE and other is not UNREADABLE
        assert not same or (readable and compare_as_equal(kind, one, other)), pair


@pytest.mark.parametrize("kind", WITHOUT, ids=repr)
def test_a_type_without_an_image_says_so(duck: Duck, kind: FieldType[Any]) -> None:
    """A value that SQL cannot read, and values that their separator may be a part of, name their field."""
    with pytest.raises(NotColumnarError, match=r"^x: "):
        Side(model(kind), FieldRecipe("x", 0, separator="1"), "text", ()).images(duck)


PLAIN: list[tuple[FieldType[Any], str]] = [
    (StrType(max_length=3), "é b"),
    (StrType(compare=("casefold", "trim")), " Ab"),
    (StrType(compare=("casefold",)), "Ä"),
    (IntType(), "-42"),
    (IntType(), "007"),
    (FloatType(), "2.50"),
    (FloatType(), "1e+20"),
    (FloatType(scale=1), "2.345"),
    (DecimalType(), "-12.50"),
    (DecimalType(scale=1), "12.34"),
    (BoolType(), "Yes"),
    (DateType(), "2024-02-29"),
    (DateType(), "9999-12-31"),
    (DatetimeType(), "2026-09-01T08:30:00Z"),
    (DatetimeType(precision="second"), "2026-09-01 08:30:00.400"),
    (DatetimeType(zone="naive"), "2026-09-01 08:30"),
    (DatetimeType(zone="Europe/Vienna"), "2026-09-01T10:30:00+02:00"),
    (TimeType(precision="second"), "08:30"),
    (UuidType(), "12345678-1234-5678-1234-56781234567A"),
    (BytesType(max_length=5), "aGVsbG8="),
    (EnumType(members=("a", "b")), "b"),
    (ListType(of=IntType(), compare="bag"), "2,1"),
    (SetType(of=StrType(), separator=";"), "b;a"),
    (SetType(of=DateType()), "2026-09-01,2026-08-31"),
]


@pytest.mark.parametrize(("kind", "cell"), PLAIN, ids=repr)
def test_plain_values_are_known(duck: Duck, kind: FieldType[Any], cell: str) -> None:
    """What most cells are like has an image, can be read, and is the same as itself."""
    field = FieldRecipe("x", 0, separator=getattr(kind, "separator", ","))
    ours, theirs = (Side(model(kind), field, "text", [cell]).images(duck, at).fields["x"] for at in (0, 1))
    same = same_value(ours, theirs)
    ((image, *known),) = duck.evaluate([ours.compared, ours.readable, same], ["text", "text"], [(cell, cell)])
    assert image is not None
    assert [True, True] == known


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        (IntType(), "double"),
        (FloatType(), "bool"),
        (FloatType(scale=9), "double"),
        (DecimalType(), "bool"),
        (BoolType(), "double"),
        (DateType(), "timestamp"),
        (DatetimeType(zone="naive"), "instant"),
        (DatetimeType(zone="Europe/Vienna"), "timestamp"),
        (TimeType(), "timestamp"),
        (StrType(), "int"),
        (EnumType(members=("1",)), "int"),
        (UuidType(), "blob"),
        (BytesType(), "int"),
        (SetType(of=StrType()), "blob"),
    ],
    ids=repr,
)
def test_a_column_that_a_type_does_not_read_says_so(duck: Duck, kind: FieldType[Any], cells: Kind) -> None:
    """A column of a kind that a type refuses, or reads in a way of its own, has no image."""
    with pytest.raises(NotColumnarError, match=r"^x: a column of "):
        Side(model(kind), FieldRecipe("x", 0), cells, ()).images(duck)


PIPELINE = (Step("strip"), Step("parse-datetime", ("%d.%m.%Y %H:%M",)))


@pytest.mark.parametrize(
    ("fields", "steps", "field"),
    [(1, (*PIPELINE, Step("upper"), Step("map", ((("a", "b"),),))), "f0"), (3, PIPELINE, "f1")],
    ids=["one", "several"],
)
def test_what_would_take_a_database_minutes_to_understand_says_so(
    duck: Duck, fields: int, steps: tuple[Step, ...], field: str
) -> None:
    """Steps repeat the text that they are given: pipelines of many have no image, and soon say so."""
    names = [f"f{at}" for at in range(fields)]
    info = ModelInfo(
        "Thing", ("Thing",), ("k",), (Field("k", StrType()), *(Field(name, DatetimeType()) for name in names))
    )
    recipes = (FieldRecipe(name, template=(0,), steps=steps, absent=(None,)) for name in names)
    recipe = Recipe((FieldRecipe("k", constant=("k",)), *recipes))
    with pytest.raises(NotColumnarError, match=f"^{field}: its pipeline.* is too long for SQL"):
        images(info, recipe, duck.cells(["text"]))


@pytest.mark.parametrize(
    ("kind", "cells", "cell"),
    [
        (DecimalType(scale=0), "text", "-99999999999999999.9"),
        (DecimalType(scale=1), "text", "-99999999999999999.96"),
        (FloatType(scale=0), "text", "-999999999999999"),
        (DatetimeType(precision="second"), "timestamp", datetime(1, 1, 1, 0, 0, 0, 300_000)),
        (DatetimeType(zone="naive", precision="millisecond"), "timestamp", datetime(1, 1, 1, 0, 0, 0, 300)),
    ],
    ids=repr,
)
def test_no_value_is_rounded_to_what_stands_for_none(
    duck: Duck, kind: FieldType[Any], cells: Kind, cell: object
) -> None:
    """What is nearest to the values without an image has none that is another's."""
    hold_sound(duck, kind, Side(model(kind), FieldRecipe("x", 0, absent=(None,)), cells, [cell, None]))
