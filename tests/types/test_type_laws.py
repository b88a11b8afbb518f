from __future__ import annotations

import re
from collections.abc import Hashable
from functools import cache
from typing import Any

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from dss_runtime.types import TYPES, FieldType, JsonType, ListType, StrType
from tests.types.cases import CASES, evaluated, values, wild_values

every_type = pytest.mark.parametrize("kind", CASES, ids=[kind.construction for kind in CASES])

# Laws of every type for every example: half as many are enough.
fewer = settings(max_examples=max(10, settings().max_examples // 2))


def _viewed(octets: bytes) -> memoryview[int]:
    return memoryview(octets)


ANYTHING: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(),
    st.binary(),
    st.binary().map(_viewed),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.uuids(),
    st.lists(st.integers() | st.text() | st.none()),
    st.frozensets(st.integers()),
    st.dictionaries(st.text() | st.integers(), st.floats()),
    st.builds(object),
)
ARROW = re.compile(
    r"string|int64|double|bool|date32|binary|timestamp\[(s|ms|us)\]|time32\[(s|ms)\]|time64\[us\]"
)


def test_every_row_has_a_case_and_the_name_of_its_type() -> None:
    """The table maps each type's own name to it, and no type escapes the laws below."""
    assert {name: kind.name for name, kind in TYPES.items()} == {name: name for name in TYPES}
    assert set(TYPES.values()) == {type(kind) for kind in CASES}


@every_type
@fewer
@given(data=st.data())
def test_a_generated_value_is_one_that_the_target_holds(kind: FieldType[Any], data: st.DataObject) -> None:
    """What the strategy draws passes check, and parse leaves it as it is."""
    value = data.draw(values(kind))
    assert kind.check(value) is None
    if not isinstance(kind, JsonType):  # whose text is JSON, even where the value is text
        assert value == kind.parse(value)


@every_type
@fewer
@given(data=st.data())
def test_text_round_trips(kind: FieldType[Any], data: st.DataObject) -> None:
    """parse(format(value)) is the value, to the comparison and, for exact types, to Python."""
    value = data.draw(values(kind))
    again = kind.parse(kind.format(value))
    assert kind.canonical(value) == kind.canonical(again)
    assert value == again
    assert type(value) is type(again) or isinstance(kind, JsonType)


@every_type
@given(data=st.data())
def test_text_of_unrounded_values_round_trips(kind: FieldType[Any], data: st.DataObject) -> None:
    """Text loses nothing of a value that the comparison rounds or folds."""
    value = data.draw(wild_values(kind))
    if kind.check(value) is None:
        assert kind.canonical(value) == kind.canonical(kind.parse(kind.format(value)))


@every_type
@given(data=st.data())
def test_canonical_forms_are_stable_and_hashable(kind: FieldType[Any], data: st.DataObject) -> None:
    """A canonical form can be hashed, and is its own canonical form where it is a value of the type."""
    form: Any = kind.canonical(data.draw(wild_values(kind)))
    assert isinstance(hash(form), int)
    if "nan" in str(form) or "inf" in str(form) or isinstance(kind, JsonType):
        return
    if isinstance(kind, ListType) and kind.compare == "bag":
        return
    assert form == kind.canonical(form)


@every_type
@given(data=st.data())
def test_exact_types_compare_as_python_does(kind: FieldType[Any], data: st.DataObject) -> None:
    """Equal values have equal canonical forms, and where a type says it is exact only they have."""
    one = data.draw(wild_values(kind))
    other = data.draw(st.just(one) | wild_values(kind))
    forms: tuple[Hashable, Hashable] = (kind.canonical(one), kind.canonical(other))
    same_form = forms[0] == forms[1]
    if kind.exact:
        assert (one == other) == same_form
    elif one == other and not isinstance(kind, JsonType):
        assert same_form


@every_type
def test_null_is_its_own_canonical_form(kind: FieldType[Any]) -> None:
    """None stays None in the comparison, unless the type declares it to be empty text."""
    expected = "" if isinstance(kind, StrType) and kind.null_equals_empty else None
    assert expected == kind.canonical(None)


@cache
def _held(kind: FieldType[Any]) -> tuple[sa.Engine, sa.Table]:
    """Return a database that holds values of *kind* in one column."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    table = sa.Table("held", sa.MetaData(), sa.Column("value", evaluated(kind.sql)))
    table.create(engine)
    return engine, table


@every_type
@fewer
@given(data=st.data())
def test_sqlite_gives_back_what_it_got(kind: FieldType[Any], data: st.DataObject) -> None:
    """A column of the type's SQL type, bound as text where it is text, returns the value."""
    engine, table = _held(kind)
    as_text = isinstance(table.c.value.type.dialect_impl(engine.dialect), sa.String)
    value = data.draw(values(kind))
    with engine.connect() as connection:
        connection.execute(table.insert(), {"value": kind.format(value) if as_text else value})
        read = connection.execute(sa.select(table)).scalar_one()
    assert kind.canonical(value) == kind.canonical(kind.parse(read))


@every_type
@fewer
@given(data=st.data())
def test_a_literal_evaluates_to_its_value(kind: FieldType[Any], data: st.DataObject) -> None:
    """The source text of any value means that value, and nothing else."""
    value = data.draw(values(kind))
    again = evaluated(kind.literal(value), kind.imports)
    assert value == again
    assert kind.canonical(value) == kind.canonical(again)


@every_type
def test_the_construction_makes_an_equal_type(kind: FieldType[Any]) -> None:
    """Generated code can rebuild a type with all its options."""
    assert kind == evaluated(kind.construction)


@every_type
def test_source_texts_are_expressions_over_private_names(kind: FieldType[Any]) -> None:
    """Annotation and SQL type evaluate after the imports, each of which binds one private name."""
    assert evaluated(kind.annotation, kind.imports) is not None
    assert isinstance(evaluated(kind.sql), sa.types.TypeEngine)
    assert [] == [
        text for text in kind.imports if re.fullmatch(r"from [\w.]+ import \w+ as _\w+", text) is None
    ]


@every_type
def test_arrow_types_have_an_alias(kind: FieldType[Any]) -> None:
    """The Arrow type is one of the names that pyarrow.type_for_alias knows."""
    assert ARROW.fullmatch(kind.arrow) is not None


@settings(max_examples=600)
@given(kind=st.sampled_from(CASES), thing=ANYTHING)
def test_parse_refuses_by_value_error_alone(kind: FieldType[Any], thing: object) -> None:
    """Whatever is given, parse returns a value that has text, or raises ValueError."""
    try:
        value = kind.parse(thing)
    except ValueError:
        return
    assert kind.check(value) is None or kind.format(value)


def _refusal(kind: FieldType[Any], value: object) -> ValueError | None:
    try:
        kind.parse(value)
    except ValueError as error:
        return error
    return None


@settings(max_examples=600)
@given(kind=st.sampled_from(CASES), text=st.text())
def test_messages_never_hold_the_value(kind: FieldType[Any], text: str) -> None:
    """A refused text stands neither in the message nor in the chain of exceptions that is shown."""
    for secret in (f"hush{text}hush", f'["hush{text}', f'{{"hush": hush{text}'):
        refusal = _refusal(kind, secret)
        assert "hush" not in str(refusal)
        assert refusal is None or refusal.__suppress_context__ or refusal.__context__ is None
