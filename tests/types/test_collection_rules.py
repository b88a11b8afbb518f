from __future__ import annotations

import csv
import io
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from dss_runtime.types import DecimalType, FloatType, IntType, JsonType, ListType, SetType, StrType

TEXTS = ListType(of=StrType())
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n["), min_size=1)


@given(texts=st.lists(PLAIN, min_size=1))
def test_text_is_split_as_csv_is(texts: list[str]) -> None:
    """A row that the csv module writes is read as the same elements."""
    row = io.StringIO()
    csv.writer(row, lineterminator="").writerow(texts)
    assert tuple(texts) == TEXTS.parse(row.getvalue())
    assert [texts] == list(csv.reader([TEXTS.format(tuple(texts))]))


@given(
    texts=st.lists(st.text('[],|" a'), max_size=4).map(tuple),
    separator=st.sampled_from([",", "||", "]", " a"]),
)
@example(texts=("[", "]"), separator=",")
def test_no_element_is_mistaken_for_syntax(texts: tuple[str, ...], separator: str) -> None:
    """Brackets, quotes and pieces of separators within elements survive."""
    kind = ListType(of=StrType(), separator=separator)
    assert texts == kind.parse(kind.format(texts))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ('""', ("",)),
        (",", ("", "")),
        ("a, b", ("a", " b")),
        ('"a,b",c', ("a,b", "c")),
        ('"say ""a""",b', ('say "a"', "b")),
        ('5"x3",b', ('5"x3"', "b")),
        ('["a,b", "c"]', ("a,b", "c")),
        ("[]", ()),
        ("[a", ("[a",)),
        ('"[a]"', ("[a]",)),
    ],
)
def test_cells_are_read(text: str, expected: tuple[str, ...]) -> None:
    """Empty text is empty, quotes keep separators, brackets are JSON, and elements keep their spaces."""
    assert expected == TEXTS.parse(text)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('"a', "expected a closing quote"),
        ('"a"b', "expected the separator after a closing quote"),
        ("[a]", "expected a JSON array"),
        pytest.param("[" * 100_000 + "]", "expected a JSON array", id="deep"),
        ([None], "in element 1: expected a value, not null"),
        (["a", 1], "in element 2: expected text"),
        ({"a"}, "a set has no order"),
        ({"a": 1}, "expected several values, such as a,b"),
        (b"ab", "expected several values"),
        (5, "expected several values"),
    ],
)
def test_other_values_are_no_list(value: object, message: str) -> None:
    """The message says what is wrong, and in which element."""
    with pytest.raises(ValueError, match=message):
        TEXTS.parse(value)


def test_native_collections_are_taken() -> None:
    """Whatever a driver gives, its elements are parsed, and a set drops what is twice in it."""
    kind = SetType(of=IntType(), separator=";")
    assert kind.parse("1; 2;1") == kind.parse([1, "2"]) == kind.parse({1, 2}) == kind.parse((2, 1, 1))
    assert (Decimal("0.1"),) == ListType(of=DecimalType()).parse("[0.1]")


def test_a_set_compares_by_the_forms_of_its_elements() -> None:
    """What does not count in an element does not count in its set; None is not the empty set."""
    kind = SetType(of=StrType(compare=("casefold",)))
    assert kind.canonical(frozenset("aA")) == kind.canonical(frozenset("A"))
    assert kind.canonical(None) != kind.canonical(frozenset())


def test_the_text_of_a_set_has_an_order() -> None:
    """The same set has the same text, and the same literal, in every run."""
    kind = SetType(of=StrType())
    assert kind.format(frozenset({"b", "a", "c"})) == "a,b,c"
    assert kind.literal(frozenset({"b", "a"})) == 'frozenset({"a", "b"})'


def test_order_counts_in_a_list_and_number_in_a_bag() -> None:
    """A bag disregards the order of its elements, never how often each is there."""
    bag = ListType(of=IntType(), compare="bag")
    assert bag.canonical((1, 2, 1)) == bag.canonical((1, 1, 2)) != bag.canonical((1, 2, 2))
    assert ListType(of=IntType()).canonical((1, 2)) != ListType(of=IntType()).canonical((2, 1))
    assert not bag.exact


def test_elements_that_the_target_cannot_hold_are_reported() -> None:
    """check gives an element's reason, of a set always the same one."""
    assert ListType(of=StrType(max_length=1)).check(("a", "bc")) == "in an element: longer than 1 characters"
    mixed = frozenset({float("nan"), float("inf")})
    assert SetType(of=FloatType()).check(mixed) == "in an element: not a finite number"


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "1.0"), ("1", "true"), ("0", "false"), ('"1"', "1"), ("[]", "{}"), ("[1, 2]", "[2, 1]")],
)
def test_json_tells_apart_what_python_does_not(one: str, other: str) -> None:
    """Documents that differ as JSON differ in the comparison, though Python may say they are equal."""
    kind = JsonType()
    assert kind.canonical(kind.parse(one)) != kind.canonical(kind.parse(other))


def test_the_order_of_names_does_not_count_in_json() -> None:
    """Objects with the same members have one canonical form and one text."""
    kind = JsonType()
    one, other = kind.parse('{"a": 1, "b": [null]}'), kind.parse({"b": (None,), "a": 1})
    assert kind.canonical(one) == kind.canonical(other)
    assert kind.format(one) == kind.format(other) == '{"a": 1, "b": [null]}'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "expected JSON, such as"),
        ("{'a': 1}", "expected JSON, such as"),
        ("null", "other than null"),
        ("[NaN]", "no NaN and no infinity"),
        ("[1e999]", "no NaN and no infinity"),
        ([float("nan")], "no NaN and no infinity"),
        ('{"a": 1, "a": 2}', "each name once"),
        pytest.param("[" * 100_000, "at most 100 levels", id="deeper than Python can go"),
        pytest.param("[" * 101 + "]" * 101, "at most 100 levels", id="too deep"),
        ('["\\ud800"]', "surrogate pair"),
        ('{"\\u0000": 1}', "NUL"),
        pytest.param("9" * 5000, "at most 4,300 digits", id="digits"),
        ({1: 2}, "text as the names"),
        ([{1}], "expected a JSON document"),
        ([b"a"], "expected a JSON document"),
    ],
)
def test_other_values_are_no_json(value: object, message: str) -> None:
    """What JSON has not, or no store holds, is refused, and check gives the same reason for a value."""
    kind = JsonType()
    with pytest.raises(ValueError, match=message):
        kind.parse(value)
    if not isinstance(value, str):
        reason = kind.check(value)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        assert reason is not None
        assert message in reason


def test_json_is_a_copy() -> None:
    """Changing what was parsed does not change the value."""
    source = {"a": [1]}
    parsed = JsonType().parse(source)
    source["a"].append(2)
    assert {"a": [1]} == parsed
