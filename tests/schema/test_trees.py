"""What trees and syncs mean."""

from __future__ import annotations

from typing import Literal

import pytest

from dss_generator.adapters import ADAPTERS
from dss_generator.schema.resolved import (
    Column,
    Comparison,
    Condition,
    FieldSource,
    Junction,
    OldPolicy,
    Part,
    Pipeline,
    Step,
    TreeBranch,
)
from tests.schema.loading import held, load, refusal

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in"]

models = """
models:
  Thing:
    key: code
    fields:
      code: str
      title: str
      email: {type: str, optional: true}
      size: {type: int, default: 0}
      tags: {type: set, of: str, default: []}
  Part: {key: [thing, n], fields: {thing: {ref: Thing}, n: int}}
branches: {parts: {model: Part}, things: {model: Thing}}
"""


def branch(body: str, adapter: str = "csv") -> TreeBranch:
    """Return the branch `things` of a tree that says *body* of it."""
    if adapter == "csv" and "path:" not in body:
        body = f"path: t, {body}"
    return held(
        load(models, f"trees: {{T: {{adapter: {adapter}, branches: {{things: {{{body}}}}}}}}}"), "T", "things"
    )


def source(body: str, name: str) -> FieldSource:
    """Return where the field *name* comes from."""
    (found,) = (each for each in branch(body).sources if each.field.name == name)
    return found


def test_a_field_that_is_not_mentioned_is_read_from_the_column_of_its_name() -> None:
    """Without a word, every field has a column; with `columns`, the listed ones come first."""
    found = branch("columns: {title: Title, _raw: Raw}")
    assert (Column("title", "Title"), Column("_raw", "Raw"), Column("code", "code")) == found.columns[:3]
    assert [2, 0, 3, 4, 5] == [each.column for each in found.sources]


def test_columns_of_a_file_without_header_have_positions() -> None:
    """Positions count from 0, and fields that the file does not hold are omitted."""
    found = branch(
        "path: a.txt, header: false, columns: {code: 3, title: 0}, omit: [email, size, tags]", "csv"
    )
    assert (Column("code", 3), Column("title", 0)) == found.columns
    assert (("email", "size", "tags"), ("code", "title")) == (found.omitted, found.held)


def test_each_field_comes_after_what_it_needs_and_computed_ones_see_all_that_does_not_need_them() -> None:
    """Cells and constants, what is made of them, what methods compute, then what is made of that."""
    found = branch(
        "computed: [size], const: {tags: [a, b]}, "
        "transform: {code: '{email}', email: '{title} | lower', title: '{Titel}-{size}'}"
    )
    assert ["tags", "size", "title", "email", "code"] == [each.field.name for each in found.sources]
    found = branch("computed: [size], transform: {code: '{email}', email: '{title} | lower'}")
    assert ["title", "tags", "email", "code", "size"] == [each.field.name for each in found.sources]
    assert ("size", True) == (found.sources[-1].field.name, found.sources[-1].computed)


@pytest.mark.parametrize(
    ("text", "template", "steps"),
    [
        ("lower", (Part(column=0),), (Step("lower"),)),
        ("| lower | strip", (Part(column=0),), (Step("lower"), Step("strip"))),
        ("{title}", (Part(column=0),), ()),
        ("{ title }", (Part(column=0),), ()),
        ("{email}", (Part(field="email"),), ()),
        ("a{code}b c | upper", (Part("a"), Part(column=2), Part("b c")), (Step("upper"),)),
        ("{{{size}}}", (Part("{"), Part(column=3), Part("}")), ()),
        ("{Some Column}", (Part(column=3),), ()),
        ("{_alias}", (Part(column=1),), ()),
        ("split-part('|', 2)", (Part(column=0),), (Step("split-part", ("|", 2)),)),
        (r"""replace("a\"\n", '\t\\\'')""", (Part(column=0),), (Step("replace", ('a"\n', "\t\\'")),)),
        (
            "map(a='1', 'b c'=2, -3=x, * = '')",
            (Part(column=0),),
            (Step("map", (("a", "1"), ("b c", "2"), ("-3", "x"), ("*", ""))),),
        ),
    ],
)
def test_a_pipeline_is_a_template_and_steps(
    text: str, template: tuple[Part, ...], steps: tuple[Step, ...]
) -> None:
    """Names are aliases, other fields' values where these are made of something, or the system's columns."""
    quoted = text.replace("'", "''")
    body = f"columns: {{title: T, _alias: A}}, const: {{email: x}}, transform: {{title: '{quoted}'}}"
    assert Pipeline(template, steps) == source(body, "title").pipeline


def number(column: int, operator: Operator, *literals: str) -> Comparison:
    """Return a comparison of numbers."""
    return Comparison(column, operator, literals, True)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("_a == 0", number(0, "==", "0")),
        ("_a!=-1.5", number(0, "!=", "-1.5")),
        ("code == 'x\\'y'", Comparison(1, "==", ("x'y",), False)),
        ("`Some Column` in [1, 2]", number(1, "in", "1", "2")),
        (
            "_a < 1 or _a > 2 and _a <= 3",
            Junction(
                "or", (number(0, "<", "1"), Junction("and", (number(0, ">", "2"), number(0, "<=", "3"))))
            ),
        ),
        (
            "(_a < 1 or _a > 2) and _a >= 3",
            Junction(
                "and", (Junction("or", (number(0, "<", "1"), number(0, ">", "2"))), number(0, ">=", "3"))
            ),
        ),
        (
            "not _a == 1 and _a == 2",
            Junction("and", (Junction("not", (number(0, "==", "1"),)), number(0, "==", "2"))),
        ),
        ("not not (_a in ['x'])", Junction("not", (Junction("not", (Comparison(0, "in", ("x",), False),)),))),
        ("android == 1", number(1, "==", "1")),
    ],
)
def test_a_condition_compares_columns_with_literals(text: str, condition: Condition) -> None:
    """`or` binds loosest, then `and`, then `not`; bare numbers compare as numbers, quoted texts as texts."""
    quoted = text.replace("'", "''")
    body = f"columns: {{_a: A}}, omit: [email, size, tags], transform: {{title: '{{_a}}'}}, where: '{quoted}'"
    found = branch(body + ", const: {code: x}" if "code" not in text else body).where
    assert condition == found


def test_places_in_pipelines_and_conditions_are_those_of_the_wrong_words() -> None:
    """In a text on one line the column of the message is that of the word."""
    body = "{path: t, transform: {title: '{title} | lowr'}, where: code = 1}"
    text = f"trees: {{T: {{adapter: csv, branches: {{things: {body}}}}}}}"
    lines = (refusal(models, text) or "").splitlines()
    assert [text.index("lowr") + 1, text.index("= 1") + 1] == [int(line.split(":")[2]) for line in lines]


def test_the_options_of_a_csv_branch_are_complete_and_typed() -> None:
    """Every option has a value, given or not, so that no one needs to know the defaults."""
    assert {
        "path": ("a.txt",), "newest": False, "delimiter": ",", "encoding": "utf-8", "header": True,
        "quote": '"',        "prefix": False,
    } == dict(branch("path: a.txt", "csv").options)  # fmt: skip
    body = (
        "path: [a*.txt, b/c.txt], newest: true, delimiter: tab, encoding: cp1252, quote: none, prefix: true"
    )
    assert {
        "path": ("a*.txt", "b/c.txt"), "newest": True, "delimiter": "\t", "encoding": "cp1252",
        "header": True,         "quote": "", "prefix": True,
    } == dict(branch(body, "csv").options)  # fmt: skip


def test_values_that_are_written_as_they_are_have_types() -> None:
    """Bare true, false and whole numbers are no texts; quoted ones, leading zeros and fractions are."""
    found = branch(
        "table: a.b, insert: {a: true, b: 1, c: '1', d: 0042, e: 1.5, f: No, g: 99999999999999999999}", "sql"
    )
    expected = (
        ("a", True),
        ("b", 1),
        ("c", "1"),
        ("d", "0042"),
        ("e", "1.5"),
        ("f", "No"),
        ("g", "99999999999999999999"),
    )
    assert (expected, "a.b") == (found.option("insert"), found.option("table"))


def test_what_is_set_on_an_old_record_is_undone_on_its_return() -> None:
    """Booleans turn round by themselves; anything else says its way back."""
    assert (
        OldPolicy("set", (("off", True),), (("off", False),))
        == branch("table: t, old: {set: {off: true}}", "sql").old
    )
    body = "table: t, old: {set: {status: gone}}, returns: {set: {status: here}}"
    assert OldPolicy("set", (("status", "gone"),), (("status", "here"),)) == branch(body, "sql").old
    assert [OldPolicy(), OldPolicy("keep")] == [branch("").old, branch("old: keep").old]


def test_a_branch_says_who_owns_a_field_and_what_an_unreadable_row_does() -> None:
    """Fields that are not mentioned always follow the left side."""
    found = branch("sync: {title: never, size: fill_empty}, unreadable: error, split: {tags: ';'}")
    assert ["never", "fill_empty", "always"] == [
        found.sync_policy(name) for name in ("title", "size", "email")
    ]
    assert ("error", ";") == (found.unreadable, found.sources[4].separator)


def test_derived_and_custom_branches_are_read_by_the_project() -> None:
    """They have no sources; derived ones come after those they are made from, whatever refs say."""
    text = """
trees:
  T: {adapter: csv, branches: {things: {derived_from: [parts]}, parts: {path: a.txt}}}
  U: {adapter: custom, doc: who, branches: {things: {omit: [email]}, parts: {}}}
"""
    found = load(models, text)
    assert [["parts", "things"], ["things", "parts"]] == [
        [each.branch.name for each in it.branches] for it in found.trees
    ]
    assert (("parts",), (), ()) == (
        found.trees[0].branches[1].derived_from,
        found.trees[0].branches[1].sources,
        found.trees[0].branches[1].options,
    )
    assert ((), ("email",), "who") == (
        found.trees[1].branches[0].sources,
        found.trees[1].branches[0].omitted,
        found.trees[1].doc,
    )


def test_the_table_of_adapters_says_what_can_be_written_without_handlers() -> None:
    """Tables and memory can; files, queries and derived branches cannot."""
    assert ADAPTERS["sql"].writes(branch("table: t", "sql"))
    assert ADAPTERS["memory"].writes(branch("", "memory"))
    assert not ADAPTERS["sql"].writes(branch("query: select 1", "sql"))
    assert not ADAPTERS["csv"].writes(branch("path: a.txt", "csv"))


def test_a_sync_has_the_branches_that_it_lists_or_all_of_its_target() -> None:
    """Branches come in the order of refs, whatever the order of the list."""
    text = """
trees:
  T: {adapter: memory, branches: {parts: {}, things: {}}}
  U: {adapter: memory, branches: {parts: {}, things: {}}}
syncs:
  all_of_them: {from: T, to: U}
  one: {from: U, to: T, branches: [things]}
  two: {from: U, to: T, branches: [parts, things]}
"""
    found = load(models, text).syncs
    assert [("things", "parts"), ("things",), ("things", "parts")] == [each.branches for each in found]
    assert ("T", "U") == (found[0].left, found[0].right)
