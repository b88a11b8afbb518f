from __future__ import annotations

from dataclasses import fields

import pytest

from dss_runtime import types
from dss_runtime.types import TYPES


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("str", {"compare": ("upper",)}, "compare: expected a tuple of casefold, ascii, trim or exact"),
        ("str", {"compare": "trim"}, "compare: expected a tuple"),
        ("str", {"compare": (1,)}, "compare: expected a tuple"),
        ("str", {"compare": ("trim", "trim")}, "compare: expected each of them once"),
        ("str", {"compare": ("trim", "exact")}, "compare: expected exact alone"),
        ("str", {"null_equals_empty": "yes"}, "null_equals_empty: expected true or false"),
        ("str", {"max_length": 0}, "max_length: expected an int from 1 to 1000000"),
        ("str", {"max_length": True}, "max_length: expected an int"),
        ("bytes", {"max_length": 1_000_001}, "max_length: expected an int"),
        ("float", {"scale": -1}, "scale: expected an int from 0 to 18"),
        ("decimal", {"scale": 19}, "scale: expected an int from 0 to 18"),
        ("datetime", {"precision": "day"}, "precision: expected microsecond, millisecond or second"),
        ("time", {"precision": None}, "precision: expected"),
        ("datetime", {"zone": "Europe/Wien"}, "zone: expected utc, naive or a zone"),
        ("datetime", {"zone": "../../etc/passwd"}, "zone: expected"),
        ("datetime", {"zone": "/etc/localtime"}, "zone: expected"),
        ("datetime", {"zone": "Europe"}, "zone: expected"),
        ("datetime", {"zone": ""}, "zone: expected"),
        ("datetime", {"zone": 5}, "zone: expected"),
        ("enum", {"members": ()}, "members: expected a tuple of at least one text"),
        ("enum", {"members": ["a"]}, "members: expected a tuple"),
        ("enum", {"members": ("a", "a")}, "members: expected each of them once"),
        ("enum", {"members": ("a\n",)}, "members: expected printable characters only"),
        ("enum", {"members": ("\ud800",)}, "members: expected printable characters only"),
        ("set", {"of": "str"}, "of: expected a type whose values stand for themselves, such as str"),
        ("set", {"of": types.JsonType()}, "of: expected a type whose values"),
        ("list", {"of": types.SetType(of=types.IntType())}, "of: expected a type whose values"),
        ("list", {"of": types.IntType(), "compare": "set"}, "compare: expected ordered or bag"),
        ("set", {"of": types.IntType(), "separator": ""}, "separator: expected text of 1 to 8 characters"),
        ("set", {"of": types.IntType(), "separator": '"'}, "separator: expected ASCII without"),
        ("list", {"of": types.IntType(), "separator": ["]"]}, "separator: expected text"),
    ],
)
def test_wrong_options_are_refused(name: str, options: dict[str, object], message: str) -> None:
    """A wrong option is refused when the type is made, with the option's name and what it may be."""
    with pytest.raises(ValueError, match=message):
        TYPES[name](**options)


def test_options_are_the_dataclass_fields() -> None:
    """The options of each type are what the schema's language knows."""
    expected = {
        "str": ["compare", "null_equals_empty", "max_length"],
        "float": ["scale"],
        "decimal": ["scale"],
        "datetime": ["zone", "precision"],
        "time": ["precision"],
        "bytes": ["max_length"],
        "enum": ["members"],
        "set": ["of", "separator"],
        "list": ["of", "separator", "compare"],
    }
    found = {name: [field.name for field in fields(kind)] for name, kind in TYPES.items()}
    assert {name: options for name, options in found.items() if options} == expected


def test_floats_and_what_holds_several_values_are_no_keys() -> None:
    """A key is of a type whose equal values stay equal."""
    assert {"float", "json", "set", "list"} == {name for name, kind in TYPES.items() if not kind.may_be_key}


def test_a_construction_leaves_defaults_out() -> None:
    """Generated code says only what the schema says, nested types included, in double quotes."""
    inner = types.StrType(compare=("trim",), max_length=100)
    expected = '_types.SetType(of=_types.StrType(compare=("trim",), max_length=100), separator=";")'
    assert expected == types.SetType(of=inner, separator=";").construction
    assert types.IntType().construction == "_types.IntType()"


@pytest.mark.parametrize(
    ("kind", "sql"),
    [
        (types.StrType(max_length=16_384), "_sa.Text()"),
        (types.StrType(max_length=16_383), "_sa.String(16383)"),
        (types.EnumType(members=("",)), "_sa.String(1)"),
        (types.DecimalType(scale=2), '_sa.Numeric(38, 2).with_variant(_sa.Text(), "sqlite")'),
    ],
)
def test_columns_are_as_wide_as_needed(kind: types.FieldType[object], sql: str) -> None:
    """A length is kept where every database has such a column, else the column is without one."""
    assert sql == kind.sql


def test_the_facade_names_all_types() -> None:
    """Every type of the table is public, under its own name."""
    assert {kind.__name__ for kind in TYPES.values()} <= set(types.__all__)
    assert sorted(types.__all__, key=lambda name: (not name.isupper(), name)) == types.__all__
