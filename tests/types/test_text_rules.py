from __future__ import annotations

from base64 import b64encode

import hypothesis.strategies as st
import pytest
from hypothesis import given

from dss_runtime.types import BoolType, BytesType, EnumType, StrType, UuidType
from tests.types.cases import evaluated

FOLDING = StrType(compare=("casefold", "ascii", "trim"))


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_text_is_never_changed(text: str) -> None:
    """Spaces, leading zeros and line breaks of a text survive."""
    assert text == StrType().parse(text)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\udc80a"])
def test_text_that_no_store_holds_is_refused(text: str) -> None:
    """NUL and lone surrogates are refused, by parse and by check alike."""
    reason = StrType().check(text)
    assert reason is not None
    with pytest.raises(ValueError, match=r"NUL character|surrogate pair") as caught:
        StrType().parse(text)
    assert reason == str(caught.value)


def test_length_is_counted_in_code_points() -> None:
    """A text at the limit passes, one above it is refused by parse and check with the same reason."""
    kind = StrType(max_length=2)
    assert kind.parse("😀é") == "😀é"
    assert kind.check("abc") == "longer than 2 characters"
    with pytest.raises(ValueError, match=r"^longer than 2 characters$"):
        kind.parse("abc")


@pytest.mark.parametrize(
    ("compare", "one", "other"),
    [
        (("casefold",), "STRASSE", "straße"),
        (("casefold",), "ΣΊΣΥΦΟΣ", "σίσυφος"),
        (("casefold",), "e\u0301", "É"),
        (("casefold",), "ﬁn", "FIN"),
        (("ascii",), "Łukasz Żółć", "Lukasz Zolc"),
        (("ascii",), "Søren Ærø", "Soren AEro"),
        (("ascii",), "O’Neill–Đoković", "O'Neill-Dokovic"),
        (("trim",), " a\t\n", "a"),
        (("trim", "casefold", "ascii"), "  ÉLODIE\u00a0", "elodie"),
    ],
)
def test_what_does_not_count_makes_no_difference(compare: tuple[str, ...], one: str, other: str) -> None:
    """Texts that differ only in what compare names have one canonical form."""
    kind = StrType(compare=compare)
    assert kind.canonical(one) == kind.canonical(other)
    assert not kind.exact


@pytest.mark.parametrize(
    ("compare", "one", "other"),
    [
        ((), "e\u0301", "é"),
        (("exact",), "a", "A"),
        (("casefold",), "e", "é"),
        (("casefold",), "a", "a "),
        (("ascii",), "a", "A"),
        (("ascii",), "и", "й"),
        (("ascii",), "カ", "ガ"),
        (("ascii",), "李", "王"),
        (("trim",), "a b", "ab"),
    ],
)
def test_what_counts_makes_a_difference(compare: tuple[str, ...], one: str, other: str) -> None:
    """Nothing else is folded: above all, letters of other scripts stay apart."""
    kind = StrType(compare=compare)
    assert kind.canonical(one) != kind.canonical(other)


def test_folds_of_every_letter_are_stable() -> None:
    """No character of the first two planes has a canonical form that folds any further."""
    unstable = [
        hex(code)
        for code in (*range(0xD800), *range(0xE000, 0x20000))
        if (form := FOLDING.canonical(f"a{chr(code)}\u0301")) != FOLDING.canonical(str(form))
    ]
    assert [] == unstable


@pytest.mark.parametrize("text", ["ACTIVE", " active", "active ", "", "other"])
def test_an_enum_takes_its_members_only(text: str) -> None:
    """Any other text is refused, with the members named, by parse and check alike."""
    kind = EnumType(members=("active", "inactive"))
    assert kind.check(text) == 'expected one of "active", "inactive"'
    with pytest.raises(ValueError, match=r"^expected one of"):
        kind.parse(text)


def test_a_long_enum_is_named_in_part() -> None:
    """The message of an enum with many members stays short."""
    reason = EnumType(members=tuple(f"m{number}" for number in range(500))).check("x")
    assert reason is not None
    assert reason.endswith('"m7", …')


@given(
    members=st.lists(st.text(st.characters(exclude_categories=("C", "Z"))), min_size=1, unique=True).map(
        tuple
    )
)
def test_members_cannot_leave_their_quotes(members: tuple[str, ...]) -> None:
    """Whatever the members hold, the annotation names exactly them."""
    kind = EnumType(members=members)
    assert members == evaluated(kind.annotation, kind.imports).__args__
    assert kind == evaluated(kind.construction)


@given(octets=st.binary())
def test_bytes_are_base64_as_text(octets: bytes) -> None:
    """The text of bytes is RFC 4648's base64."""
    assert b64encode(octets).decode() == BytesType().format(octets)


@pytest.mark.parametrize("text", ["a", "YQ", "YQ==YQ==", "Y Q==", "é", "YQ-_"])
def test_text_that_is_no_base64_is_refused(text: str) -> None:
    """Padding counts, and so does every character."""
    with pytest.raises(ValueError, match="expected bytes in base64"):
        BytesType().parse(text)


def test_bytes_have_a_length_too() -> None:
    """Bytes above the limit are refused by parse and check with the same reason."""
    kind = BytesType(max_length=1)
    assert kind.check(b"ab") == "longer than 1 bytes"
    with pytest.raises(ValueError, match=r"^longer than 1 bytes$"):
        kind.parse(" YWI= ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", True), (" Yes ", True), ("ON", True), ("1", True), ("F", False), ("no", False), ("0", False)],
)
def test_words_of_truth_are_read(text: str, expected: bool) -> None:
    """The usual words are read in any case."""
    assert expected is BoolType().parse(text)


@pytest.mark.parametrize("text", ["", "2", "ja", "01", "١", "no!"])  # the fifth is an Arabic one
def test_other_words_are_no_truth(text: str) -> None:
    """Nothing else is true or false."""
    with pytest.raises(ValueError, match="expected true or false"):
        BoolType().parse(text)


@pytest.mark.parametrize("text", ["6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "6ba7b8109dad11d180b400c04fd430c8"])
def test_a_uuid_is_read_in_any_case(text: str) -> None:
    """Case and hyphens make no difference to a UUID, whose text is in lower case with hyphens."""
    kind = UuidType()
    assert kind.format(kind.parse(text)) == "6ba7b810-9dad-11d1-80b4-00c04fd430c8"


@pytest.mark.parametrize("text", ["", "6ba7", "6ba7b810-9dad11d180b400c04fd430c8", "g" * 32, "１" * 32])
def test_other_text_is_no_uuid(text: str) -> None:
    """Hyphens elsewhere, and digits of other scripts, are refused."""
    with pytest.raises(ValueError, match="expected a UUID"):
        UuidType().parse(text)
