"""From bytes to positioned nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hypothesis import example, given
from hypothesis import strategies as st

from dss_generator.problems import Problems
from dss_generator.schema.files import SourceFile
from dss_generator.schema.nodes import ListNode, MapNode, Node, ScalarNode
from dss_generator.schema.reader import read

yaml_like = st.lists(
    st.sampled_from([
        "a", "b: ", ": ", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ",", '"', "'", "#", "|", ">", "?",
        "!",
        "&x", "*x", "%", "é", "\\n", "\\U0011ffff", "1", "~", "@", "`", "---", "...", "<<", "%YAML 1.1\n",
        "\t", "\0",
    ]),
    max_size=14,
).map("".join)  # fmt: skip
scalars = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=8)


def nodes(text: str | bytes) -> tuple[Node | None, Problems]:
    """Return what is read of *text*, and the problems."""
    problems = Problems()
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return read(SourceFile("schema/a.yaml", data), problems), problems


def all_scalars(node: Node) -> Iterator[ScalarNode]:
    """Yield the scalars below *node*, keys included."""
    match node:
        case ScalarNode():
            yield node
        case ListNode(items=items):
            for each in items:
                yield from all_scalars(each)
        case MapNode(entries=entries):
            for key, value in entries:
                yield key
                yield from all_scalars(value)


@given(yaml_like | st.text())
@example("%YAML 1." + "1" * 5000 + "\n---\na: b\n")
@example('"\\UFFFFFFFF"')
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    """Nothing but nodes or problems comes of any text, and no problem is outside of the file."""
    node, problems = nodes(text)
    assert (node is None) <= (len(problems) > 0)
    lines = text.replace("\r\n", "\n").split("\n")
    for problem in problems.found:
        assert 1 <= problem.position.line <= len(lines)
        assert 1 <= problem.position.column <= len(lines[problem.position.line - 1]) + 1


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing but nodes or problems comes of any bytes."""
    node, problems = nodes(data)
    assert (node is None) <= (len(problems) > 0)


@given(yaml_like)
def test_every_scalar_stands_where_its_position_says(text: str) -> None:
    """At a scalar's place is its text, or its quote; with `inside` known, each of its characters."""
    node, _ = nodes(text)
    lines = text.split("\n")
    for scalar in all_scalars(node) if node is not None else ():
        rest = lines[scalar.position.line - 1][scalar.position.column - 1 :]
        if scalar.quoted:
            assert rest[0] in "'\"|>"
        else:
            assert rest.startswith(scalar.text.split(" ")[0].split("\n")[0])
        if scalar.inside:
            line = lines[scalar.position.line - 1]
            assert scalar.text == line[scalar.at(0).column - 1 :][: len(scalar.text)]


@given(
    st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(scalars, inner, max_size=3)
    )
)
def test_what_is_written_is_read(value: object) -> None:
    """Texts, lists and mappings come back as they were written, in order."""
    node, problems = nodes(json.dumps(value))
    assert 0 == len(problems)
    assert value == plain(node)


def plain(node: Node | None) -> object:
    """Return *node* as texts, lists and dicts."""
    match node:
        case ScalarNode(text=text):
            return text
        case ListNode(items=items):
            return [plain(each) for each in items]
        case MapNode(entries=entries):
            return {key.text: plain(value) for key, value in entries}
        case None:
            return None


def test_scalars_keep_their_texts() -> None:
    """NO, 0042, 1e3 and dates are texts, and whether they were quoted is known."""
    node, _ = nodes("[NO, 0042, 1e3, 2026-09-01, '0042', ~]")
    found = [(each.text, each.quoted, each.plain) for each in all_scalars(node)] if node else []
    assert [
        ("NO", False, "str"),
        ("0042", False, "int"),
        ("1e3", False, "float"),
        ("2026-09-01", False, "str"),
        ("0042", True, "str"),
        ("~", False, "null"),
    ] == found


def test_characters_in_scalars_have_places_where_these_can_be_told() -> None:
    """In a text on one line an offset is a column; elsewhere the text's place stands for it."""
    node, _ = nodes("- abc\n- 'abc'\n- \"abc\"\n- \"a\\x62c\"\n- |\n  abc\n- 'a\n  bc'\n")
    found = [(each.at(2).line, each.at(2).column) for each in all_scalars(node)] if node else []
    assert [(1, 5), (2, 6), (3, 6), (4, 3), (5, 3), (7, 3)] == found
