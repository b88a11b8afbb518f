"""Bringing a file of the user in step with the schema: what it should hold, and what has to be told."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from ..problems import Problem
from .edits import Edit, insertions, moved, proven, replacement
from .expected import StubClass, StubFile
from .inserting import Insertion, missing, new_class, new_methods, with_imports
from .renaming import Conflict, Following, Fresh, Rename, following
from .source import HandlerFileError, Source, definitions, unconditional
from .stale import renamed_before, stale_handlers, still_used, uses_in


@dataclass(frozen=True, slots=True)
class Mended:
    """What a file should hold, and a line for everything that is done to it, with the place it will have.

    `edits` lead from the file as it is to `source`; `renamed` are the names of before and of today, by the
    class of today; `waiting` says of each name of before, with its place as it is, what it is called today.
    """

    source: Source
    edits: tuple[Edit, ...] = ()
    done: tuple[str, ...] = ()
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    waiting: tuple[Problem, ...] = ()


def fresh_names(wiring: str) -> Fresh:
    """Return which names changed hands since *wiring*, the text of the generated wiring, was written.

    Where nothing was generated yet, nothing is known to be new; in a wiring that cannot be read, all is.
    """
    if not wiring:
        return never
    known = _changed_hands(wiring)
    return lambda new, old: (new, old) not in known


def _changed_hands(wiring: str) -> Collection[tuple[str, str]]:
    """Return what `CHANGED_HANDS` is in *wiring*, which may lack it, or hold the marks of a merge."""
    try:
        for node in ast.parse(wiring).body:
            if isinstance(node, ast.AnnAssign) and node.value and ast.unparse(node.target) == "CHANGED_HANDS":
                return cast("tuple[tuple[str, str], ...]", ast.literal_eval(node.value))
    except (ValueError, SyntaxError):
        pass
    return ()


def never(_new: str, _old: str) -> bool:
    """No name changed hands since code was last generated."""
    return False


def mend(source: Source, file: StubFile, fresh: Fresh, *, apply_renames: bool) -> Mended:
    """Return *source* with the stubs that it lacks, and, with *apply_renames*, with its renames followed.

    Where a rename waits to be followed, no stub of the new name is inserted beside the old one. Every byte
    outside of the inserted lines and renamed names stays. Raises HandlerFileError with every reason why that
    cannot be.
    """
    mending = _Mending(source, file, fresh, apply_renames)
    if mending.problems:
        raise HandlerFileError(mending.problems)
    edits = [*mending.edits, *insertions(source, with_imports(source, mending.insertions))]
    if not edits:
        return Mended(source)
    nodes = [(each.definition.node, each.new) for each in mending.renames.values()]
    places = {(node.lineno, node.col_offset): new for node, new in nodes}
    after, found = proven(source, edits, places)
    done = [*_inserted(after, found), *_renamed(after, edits, mending.renames)]
    waiting = sorted(_waiting(source, each) for each in mending.renames.values())
    texts = tuple(text for _, text in sorted(done))
    return Mended(after, tuple(edits), texts, mending.renamed, tuple(waiting))


def remarks(source: Source, file: StubFile) -> list[Problem]:
    """Return a problem for everything in the file that nothing calls any more."""
    classes = _Classes(source, file, never)
    found = [*renamed_before(source, "", classes.following)]
    for stub in file.classes:
        nodes = classes.of(stub)
        wrong = misnamed(source, stub) if not nodes and stub.name not in classes.bound else None
        if wrong is not None and wrong.name not in classes.following.before:
            message = f"{wrong.name} extends {stub.base}, and has to be called {stub.name}: rename it"
            found.append(source.problem(wrong, "missing-handler-class", message))
        for node in nodes:
            defined = definitions(node.body)
            found += stale_handlers(source, stub, defined, following(stub.names, defined, never))
    return sorted(found)


def misnamed(source: Source, stub: StubClass) -> ast.ClassDef | None:
    """Return the class that extends the base of *stub* under another name, None when there is none."""
    for node in unconditional(source.tree.body):
        if (
            isinstance(node, ast.ClassDef)
            and node.name != stub.name
            and any(ast.unparse(base).rpartition(".")[2] == stub.base for base in node.bases)
        ):
            return node
    return None


def uses_left(mended: Mended, file: StubFile) -> list[Problem]:
    """Return a problem for each use of a class, or in a class of a method, by the name that it had before."""
    source, found = mended.source, list[Problem]()
    if "" in mended.renamed:
        found += still_used(source, ast.walk(source.tree), mended.renamed[""])
    for stub in file.classes:
        names = mended.renamed.get(stub.name, {})
        for node in source.classes_named(stub.name) if names else ():
            found += still_used(source, uses_in(node), names)
    return sorted(found)


class _Classes:
    """The classes of a file as the schema calls them, and those that it called otherwise before."""

    def __init__(self, source: Source, file: StubFile, fresh: Fresh) -> None:
        self._source = source
        self.bound = definitions(source.tree.body)
        names = {stub.name: stub.formerly for stub in file.classes}
        self.following = following(names, self.bound, fresh)
        self._before = {each.new: each.definition.name for each in self.following.renames}

    def of(self, stub: StubClass) -> list[ast.ClassDef]:
        """Return the definitions of the class, by its name of before where it waits to be renamed."""
        return self._source.classes_named(self._before.get(stub.name, stub.name))


class _Mending:
    """One file: everything that has to be done to it is gathered before anything is."""

    def __init__(self, source: Source, file: StubFile, fresh: Fresh, apply_renames: bool) -> None:
        self._source, self._fresh, self._apply = source, fresh, apply_renames
        self.problems: list[Problem] = []
        self.renames: dict[int, Rename] = {}
        self.renamed: dict[str, dict[str, str]] = {}
        self.edits: list[Edit] = []
        self.insertions: list[Insertion] = []
        classes = _Classes(source, file, fresh)
        self._follow("", {stub.name for stub in file.classes}, classes.following)
        for stub in file.classes:
            nodes = classes.of(stub)
            for node in nodes:
                self._mend_class(stub, node)
            # A class that is imported from elsewhere, or made otherwise, is left to the type checker.
            unknown = stub.name not in classes.bound and stub.name not in classes.following.pending
            if not nodes and unknown and misnamed(source, stub) is None:
                self.insertions.append(new_class(source, stub))

    def _mend_class(self, stub: StubClass, node: ast.ClassDef) -> None:
        defined = definitions(node.body)
        found = following(stub.names, defined, self._fresh)
        self._follow(stub.name, stub.names.keys(), found)
        held = {*defined, *found.pending}
        if self._apply:
            held -= {each.definition.name for each in found.renames} - found.pending
        try:
            self.insertions += new_methods(self._source, node, missing(stub, held))
        except HandlerFileError as error:
            self.problems += error.problems

    def _follow(self, owner: str, names: Collection[str], found: Following) -> None:
        if not self._apply:
            # What has a name of today could not be told from what has it rightly, once code is generated.
            self.problems += [
                self._undecided(each) for each in found.renames if each.definition.name in names
            ]
            self.problems += [
                self._refused(each) for each in found.conflicts if each.definition.name in names
            ]
            return
        self.problems += map(self._refused, found.conflicts)
        for each in found.renames:
            edit = replacement(self._source, each.definition, each.new)
            if edit is None:
                reason = "its name is imported, or written in other letters"
                self.problems.append(self._refused(Conflict(each.definition, (each.new,), reason)))
                continue
            self.edits.append(edit)
            self.renames[edit.start] = each
            self.renamed.setdefault(owner, {})[each.definition.name] = each.new

    def _undecided(self, rename: Rename) -> Problem:
        old = rename.definition
        text = f"{old.name} may be what is called {rename.new} today, since the two names changed hands: "
        text += "`dss generate --apply-renames` renames it, unless the file is in step already: then restore "
        text += "the generated folder from version control"
        return self._source.problem(old.node, "changed-hands", text)

    def _refused(self, conflict: Conflict) -> Problem:
        old, new = conflict.definition, " or ".join(conflict.new)
        text = f"{old.name} cannot be renamed to {new}, since {conflict.reason}; put it right by hand"
        return self._source.problem(old.node, "rename-refused", text)


def _inserted(after: Source, statements: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    for node in statements:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, f"{after.path}:{node.lineno}: inserted {node.name}"


def _waiting(source: Source, rename: Rename) -> Problem:
    old = rename.definition
    text = f"{old.name} is called {rename.new} today: run `dss generate --apply-renames`, which renames it"
    return source.problem(old.node, "renamed-handler", text)


def _renamed(after: Source, edits: list[Edit], renames: Mapping[int, Rename]) -> Iterator[tuple[int, str]]:
    """Say what each definition is called now; *renames* are by the offset at which the old names were."""
    for edit, start in moved(edits):
        if edit.start in renames and not edit.whole_lines:
            each = renames[edit.start]
            done = f"renamed {each.definition.name} to {each.new}"
            yield after.line_at(start), f"{after.place_at(start)}: {done}"
