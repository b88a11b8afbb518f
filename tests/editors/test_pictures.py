"""The diagrams are Mermaid to Mermaid itself, and a browser draws them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from dss_generator.documenting.describing import describe
from dss_generator.documenting.drawing import DrawingError, draw
from dss_generator.documenting.mermaid import label, model_diagram, models_diagram
from dss_generator.schema.load import load_schema
from dss_runtime.cli import app
from tests.editors.services import ROOT
from tests.schema.loading import load

MERMAID_WORDS = """pk PK Fk uk end endA style title default o graph subgraph direction TB LR erDiagram one
    many zero only u to optionally classDef accTitle accDescr entity e1 a_ a__b__c Foo_Bar_ call click href
    link linkStyle init many_to_one is_a state note s_t_r x""".split()
"""Names that a schema may give, and that mean or once meant something to Mermaid."""
HOSTILE = (
    '"',
    "'",
    "#quot;",
    "<script>alert(1)</script>",
    "<b>x</b>",
    "a|b",
    "a]b",
    "`code`",
    "**bold**",
    "%%{init: {}}%%",
    "%% comment",
    "end",
    "a;b",
    "&amp;",
    "é😀",
    "fa:fa-user",
    "\\n",
    "$$x^2$$",
    "[link](javascript:x)",
)


def shown(svg: str) -> str:
    """Return all text in a picture, which must be XML."""
    return "\n".join("".join(each.itertext()) for each in ET.fromstring(svg).iter() if not len(each))


@pytest.mark.slow
def test_the_school_example_is_drawn(drawing: Path, tmp_path: Path) -> None:
    """`dss docs --svg` draws each diagram of the school example; every model, tree and sync is in one."""
    arguments = ["-C", str(ROOT), "docs", "-o", str(tmp_path / "out"), "--svg", "--puppeteer", str(drawing)]
    done = CliRunner().invoke(app, arguments)
    assert (0, "") == (done.exit_code, done.stderr)
    schema = load_schema(ROOT / "schema")
    names = [f"models/{each.name}" for each in schema.models] + [
        f"trees/{each.name}" for each in schema.trees
    ]
    pictures = {
        path.relative_to(tmp_path / "out").with_suffix("").as_posix() for path in tmp_path.rglob("*.svg")
    }
    assert {"models", "systems", *names} == pictures
    models = shown((tmp_path / "out" / "models.svg").read_text(encoding="utf-8"))
    assert [] == [each.name for each in schema.models if each.name not in models.split()]
    systems = shown((tmp_path / "out" / "systems.svg").read_text(encoding="utf-8"))
    drawn = [each.name for each in schema.trees] + [each.name for each in schema.syncs]
    assert [] == [name for name in drawn if name not in systems.split()]
    again = CliRunner().invoke(app, arguments)
    assert (0, "", "in step with the schema: nothing to write\n") == (
        again.exit_code,
        again.stdout,
        again.stderr,
    )


@pytest.mark.slow
def test_the_same_diagram_is_the_same_picture(drawing: Path) -> None:
    """Two runs draw the same bytes."""
    diagrams = {"students": model_diagram("Student", describe(load_schema(ROOT / "schema")))}
    first, second = (draw(diagrams, "mmdc", drawing) for _ in range(2))
    assert first == second


@pytest.mark.slow
def test_words_of_mermaid_are_names_like_others(drawing: Path) -> None:
    """Models and fields that are called as Mermaid calls things of its own are drawn by their names."""
    models = {f"{name}{number}": name for number, name in enumerate(MERMAID_WORDS)}
    bodies = [f"  {model}: {{key: {name}, fields: {{{name}: str}}}}\n" for model, name in models.items()]
    refs = "  All: {key: code, fields: {code: str, " + ", ".join(
        f"{name}: {{ref: {model}}}" for model, name in models.items() if name.islower()
    )
    dictionary = describe(load(f"models:\n{''.join(bodies)}{refs}}}}}\n"))
    drawn = shown(draw({"all": models_diagram(dictionary)}, "mmdc", drawing)["all"]).split("\n")
    assert [] == [name for name in models if name not in drawn]
    names = [each.strip("\u2060") for each in drawn]
    # Once as a key; where it is a ref of `All`, there too, and at the arrow.
    assert [] == [name for name in models.values() if names.count(name) < (3 if name.islower() else 1)]


@pytest.mark.slow
def test_labels_show_any_text(drawing: Path) -> None:
    """What is put through `label` is shown as it is, and does nothing."""
    lines = [f"  n{number}[{label(each)}]" for number, each in enumerate(HOSTILE)]
    lines += [f"  n{number} -->|{label(each)}| n0" for number, each in enumerate(HOSTILE[1:], 1)]
    drawn = draw({"all": "\n".join(["flowchart LR", *lines]) + "\n"}, "mmdc", drawing)["all"]
    assert [] == [each for each in HOSTILE if shown(drawn).split("\n").count(each) < 1 + (each != HOSTILE[0])]
    assert "alert(1)</script>" not in drawn


@pytest.mark.slow
def test_what_is_no_diagram_is_an_error(drawing: Path) -> None:
    """When Mermaid refuses one diagram, the error says what it said, and there is no picture at all."""
    with pytest.raises(DrawingError, match=r"mmdc ended with exit code 1: .*Parse error"):
        draw({"good": "flowchart LR\n  a --> b\n", "bad": "erDiagram\n  a {{\n"}, "mmdc", drawing)
