"""What parses many texts at a time makes of each what `parse` makes of it alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from dss_runtime.types import FieldType, FloatType, IntType, ListType, StrType, _many
from dss_runtime.types._many import MOST, Remembering
from tests.types.cases import CASES, values

every_type = pytest.mark.parametrize("kind", CASES, ids=[kind.construction for kind in CASES])

_NUMBERS = "|0|-0|+7|007| 42 |4_2|٣|²|1e5|1e0000005|1e999|-.5|5.|.|+-1|nan|inf|true|NO|1"
_TIMES = "2026-09-01|2026-W36-2|20260901|2026-02-30|2026-09-01T08:30|2026-09-01 24:00|0001-01-01T00:00+14"
_OTHERS = ' |a\0b|\ud800|é|a;b|a,,b|a,"b|"a,b",c|[1, 2]|[|,'
DIRTY = st.sampled_from("|".join((_NUMBERS, _TIMES, _OTHERS)).split("|"))


def _texts(kind: FieldType[Any]) -> st.SearchStrategy[list[str]]:
    """Texts of *kind*, in some lists among others that may be anything, some of them often."""
    right = values(kind).map(kind.format)
    wrong = DIRTY | st.text(max_size=5)
    return st.lists(right, max_size=8) | st.lists(right | wrong, max_size=8).map(lambda each: each * 2)


def _one_by_one(kind: FieldType[Any], texts: Sequence[str]) -> list[str] | None:
    try:
        return [repr(kind.parse(text)) for text in texts]
    except ValueError:
        return None


def _at_a_time(parser: Any, texts: Sequence[str]) -> list[str] | None:
    try:
        return list(map(repr, parser(texts)))
    except ValueError:
        return None


@every_type
@given(data=st.data())
def test_many_texts_give_the_values_that_each_gives(kind: FieldType[Any], data: st.DataObject) -> None:
    """Whether texts are remembered or not, their values are those of `parse`, or ValueError is raised."""
    texts = data.draw(_texts(kind))
    expected = _one_by_one(kind, texts)

    remembering = kind.parser()
    assert [expected] * 2 == [_at_a_time(remembering, texts) for _ in range(2)]

    with patch.object(_many, "MOST", 0):
        forgetful = kind.parser()
        _at_a_time(forgetful, [kind.format(data.draw(values(kind)))])  # after which nothing is remembered
        assert expected == _at_a_time(forgetful, texts)


@given(st.lists(st.lists(DIRTY, max_size=4), max_size=4))
@example([["٣"], ["1_0", "5"]])
def test_numbers_at_a_time_are_no_others_than_one_by_one(lists: list[list[str]]) -> None:
    """Short ways of ints and floats take no text that `parse` refuses, such as other scripts' digits."""
    for kind in (IntType(), FloatType(), StrType(max_length=2), ListType(of=IntType(), separator=";")):
        with patch.object(_many, "MOST", 0):
            parser = kind.parser()
            _at_a_time(parser, ["7"])
            assert [_one_by_one(kind, texts) for texts in lists] == [
                _at_a_time(parser, texts) for texts in lists
            ]


def test_equal_texts_share_their_value() -> None:
    """Records with the same text hold one object; where nearly all are distinct, none is remembered."""
    parser = StrType().parser()
    first, second = parser(["Vienna", "".join(("Vie", "nna"))])
    assert first is second

    parser(list(map(str, range(MOST))))
    assert repr(parser) == "<parser, 0 texts remembered>"


def test_a_text_in_many_records_stays_remembered_when_others_are_not() -> None:
    """What is full keeps what it has, as long as most texts are found in it."""
    parsed: list[str] = []

    def parse(text: str) -> str:
        parsed.append(text)
        return text

    parser = Remembering(parse)

    parser(["x"] * 3 * MOST + list(map(str, range(MOST))))

    assert MOST + 1 == len(parsed)
    assert repr(parser) == f"<parser, {MOST} texts remembered>"
