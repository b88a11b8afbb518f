"""The pages of the data dictionary, as Markdown: an overview, a page per model and a page per tree."""

from __future__ import annotations

from collections.abc import Iterable

from ..custom.formats import FORMATS
from .dictionary import BranchEntry, Dictionary, FieldEntry, ModelEntry
from .markdown import block, code, link, plain, table
from .mermaid import model_diagram, models_diagram, systems_diagram, tree_diagram
from .tree_pages import tree_page

HEADER = f"{FORMATS['.md'].mark} Do not edit: change the schema and run `dss docs`. -->"
_TOO_LARGE = "There is too much for one diagram; the pages show it in parts."


def diagrams(dictionary: Dictionary) -> dict[str, str]:
    """Return every diagram by the path, without ending, under which a picture of it belongs."""
    found = {"models": models_diagram(dictionary), "systems": systems_diagram(dictionary)}
    for model in dictionary.models:
        found[f"models/{model.name}"] = model_diagram(model.name, dictionary)
    for tree in dictionary.trees:
        found[f"trees/{tree.name}"] = tree_diagram(tree, dictionary)
    return {path: text for path, text in found.items() if text}


def pages(dictionary: Dictionary) -> dict[str, str]:
    """Return the text of every page by its path. Equal dictionaries give equal bytes."""
    drawn = {path: block(text, "mermaid") for path, text in diagrams(dictionary).items()}
    found = {"README.md": _overview(dictionary, drawn)}
    for model in dictionary.models:
        name = f"models/{model.name}"
        found[f"{name}.md"] = _page(_model(model, dictionary, drawn.get(name, _TOO_LARGE)))
    for tree in dictionary.trees:
        name = f"trees/{tree.name}"
        found[f"{name}.md"] = _page(tree_page(tree, dictionary, drawn.get(name, _TOO_LARGE)))
    return found


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join([HEADER, *(each for each in parts if each)]) + "\n"


def _overview(dictionary: Dictionary, drawn: dict[str, str]) -> str:
    models = [
        (_model_link(each.name, "models/"), plain(each.doc), ", ".join(map(code, each.key)))
        for each in dictionary.models
    ]
    branches = [
        (
            code(each.name),
            plain(each.doc),
            _model_link(each.model, "models/"),
            ", ".join(
                link(plain(tree), f"trees/{tree}.md#branch-{each.name.lower()}") for tree in each.trees
            ),
            _guard(each),
        )
        for each in dictionary.branches
    ]
    trees = [
        (
            link(plain(each.name), f"trees/{each.name}.md"),
            code(each.adapter),
            plain(each.doc or each.adapter_doc),
        )
        for each in dictionary.trees
    ]
    syncs = [
        (code(each.name), plain(each.left), plain(each.right), ", ".join(map(code, each.branches)))
        for each in dictionary.syncs
    ]
    return _page(
        (
            "# Data dictionary",
            "Which records there are, which systems hold them, and which system follows which.",
            "## Models",
            table(("model", "what it is", "key"), models),
            drawn.get("models", _TOO_LARGE) if models else "",
            "## Branches" if branches else "",
            table(("branch", "what it is", "model", "held by", "at most, in one run"), branches)
            if branches
            else "",
            "## Systems" if trees else "",
            table(("system", "adapter", "what it is"), trees) if trees else "",
            drawn.get("systems", _TOO_LARGE) if trees else "",
            "## Syncs" if syncs else "",
            table(("sync", "from", "to", "branches"), syncs) if syncs else "",
        )
    )


def _guard(branch: BranchEntry) -> str:
    return ", ".join(f"{limit} {kind}" for kind, limit in branch.guard)


def _model_link(name: str, folder: str = "") -> str:
    return link(plain(name), f"{folder}{name}.md")


def _model(model: ModelEntry, dictionary: Dictionary, diagram: str) -> Iterable[str]:
    yield f"# {plain(model.name)}"
    yield plain(model.doc)
    yield "\n".join(f"- {each}" for each in _facts(model, dictionary))
    yield "## Fields"
    yield table(
        ("field", "type", "declared in", "key", "optional", "default", "sensitive", "rules", "what it is"),
        [_field(each, model) for each in model.fields],
    )
    if model.derived:
        yield "Properties that the project's own code derives, and that are compared too:"
        yield table(("property", "type"), [(code(name), code(kind)) for name, kind in model.derived])
    yield "## Diagram"
    yield diagram


def _facts(model: ModelEntry, dictionary: Dictionary) -> Iterable[str]:
    if model.abstract:
        yield "Only serves to be extended: no system holds records of it."
    if model.key:
        yield f"Key: {', '.join(map(code, model.key))}"
    if model.extends:
        yield f"Is a {_model_link(model.extends)}"
    extended = [_model_link(each.name) for each in dictionary.models if each.extends == model.name]
    if extended:
        yield f"Extended by {', '.join(extended)}"
    referring = [
        f"{_model_link(each.name)} ({code(field.name)})"
        for each in dictionary.models
        for field in each.fields
        if field.ref == model.name and field.model == each.name
    ]
    if referring:
        yield f"Referred to by {', '.join(referring)}"
    for branch in dictionary.branches:
        if branch.model == model.name:
            anchor = f"#branch-{branch.name.lower()}"
            held = ", ".join(link(plain(tree), f"../trees/{tree}.md{anchor}") for tree in branch.trees)
            yield f"Branch {code(branch.name)}{' in ' if held else ', which no system holds'}{held}"


def _field(field: FieldEntry, model: ModelEntry) -> tuple[str, ...]:
    kind = code(field.type)
    if field.ref:
        kind = f"{kind}, the key of {_model_link(field.ref)}"
    elif field.members:
        kind = ", ".join(map(code, field.members))
    return (
        code(field.name),
        kind,
        "" if field.model == model.name else _model_link(field.model),
        "yes" if field.key else "",
        "yes" if field.optional else "",
        _default(field.default),
        "yes" if field.sensitive else "",
        ", ".join(f"{plain(name)} {code(text)}" for name, text in field.rules),
        plain(field.doc),
    )


def _default(default: str | tuple[str, ...] | None) -> str:
    match default:
        case None:
            return ""
        case str():
            return code(default)
        case ():
            return "none in it"
        case _:
            return ", ".join(map(code, default))
