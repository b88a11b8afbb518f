"""A tree's page: for each branch, where the values are, who owns them, and what becomes of old records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .dictionary import BranchEntry, Dictionary, HeldEntry, Origin, TreeEntry
from .markdown import block, code, link, plain, table

_OWNERS = {
    "always": "the left side",
    "create_only": "the left side, when the record is created",
    "fill_empty": "the left side, while there is nothing here",
    "never": "this system",
    "named": "this system, once the record is created with a name",
}
_DUPLICATES = {
    "error": "the run ends",
    "first": "the first one counts",
    "last": "the last one counts",
    "merge": "a method of the project makes one record of them",
    "quarantine": "none of them is used",
}
_UNREADABLE = {"quarantine": "reported and left out", "error": "the run ends"}
_OLD = {"delete": "deleted", "keep": "left as they are"}


def tree_page(tree: TreeEntry, dictionary: Dictionary, diagram: str) -> Iterable[str]:
    """Yield the parts of *tree*'s page; *diagram* is Markdown."""
    branches = {each.name: each for each in dictionary.branches}
    yield f"# {plain(tree.name)}"
    yield plain(tree.doc)
    yield f"Adapter {code(tree.adapter)}: {plain(tree.adapter_doc)}"
    yield "\n".join(f"- {each}" for each in _syncs(tree, dictionary))
    yield diagram
    for held in tree.branches:
        branch = branches[held.branch]
        yield f"## Branch {plain(held.branch)}"
        yield plain(branch.doc)
        yield f"Records of {link(plain(held.model), f'../models/{held.model}.md')}."
        yield table(("", ""), _facts(tree, held, branch))
        yield from (block(text, _language(name)) for name, text in held.options if "\n" in text)
        yield table(("field", "where its value is", "who owns it"), _origins(tree, held))


def _syncs(tree: TreeEntry, dictionary: Dictionary) -> Iterable[str]:
    for sync in dictionary.syncs:
        if sync.right == tree.name:
            yield f"Sync {code(sync.name)}: follows {link(plain(sync.left), f'{sync.left}.md')}"
        elif sync.left == tree.name:
            yield f"Sync {code(sync.name)}: {link(plain(sync.right), f'{sync.right}.md')} follows it"


def _facts(tree: TreeEntry, held: HeldEntry, branch: BranchEntry) -> Iterable[Sequence[str]]:
    for name, text in held.options:
        yield plain(name), "see below" if "\n" in text else code(text)
    if held.derived_from:
        sources = (link(code(each), f"#branch-{each.lower()}") for each in held.derived_from)
        yield "made by the project from", ", ".join(sources)
    if held.where:
        yield "only rows where", code(held.where)
    if held.positions:
        yield "columns", "without names, counted from 0"
    if held.columns:
        yield (
            "columns by another name",
            ", ".join(f"{code(name)} is {_column(text)}" for name, text in held.columns),
        )
    for each in held.names:
        shared = f", shared with {', '.join(map(code, each.shared_with))}" if each.shared_with else ""
        yield f"new names in {code(each.field)}", f"{', or '.join(map(code, each.patterns))}{shared}"
    # On a system that is written to, which of two records is right is for a person to say (ADR 0015).
    merges = branch.duplicates == "merge" and bool(tree.follows)
    yield "two records with one key", _DUPLICATES["quarantine" if merges else branch.duplicates]
    yield "rows that cannot be read", _UNREADABLE[held.unreadable]
    if held.old:
        yield "records that the left side has no more", _OLD.get(held.old) or _set(held.old_set)
    if held.delete_after:
        yield (
            "and after that",
            f"deleted after {held.delete_after} day{'' if held.delete_after == 1 else 's'}",
        )
    if held.returns:
        yield "when they come back", _set(held.returns)
    if held.match:
        moved = "; keys may move" if held.moved_keys else ""
        yield "records without a key", f"known by {', '.join(map(code, held.match))}{moved}"
    if tree.follows:
        limits = ", ".join(f"{limit} {kind}" for kind, limit in branch.guard)
        yield "at most, in one run", limits or "the default limits"


def _set(columns: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{code(name)} is set to {code(text)}" for name, text in columns)


def _column(source: str) -> str:
    return f"column {code(source)}"


def _origins(tree: TreeEntry, held: HeldEntry) -> Iterable[Sequence[str]]:
    named = {each.field for each in held.names}
    for origin in held.origins:
        owner = (
            _OWNERS["named" if origin.field in named else origin.sync]
            if tree.follows and origin.kind != "omitted"
            else ""
        )
        yield code(origin.field), _where(origin, held), owner


def _where(origin: Origin, held: HeldEntry) -> str:
    match origin.kind:
        case "column":
            return _column(origin.text)
        case "pipeline":
            return code(origin.text)
        case "const":
            return f"always {code(origin.text)}"
        case "computed":
            return "computed by the project"
        case "omitted":
            return "not held"
        case _:
            return "made by the project" if held.derived_from else "read by the project"


def _language(option: str) -> str:
    return "sql" if option == "query" else "text"
