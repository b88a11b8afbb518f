"""The kinds of files: whatever a schema's text holds, it stays one value, one comment, one piece of prose."""

from __future__ import annotations

import ast
import contextlib
import json
import sqlite3
import tomllib
from collections.abc import Callable
from typing import Any, cast

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dss_generator.code.fragments import Fragment
from dss_generator.custom.formats import FORMATS, Format, format_of
from dss_generator.custom.literals import (
    json_literal,
    markdown_code,
    markdown_text,
    sql_literal,
    sql_name,
    toml_literal,
    yaml_literal,
)
from dss_generator.headers import SENTENCE

texts = st.text(st.characters(codec="utf-8"))
"""Any text that a schema can hold, and more: a schema has no control characters."""
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
kinds = tuple(dict.fromkeys(FORMATS.values()))


def values(*others: object) -> st.SearchStrategy[object]:
    """Return a strategy of values and tuples of them; *others* come beside texts, numbers and booleans."""
    plain = texts | numbers | st.booleans() | st.sampled_from([True, *others])
    return st.recursive(plain, lambda inner: st.lists(inner, max_size=3).map(tuple))


def first_row(query: str, *parameters: object) -> dict[str, object]:
    """Return the first row that a database has for *query*, by column."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        found = connection.execute(query, parameters)
        return dict(zip([column[0] for column in found.description], found.fetchone(), strict=True))


def as_lists(value: object) -> object:
    """Return *value* with lists for tuples, as parsers give them."""
    return [as_lists(each) for each in cast("Any", value)] if isinstance(value, tuple) else value


def read_yaml(text: str) -> object:
    """Return what a YAML document holds, its numbers as a reader of the core schema has them."""
    return json.loads(json.dumps(yaml.safe_load(f"a: {text}\n")["a"]))


@given(values(None))
@example('\u2028\x00\ud7ff\U0001f600\U000e0001"\\\n\r\t</script>')
def test_a_json_literal_reads_as_its_value(value: object) -> None:
    """JSON, and JavaScript, have the value back; it is on one line."""
    text = json_literal(value).text
    assert as_lists(value) == json.loads(text)
    assert text.isprintable()


@given(values())
@example('\x7f\x85\U000e0001"\\')
def test_a_toml_literal_reads_as_its_value(value: object) -> None:
    """TOML has the value back; it is on one line."""
    text = toml_literal(value).text
    assert {"a": as_lists(value)} == tomllib.loads(f"a = {text}\n")
    assert text.isprintable()


@given(
    st.recursive(texts | st.integers() | st.booleans() | st.none(), lambda inner: st.lists(inner).map(tuple))
)
@example("\x85\u2028\ufeff: # - {}[]'\"\\")
@example("no")
def test_a_yaml_literal_reads_as_its_value(value: object) -> None:
    """YAML has the value back, texts that look like something else included; it is on one line."""
    text = yaml_literal(value).text
    assert as_lists(value) == read_yaml(text)
    assert text.isprintable()


@given(texts | st.integers(-(2**63), 2**63 - 1) | st.none() | st.booleans())
@example("'; DROP TABLE t; --")
@example("it''s\\")
def test_an_sql_literal_is_one_value(value: str | int | None) -> None:
    """A database has the value back, or the text is refused: no text ends its literal."""
    try:
        literal = sql_literal(value).text
    except ValueError:
        assert isinstance(value, str)
        assert "\\" in value or not value.isprintable()
        return
    assert {"found": value} == first_row(f"SELECT {literal} AS found")


@given(
    st.lists(st.integers() | texts.filter(lambda text: text.isprintable() and "\\" not in text), min_size=1)
)
def test_an_sql_list_holds_its_values(given: list[int | str]) -> None:
    """A tuple is a list in parentheses, as `IN` takes it."""
    assume(all(isinstance(each, str) or -(2**63) <= each < 2**63 for each in given))
    literal = sql_literal(tuple(given)).text
    assert {"found": 1} == first_row(f"SELECT ? IN {literal} AS found", given[0])


@given(texts)
@example('a"; DROP TABLE t; --')
@example("order")
def test_an_sql_name_is_one_name(name: str) -> None:
    """A name is quoted, so that it may be a keyword and cannot be more, or it is refused."""
    try:
        quoted = sql_name(name).text
    except ValueError:
        assert not name or "\\" in name or not name.isprintable()
        return
    assert {name: 1} == first_row(f"SELECT 1 AS {quoted}")


@pytest.mark.parametrize("literal", [json_literal, toml_literal, yaml_literal, sql_literal])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", ["list"], {"a": 1}, object()])
def test_a_value_without_a_literal_is_refused(literal: Callable[[object], Fragment], value: object) -> None:
    """What cannot be written exactly is an error, not an approximation."""
    with pytest.raises(TypeError):
        literal(value)


def test_toml_has_nothing_for_none() -> None:
    """Where a kind of file has no such value, it is refused by its name."""
    with pytest.raises(TypeError, match="None has no literal in this kind of file"):
        toml_literal(None)


def shown(markdown: str) -> str:
    """Return the text that Markdown shows, and check that there is nothing but one paragraph of text."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    assert ["paragraph_open", "inline", "paragraph_close"] == [token.type for token in tokens]
    children = tokens[1].children or []
    assert {"text", "text_special", "code_inline", "entity"} >= {child.type for child in children}
    return "".join(child.content for child in children)


def plain(text: str) -> str:
    """Return *text* with one blank for whatever does not show."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


@given(texts)
@example("# a")
@example("1. a")
@example("- a")
@example("+ b")
@example("a\n===")
@example("<b>&amp; [x](y) ![z] ~~s~~ `c` *e* _u_ | t | \\ $m$")
@example("===")
@example("2) x")
@example(">quote")
@example("    indented")
def test_prose_of_markdown_is_prose(text: str) -> None:
    """No text of a schema makes a heading, a list, a link, a tag or anything else of Markdown."""
    line = markdown_text(text).text
    assert plain(text) == (shown(line) if line else "")


@given(texts.filter(plain))
@example("`a``")
@example("``")
@example(" ")
def test_code_of_markdown_is_code(text: str) -> None:
    """A code span holds the text, whatever backticks it has; bars are escaped as tables want it."""
    assume(plain(text))
    line = markdown_code(text).text
    assert plain(text).replace("|", "\\|") == shown(f"x {line}")[2:]


@given(texts)
@example("--> <script>")
@example("a*/ --")
@example("-")
@example("\r\nDROP TABLE t;")
@example("\u2028 x \x85 y")
@pytest.mark.parametrize(
    "kind", [kind for kind in kinds if "comment" in kind.all_filters], ids=lambda kind: kind.name
)
def test_a_comment_ends_where_its_line_does(kind: Format, text: str) -> None:
    """No character of a text ends the comment that holds it: what is read of the file is nothing."""
    line = kind.comment(text).text
    assert line.isprintable()
    assert line.startswith(kind.opens)
    assert line.endswith(kind.closes)
    READERS[kind.name](line)


def _markdown_comment(line: str) -> None:
    (token,) = MarkdownIt().parse(line)
    assert ("html_block", line) == (token.type, token.content.rstrip("\n"))
    assert "--" not in line.removeprefix("<!--").removesuffix("-->").strip()


def _sql_comment(line: str) -> None:
    assert {"found": 1} == first_row(f"{line}\nSELECT 1 AS found")


READERS: dict[str, Callable[[str], None]] = {
    "Python": lambda line: None if [] == ast.parse(line).body else pytest.fail(line),
    "SQL": _sql_comment,
    "Markdown": _markdown_comment,
    "YAML": lambda line: None if yaml.safe_load(line) is None else pytest.fail(line),
    "TOML": lambda line: None if {} == tomllib.loads(line) else pytest.fail(line),
    # One printable line that begins with // is a comment to every engine: only line terminators end it.
    "JavaScript or TypeScript": lambda line: None if line.startswith("// ") else pytest.fail(line),
}


@pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.name)
def test_the_mark_of_a_kind_is_how_its_files_begin(kind: Format) -> None:
    """Whatever its body, a file of ours is known by how it begins, and a row's suffixes lead to the row."""
    body = "{}\n" if kind.name == "JSON" else "\n"
    whole = kind.finish(kind, body, (f"{SENTENCE} Do not edit.", "From a.yaml."))
    assert whole.startswith(kind.mark)
    assert whole.endswith("\n")
    assert {kind} == {format_of(f"x{suffix}") for suffix in kind.suffixes}
    kind.check(whole) if kind.name != "JSON" else json.loads(whole)


def test_json_is_laid_out_anew_and_keeps_every_member() -> None:
    """The header is the first member; order and values of the others stay."""
    kind = FORMATS[".json"]
    whole = json.loads(kind.finish(kind, '{"b": [1, {"ä": null}], "a": "x"}', ("One.", "Two.")))
    assert [("$comment", "One. Two."), ("b", [1, {"ä": None}]), ("a", "x")] == list(whole.items())


@pytest.mark.parametrize(
    ("suffix", "text", "reason"),
    [
        (".py", "a = 1\ndef\n", "line 2: invalid syntax"),
        (".toml", "a = 1\na = 2\n", "Cannot overwrite a value"),
        (".yaml", "a: [1\n", "line 2: "),
        (".json", '{"a": 1,}', "line 1 column"),
        (".json", '{"a": 1, "a": 2}', "the member 'a' is there twice"),
        (".json", "[1]", "expected an object without a member"),
        (".json", '{"$comment": "mine"}', "expected an object without a member"),
    ],
)
def test_a_text_that_is_no_such_file_is_refused(suffix: str, text: str, reason: str) -> None:
    """Where the kind of file can be parsed here, it is, and the reason has the line."""
    with pytest.raises(ValueError, match=r".") as caught:
        FORMATS[suffix].check(text)
    assert reason in str(caught.value)
