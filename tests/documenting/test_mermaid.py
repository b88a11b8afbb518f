"""Diagrams hold names and nothing else, and know Mermaid's limits."""

from __future__ import annotations

import re

from hypothesis import given

from dss_generator.documenting import describe
from dss_generator.documenting.mermaid import (
    MOST_ARROWS,
    MOST_CHARACTERS,
    label,
    model_diagram,
    models_diagram,
    systems_diagram,
    tree_diagram,
)
from dss_generator.documenting.pages import diagrams, pages
from tests.schema.loading import load
from tests.strategies.schemas import per_schema, resolve, schemas

LABEL = r'"[A-Za-z0-9_ ()]+"'
LINES = re.compile(
    "|".join(
        (
            "erDiagram", "flowchart LR",
            rf"  m\d+\[{LABEL}\] {{", r"    [a-z]+(\[[a-z]+\])? \u2060?[A-Za-z]\w*( PK| FK| PK, FK)?", "  }",
            rf"  m\d+ (\|\|--o\||}}o--\|\||}}o--o\|) m\d+ : {LABEL}",
            rf"  (subgraph )?[ts]\d*\[{LABEL}\]", rf"    b\d+\[{LABEL}\]", r"    b\d+ --> b\d+", "  end",
            rf"  [ts]\d* -->\|{LABEL}\| [ts]\d*",
        )
    )
)  # fmt: skip


@per_schema
@given(schemas())
def test_diagrams_are_made_of_names(text: str) -> None:
    """Whatever texts a schema holds, each line of a diagram is one of a few forms."""
    for diagram in diagrams(describe(resolve(text))).values():
        assert [] == [line for line in diagram.splitlines() if not LINES.fullmatch(line)]


def test_models_are_drawn_with_keys_refs_and_what_they_extend() -> None:
    """An optional ref may lead nowhere; a model is one of what it extends."""
    schema = load(
        "models:\n  Base: {abstract: true, key: code, fields: {code: str}}\n"
        "  Child: {extends: Base, fields: "
        "{other: {ref: Base}, maybe: {ref: Base, optional: true}, size: int}}\n"
    )
    expected = (
        'erDiagram\n  m0["Base"] {\n    str code PK\n  }\n'
        '  m1["Child"] {\n    str other FK\n    str maybe FK\n  }\n'
        '  m0 ||--o| m1 : "is a"\n  m1 }o--|| m0 : "other"\n  m1 }o--o| m0 : "maybe"\n'
    )
    assert expected == models_diagram(describe(schema))
    assert "    int size\n" in model_diagram("Child", describe(schema))


def test_systems_are_drawn_with_their_syncs() -> None:
    """A sync is an arrow from the left tree to the right one, called by its name."""
    schema = load(
        "models: {A: {key: code, fields: {code: str}}}\nbranches: {one: {model: A}, two: {model: A}}\n"
        "trees:\n  L: {adapter: memory, branches: {one: {}, two: {derived_from: [one]}}}\n"
        "  R: {adapter: custom, branches: {one: {}}}\nsyncs: {nightly: {from: L, to: R}}\n"
    )
    dictionary = describe(schema)
    expected = 'flowchart LR\n  t0["L (memory)"]\n  t1["R (custom)"]\n  t0 -->|"nightly"| t1\n'
    assert expected == systems_diagram(dictionary)
    drawn = tree_diagram(dictionary.trees[0], dictionary)
    assert "    b0 --> b1\n" in drawn
    assert '  t -->|"nightly"| s0\n' in drawn


def test_what_is_too_much_for_mermaid_is_not_drawn() -> None:
    """Beyond Mermaid's limits there is a sentence in place of a diagram, and smaller diagrams are there."""
    names = [f"M{number}{'x' * 50}" for number in range(600)]
    bodies = "".join(f"  {name}: {{key: code, fields: {{code: str}}}}\n" for name in names)
    dictionary = describe(load(f"models:\n{bodies}"))
    assert "" == models_diagram(dictionary)
    assert "models" not in diagrams(dictionary)
    assert f"models/{names[0]}" in diagrams(dictionary)
    assert "There is too much for one diagram" in pages(dictionary)["README.md"]
    assert all(len(each) <= MOST_CHARACTERS for each in diagrams(dictionary).values())


def test_too_many_arrows_are_not_drawn() -> None:
    """Mermaid draws no flowchart with more than five hundred arrows."""
    branches = [f"b{number}" for number in range(35)]
    held = "".join(
        f"      {name}: {{{f'derived_from: [{chr(44).join(branches[:at])}]' if at else ''}}}\n"
        for at, name in enumerate(branches)
    )
    schema = load(
        "models: {A: {key: code, fields: {code: str}}}\n"
        f"branches: {{{', '.join(f'{name}: {{model: A}}' for name in branches)}}}\n"
        f"trees:\n  T:\n    adapter: memory\n    branches:\n{held}"
    )
    assert sum(range(35)) > MOST_ARROWS
    assert "" == tree_diagram(describe(schema).trees[0], describe(schema))


def test_a_label_has_no_character_that_means_something() -> None:
    """All but letters, digits and a few others are written as their number."""
    assert '"a b_(1)#34;#35;#59;#60;#233;"' == label('a b_(1)"#;<é')
