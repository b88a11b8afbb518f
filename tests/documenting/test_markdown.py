"""Whatever a text holds, Markdown shows it as it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dss_generator.documenting.markdown import block, code, plain, table
from dss_generator.texts import refused_characters
from tests.documenting.reading import blocks, seen, tables, tokens

NASTY = st.sampled_from(
    "` `` ``` | \\ \\| * ** _ __ ~~ [ ] ( ) < > & &amp; <b> </td> <script> <!-- --> ! # 1. - + = : $ @ \" ' "
    "http://a.b end [a](b) {a} \n \t".split(" ")
)
ANY = st.characters(codec="utf-8").filter(lambda each: not re.match(f"[{refused_characters}]", each))
texts = st.lists(NASTY | st.text(ANY, max_size=3), max_size=6).map("".join)
lines = texts.map(lambda text: text.replace("\n", ""))


def one_line(text: str) -> str:
    """Return *text* as a cell has it: white space that Markdown does not keep is one space."""
    return re.sub(r"[ \t\n]+", " ", text).strip(" ")


@given(texts)
@example("a\\|b")
@example("\\")
@example("\u00a0x\u2003")
@example("1. a")
@example("    code")
def test_a_text_is_seen_as_it_is(text: str) -> None:
    """In a cell and as a paragraph, a person sees the text, and it does nothing else."""
    shown = plain(text)
    paragraphs = [seen(each) for each in tokens(f"{shown}\n") if each.type == "inline"]
    assert ([one_line(text)] if shown else []) == paragraphs
    assert [["head", "next"], [one_line(text), "x"]] == tables(table(("head", "next"), [(shown, "x")]))[0]


@given(texts)
@example("\\|")
@example("|`")
@example("a``b`")
@example(" ")
def test_a_value_is_seen_as_it_is(text: str) -> None:
    """In a cell, a value stands as code; in quotes, with escapes, where it could not be told otherwise."""
    ((_, (cell, after)),) = tables(table(("head", "next"), [(code(text), "x")]))
    plainly = text.isprintable() and text == text.strip() and text != "" and text[0] != '"'
    assert "x" == after
    if plainly:
        assert text == cell
    else:
        assert (cell[0], cell[-1], cell.isprintable()) == ('"', '"', True)


@given(st.lists(texts, min_size=2, max_size=4, unique=True))
@example(["a ", '"a "', '"\\"a \\""'])
def test_different_values_are_seen_to_be_different(values: list[str]) -> None:
    """No two values look the same."""
    shown = [row[0] for row in tables(table(("head",), [(code(each),) for each in values]))[0][1:]]
    assert len(set(shown)) == len(values)


@given(texts)
@example("```\nx\n```")
def test_a_block_holds_the_text(text: str) -> None:
    """A fenced block ends where the text ends."""
    assert [text.rstrip("\n")] == [each.removesuffix("\n") for each in blocks(block(text, "sql"), "sql")]


def test_columns_without_anything_are_left_out() -> None:
    """A column that no row fills is not shown; the first always is."""
    assert [["a", "c"], ["", "1"], ["", ""]] == tables(table("abc", [("", "", "1"), ("", "", "")]))[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("plain", "plain"), ("a_b", "a\\_b"), ("a | b", "a &#124; b"), ("# a", "\\# a"), ("12) a", "12\\) a")],
)
def test_only_what_means_something_is_escaped(text: str, shown: str) -> None:
    """The source stays readable."""
    assert shown == plain(text)
