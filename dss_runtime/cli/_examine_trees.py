"""What `dss doctor` finds of a tree: its settings, and what its adapter finds of the system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from dss_runtime import Check, DataStoreTree, DeclarationError
from dss_runtime._importer import DefaultImporter
from dss_runtime._template import DefaultTemplate
from dss_runtime.cli._findings import Finding, caught
from dss_runtime.cli._project import Project
from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._toml_file import shown_key
from dss_runtime.plans._identity import IDENTITY


def examined_tree(project: Project, name: str) -> Iterator[Finding]:
    """Yield what is found of the tree *name*: what reading needs, and where a sync writes to it, that too."""
    made = list(caught(name, "settings", lambda: _made(project, name)))
    yield from made
    if any(each.state == "error" for each in made):
        return
    (tree,) = project.make(name)
    yield from caught(name, "reachable", lambda: _looked(name, "read", tree.importer))
    is_target = any(sync.right == name for sync in project.syncs.values())
    if is_target:
        yield from caught(name, "rights", lambda: _target(tree))


def _made(project: Project, name: str) -> Iterator[Finding]:
    (tree,) = project.make(name)
    _ = tree.importer
    yield Finding(name, "settings", "ok", "all settings and secrets are there")
    yield from _unread(project, tree)


def _unread(project: Project, tree: DataStoreTree) -> Iterator[Finding]:
    """Yield the settings that neither the adapter reads nor the importer's own class has defaults for."""
    importer = type(tree.importer)
    if importer.known_settings is None:
        return
    known = sorted({*importer.known_settings, *importer.settings, IDENTITY})
    for key in tree.settings:
        if key not in known:
            keys = ("trees", tree.name, key)
            hint = did_you_mean(key, known) or f"; known are {listed(known)}"
            text = f"{project.settings.file.place(keys)}: {shown_key(keys)}: nothing reads this setting{hint}"
            advice = "where your own code reads it, give it a default in `settings` of the importer's class"
            yield Finding(tree.name, "settings", "warning", text, advice)


def _target(tree: DataStoreTree) -> Iterator[Finding]:
    try:
        template = tree.template
    except DeclarationError as error:
        yield Finding(tree.name, "code", "error", f"a sync writes here, and nothing can: {error}")
        return
    yield from _looked(tree.name, "written", template)
    unfilled = template.unfilled()
    if unfilled:
        text = f"nobody has filled in {', '.join(unfilled)}"
        yield Finding(tree.name, "code", "error", text, "`mypy --strict .` shows where they are")


def _looked(name: str, what: str, part: DefaultImporter | DefaultTemplate) -> Iterator[Finding]:
    """Yield what *part* finds; one that does not look at anything says so."""
    if type(part).examine in (DefaultImporter.examine, DefaultTemplate.examine):
        text = f"nobody has looked whether it can be {what}: {type(part).__name__} has no method `examine`"
        yield Finding(name, "reachable", "warning", text)
        return
    checks: Iterable[Check] = part.examine()
    yield from map(partial(Finding.of, name), checks)
