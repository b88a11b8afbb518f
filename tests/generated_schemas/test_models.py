"""Generated models are real dataclasses, and generated strategies make what their fields can hold."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dss_runtime._model import copies
from tests.generated_schemas.variations import alternatives, disguised
from tests.generated_schemas.worlds import World, canonical, info_of, key_of
from tests.strategies.runnable import RIGHT

few = settings(max_examples=max(2, settings().max_examples // 12), phases=[Phase.explicit, Phase.generate])


def drawn(world: World, data: st.DataObject) -> list[Any]:
    """Return records of every branch."""
    found = data.draw(world.data(low=1))
    return [record for records in found.values() for record in records]


def values(record: Any) -> dict[str, Any]:
    """Return the values of all fields of a record."""
    return {each.name: getattr(record, each.name) for each in dataclasses.fields(record)}


@few
@given(data=st.data())
def test_values_are_within_what_their_fields_hold(world: World, data: st.DataObject) -> None:
    """A generated strategy makes values that the field's type accepts, None only where it is optional."""
    for record in drawn(world, data):
        for field in info_of(record).fields:
            if not field.derived:
                value = getattr(record, field.name)
                assert (value is not None) or field.optional
                assert value is None or field.type.check(value) is None


@few
@given(data=st.data())
def test_records_are_dataclasses(world: World, data: st.DataObject) -> None:
    """Fields, replace, copies and pickles work; equal records have equal hashes, and a class of their own."""
    for record in drawn(world, data):
        assert hasattr(record.__class__, "__dataclass_fields__")
        assert [each.name for each in info_of(record).fields if not each.derived] == list(values(record))
        assert not hasattr(record, "__dict__")
        for other in (
            copy.copy(record),
            *copies([record, record]),
            copy.deepcopy(record),
            dataclasses.replace(record),
            record.__replace__(),
            type(record)(**values(record)),
            pickle.loads(pickle.dumps(record)),
        ):
            assert record == other
            assert hash(record) == hash(other)
            assert [] == list(record - other)
        assert record != object()
        assert record != dataclasses.make_dataclass("Other", [])()


@few
@given(data=st.data())
def test_records_differ_where_a_field_does(world: World, data: st.DataObject) -> None:
    """Two records are equal just if all their fields are."""
    records = drawn(world, data)
    for one in records:
        for other in records:
            assert (type(one) is type(other) and values(one) == values(other)) == (one == other)


@few
@given(data=st.data())
def test_a_text_of_a_record_masks_what_is_sensitive(world: World, data: st.DataObject) -> None:
    """The repr names every field with its value, and stars in place of sensitive ones."""
    for record in drawn(world, data):
        hidden = info_of(record).sensitive
        shown = ((name, "'***'" if name in hidden else repr(value)) for name, value in values(record).items())
        assert f"{type(record).__name__}({', '.join(f'{name}={text}' for name, text in shown)})" == repr(
            record
        )


@few
@given(data=st.data())
def test_a_record_differs_just_in_what_differs_in_canonical_form(world: World, data: st.DataObject) -> None:
    """Comparing two records of one key names the fields whose canonical forms differ, and no others."""
    ours = data.draw(world.data(low=1))
    theirs = alternatives(world, data, ours)
    for name, records in ours.items():
        others = {key_of(each): each for each in theirs[name]}
        for one in records:
            if (other := others.get(key_of(one))) is not None:
                left, right, info = canonical(one), canonical(other), info_of(one)
                expected = {each for each in left if left[each] != right[each]} - set(info.key)
                derived = {each.name for each in info.fields if each.derived}
                assert expected == {each.attribute for each in one - other} - derived


@few
@given(data=st.data())
def test_what_does_not_count_is_no_difference(world: World, data: st.DataObject) -> None:
    """Case, accents, rounding, order and the like are no difference where the schema says so."""
    for record in drawn(world, data):
        other = disguised(record)
        assert [] == list(record - other) == list(other - record)


def test_some_values_are_disguised(worlds: list[World]) -> None:
    """The worlds have fields of which several values are one, so that the properties above are not empty."""
    names = {
        field.type.name
        for world in worlds
        for branch in world.schema.branches
        for field in info_of(world.model(branch.name)).fields
        if not field.type.exact
    }
    assert {"str", "decimal"} <= names


@few
@given(data=st.data())
def test_make_returns_the_record_and_then_the_one_that_is_there(world: World, data: st.DataObject) -> None:
    """`make` takes a key, or what gives one, and the other fields; a second call returns the same record."""
    found = data.draw(world.data(low=1))
    tree = world.tree(RIGHT, {})
    for branch in tree.branches:
        for record in found[branch.name]:
            fields = {name: value for name, value in values(record).items() if name not in branch.info.key}
            made = branch.make(key_of(record), **fields)
            assert record == made
            assert made is branch.make(lambda record=record: key_of(record), **fields)
            assert key_of(record) == branch.key_of(made)
        assert len(found[branch.name]) == len(branch)


@few
@given(data=st.data())
def test_defaults_and_options_may_be_left_out(world: World, data: st.DataObject) -> None:
    """A record can be made of its required fields alone, and then holds None or the default elsewhere."""
    for record in drawn(world, data):
        required = {
            each.name: getattr(record, each.name)
            for each in dataclasses.fields(record)
            if is_required(record, each.name)
        }
        made = type(record)(**required)
        for field in info_of(record).fields:
            if not field.derived and field.name not in required:
                value = getattr(made, field.name)
                assert (value is None) == field.optional
                assert value is None or field.type.check(value) is None


def is_required(record: Any, name: str) -> bool:
    """Whether a model's constructor needs a field."""
    return inspect.signature(record.__class__).parameters[name].default is inspect.Parameter.empty


def test_records_are_immutable_to_the_type_checker_only(world: World) -> None:
    """At run time nothing stands in the way of the runtime that brings a branch up to date."""
    for branch in world.schema.branches:
        parameters = world.model(branch.name).__dataclass_params__
        assert not parameters.eq
        assert not parameters.repr


def test_required_fields_are_required(world: World) -> None:
    """A record without its key cannot be made."""
    for branch in world.schema.branches:
        with pytest.raises(TypeError, match="missing"):
            world.model(branch.name)()
