"""A tree: one system, with its branches, its importer and its template."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TextIO, TypeAlias

from dss_runtime._branch import Branch
from dss_runtime._collector import collector_suspended
from dss_runtime._datastore import DataStore
from dss_runtime._diff import Diff, Engine
from dss_runtime._errors import DeclarationError
from dss_runtime._importer import DefaultImporter
from dss_runtime._imports import load_class, module_of
from dss_runtime._outcomes import SyncResult
from dss_runtime._policy import Policy
from dss_runtime._progress import Progress, silent
from dss_runtime._recorder import Recorder, forgetful
from dss_runtime._sync import synchronise
from dss_runtime._template import DefaultTemplate
from dss_runtime._typing import override

Declared: TypeAlias = str | type | Sequence[str | type]


@dataclass(frozen=True, slots=True)
class Sync:
    """A named pair of trees of a schema: `right` follows `left`, in `branches`."""

    left: str
    right: str
    branches: tuple[str, ...]


class DataStoreTree:
    """One system. Subclasses declare their parts as classes or as import strings "package.module/Class".

    `__branches__` names one class or several: a branch itself, or a class whose subclasses in its module
    are the branches. Each becomes an attribute of the tree, under its `__branchname__`.
    """

    __branches__: ClassVar[Declared] = ()
    __importer__: ClassVar[str | type | None] = None
    __template__: ClassVar[str | type | None] = None
    __engine__: ClassVar[str | type] = "dss_runtime.engines.memory/MemoryEngine"

    def __init__(
        self,
        *,
        name: str = "",
        datastore: DataStore | None = None,
        settings: Mapping[str, object] | None = None,
        importer: Callable[[Any], DefaultImporter] | None = None,
        template: Callable[[Any], DefaultTemplate] | None = None,
    ) -> None:
        cls = type(self)
        self.name = name or cls.__name__
        self.datastore = datastore or DataStore()
        self.settings = dict(settings or {})
        self.restored = False
        """Whether this is a former state of a system, whose records get no names that they had not then."""
        self._make_importer = importer
        self._make_template = template
        self._importer: DefaultImporter | None = None
        self._template: DefaultTemplate | None = None
        self.engine: Engine = load_class(cls.__engine__, what=f"{cls.__name__}.__engine__")()
        self._branches: dict[str, Branch[Any, Any]] = {}
        for branch_class in branch_classes(cls.__branches__, what=f"{cls.__name__}.__branches__"):
            self._add(branch_class(self))

    def _add(self, branch: Branch[Any, Any]) -> None:
        if hasattr(type(self), branch.name) or branch.name in vars(self):
            raise DeclarationError(
                f"{self.name}: a branch cannot be called {branch.name!r}, trees use that name"
            )
        self._branches[branch.name] = branch
        setattr(self, branch.name, branch)

    @property
    def branches(self) -> list[Branch[Any, Any]]:
        """The branches, by `order` and then as declared."""
        return sorted(self._branches.values(), key=lambda branch: branch.order)

    @property
    def importer(self) -> DefaultImporter:
        """The importer, made when it is first needed (DeclarationError when none is declared)."""
        if self._importer is None:
            make = self._make_importer or self._declared("__importer__", type(self).__importer__)
            importer: DefaultImporter = make(self)
            self._importer = importer
        return self._importer

    @property
    def template(self) -> DefaultTemplate:
        """The template, made when it is first needed (DeclarationError when none is declared)."""
        if self._template is None:
            make = self._make_template or self._declared("__template__", type(self).__template__)
            template: DefaultTemplate = make(self)
            self._template = template
        return self._template

    def _declared(self, attribute: str, declared: str | type | None) -> Callable[[DataStoreTree], Any]:
        if declared is None:
            raise DeclarationError(
                f'{self.name} declares no {attribute}: name a class, as "package.module/Class"'
            )
        return load_class(declared, what=f"{self.name}.{attribute}")

    # -- the named methods ----------------------------------------------------------------------------

    def load(self, progress: Progress = silent) -> DataStoreTree:
        """Read the system in, replacing what was read before; an error leaves the tree as it was.

        The cyclic garbage collector is suspended meanwhile: a bulk load makes no cycles, and looking for
        them in ever more objects takes longer than the load itself.
        """
        importer = self.importer
        states = [(branch, branch.snapshot()) for branch in self.branches]
        for branch in self.branches:
            branch.clear()
        try:
            with collector_suspended():
                importer.run(self.branches, progress)
        except BaseException:
            for branch, state in states:
                branch.restore(state)
            raise
        return self

    def clear(self) -> None:
        """Forget everything that was read."""
        for branch in self.branches:
            branch.clear()

    def diff(self, right: DataStoreTree, *, branches: Sequence[str] | None = None) -> Diff:
        """Return the actions that would make *right* equal this tree."""
        return Diff(self, right, branches=branches)

    def preview(self, right: DataStoreTree, *, file: TextIO | None = None) -> Diff:
        """Print every difference on a line of its own (to *file*, or standard output) and return them."""
        found = self.diff(right)
        for action in found:
            print(action.message, file=file or sys.stdout)
        return found

    def sync(
        self,
        right: DataStoreTree,
        *,
        branches: Sequence[str] | None = None,
        policy: Policy | None = None,
        progress: Progress = silent,
        recorder: Recorder = forgetful,
    ) -> SyncResult:
        """Carry out every difference through the template of *right*; this tree is never changed.

        *recorder* is told of every step. Raises GuardHeldError, before anything is written, when a guard of
        *right* is exceeded.
        """
        return synchronise(self.diff(right, branches=branches), policy or Policy(), progress, recorder)

    # -- the operators, one line each -----------------------------------------------------------------

    def __pos__(self) -> DataStoreTree:
        return self.load()

    def __neg__(self) -> None:
        self.clear()

    def __sub__(self, right: DataStoreTree, /) -> Diff:
        return self.diff(right)

    def __gt__(self, right: DataStoreTree, /) -> Diff:
        return self.preview(right)

    def __rshift__(self, right: DataStoreTree, /) -> SyncResult:
        return self.sync(right)

    @override
    def __repr__(self) -> str:
        return f"<tree {self.name}: {', '.join(branch.name for branch in self.branches)}>"


def branch_classes(declared: Declared, *, what: str) -> list[type[Branch[Any, Any]]]:
    """Return the branch classes that *declared* stands for, in the order of their definition.

    Raises DeclarationError for a class that is no branch, and where nothing is found at all.
    """
    entries: Sequence[str | type] = [declared] if isinstance(declared, (str, type)) else declared
    found: dict[type[Branch[Any, Any]], None] = {}
    for entry in entries:
        cls = load_class(entry, what=what)
        if not issubclass(cls, Branch):
            raise DeclarationError(f"{what}: {cls.__name__} is not a subclass of DataStoreBranch")
        named = _named_branches(cls)
        if not named:
            raise DeclarationError(
                f"{what}: neither {cls.__name__} nor a subclass in its module has a __branchname__"
            )
        found.update(dict.fromkeys(named))
    return list(found)


def _named_branches(cls: Any) -> list[type[Branch[Any, Any]]]:
    """Return *cls* when it names itself, otherwise its subclasses in its module that do."""
    if hasattr(cls, "__branchname__"):
        return [cls]
    members: list[Any] = [each for each in vars(module_of(cls)).values() if isinstance(each, type)]
    return [each for each in members if issubclass(each, cls) and hasattr(each, "__branchname__")]
