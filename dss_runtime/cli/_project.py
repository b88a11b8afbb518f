"""The project's own code: the generated wiring, its trees and its syncs."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeAlias, cast

from dss_runtime import DataStoreTree, override
from dss_runtime._extras import MissingExtraError
from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._run_settings import wrong_runs
from dss_runtime.cli._settings import Settings
from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._toml_file import shown_path
from dss_runtime.cli._user_code import described

Factory: TypeAlias = Callable[[Mapping[str, object]], DataStoreTree]
"""Makes a tree from its settings."""

EXTRAS = {"sqlalchemy": "sql", "watchfiles": "watch"}
"""Which extra brings a package that a project's handlers, or a command, need; adapters say so themselves."""


class Sync(Protocol):
    """A sync of the schema: from which tree to which, and what of it."""

    @property
    def left(self) -> str:
        """The tree that is read."""
        ...

    @property
    def right(self) -> str:
        """The tree that is brought in step."""
        ...

    @property
    def branches(self) -> tuple[str, ...]:
        """The branches that take part."""
        ...


@dataclass(frozen=True, slots=True)
class Pair:
    """What a command is to compare: two trees by name, and the branches (None: all that both have)."""

    left: str
    right: str
    branches: tuple[str, ...] | None = None
    sync: str = ""
    """The name of the sync, where it was named by that."""

    @override
    def __str__(self) -> str:
        return f"{self.left} {self.right}"


@dataclass(frozen=True, slots=True)
class Project:
    """A project whose generated code has been imported."""

    settings: Settings
    trees: Mapping[str, Factory]
    syncs: Mapping[str, Sync]
    renames: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """By "models", "branches" and "attributes" (as "branch.attribute"): former names by those of today."""

    def pair(self, left: str, right: str | None) -> Pair:
        """Return what two trees, or the name of a sync alone, stand for (CommandError for unknown names)."""
        if right is None:
            return self._sync(left)
        for name in (left, right):
            if name not in self.trees:
                hint = did_you_mean(name, self.trees) or f"; the schema has {listed(self.trees)}"
                raise CommandError(f"there is no tree {name!r}{hint}")
        return Pair(left, right)

    def _sync(self, name: str) -> Pair:
        if name in self.syncs:
            sync = self.syncs[name]
            return Pair(sync.left, sync.right, tuple(sync.branches), name)
        if name in self.trees:
            raise CommandError(f"{name} is a tree: name the one to compare it with as well")
        hint = did_you_mean(name, self.syncs) or f"; the schema has {listed(self.syncs)}"
        raise CommandError(f"there is no sync {name!r}{hint} (name a sync, or two trees)")

    def make(self, *names: str) -> list[DataStoreTree]:
        """Return the trees *names*, not read yet (SettingsError when a setting is missing or wrong)."""
        found = self.settings.tree_settings(names)
        return [self.trees[name](found[name]) for name in names]


def load_project(settings: Settings) -> Project:
    """Import the generated wiring, and through it the project's handlers.

    Raises CommandError when there is none, when it is another project's, and for every error in it, with
    the place in the project's own files.
    """
    wiring = _import(settings)
    trees, syncs = getattr(wiring, "TREES", None), getattr(wiring, "SYNCS", None)
    if not isinstance(trees, dict) or not isinstance(syncs, dict):
        raise CommandError(f"{wiring.__name__} has no TREES and SYNCS: run `dss generate`")
    renames: Mapping[str, Mapping[str, str]] = getattr(wiring, "RENAMES", {})
    project = Project(settings, cast("dict[str, Factory]", trees), cast("dict[str, Sync]", syncs), renames)
    for name in settings.trees:
        if name not in project.trees:
            place = settings.file.place(("trees", name))
            hint = did_you_mean(name, project.trees) or f"; the schema has {listed(project.trees)}"
            raise CommandError(f"{place}: trees.{name}: there is no tree {name!r}{hint}")
    for name in settings.syncs:
        if name not in project.syncs:
            place = settings.file.place(("syncs", name))
            hint = did_you_mean(name, project.syncs) or f"; the schema has {listed(project.syncs)}"
            raise CommandError(f"{place}: syncs.{name}: there is no sync {name!r}{hint}")
    if wrong := list(wrong_runs(settings.file, settings.runs, project.syncs)):
        raise CommandError("\n".join(wrong))
    return project


def _import(settings: Settings) -> ModuleType:
    root = str(settings.root)
    if root not in sys.path:
        sys.path.insert(0, root)
    importlib.invalidate_caches()
    name = f"{settings.package}.wiring"
    try:
        wiring = importlib.import_module(name)
    except MissingExtraError as error:
        raise CommandError(str(error)) from error
    except ModuleNotFoundError as error:
        if error.name in (settings.package, name):
            raise CommandError(
                f"there is no {shown_path(settings.generated / 'wiring.py')}: run `dss generate`"
            ) from error
        extra = EXTRAS.get(error.name or "")
        if extra is not None:
            raise CommandError(
                f"{error.name} is not installed: python -m pip install 'datastoresync[{extra}]'"
            ) from error
        if _needed_by_generated(error, settings):
            raise CommandError(
                f"{described(error)}: an adapter or a field type of the schema is in a package that is not "
                "installed here"
            ) from error
        raise CommandError(f"{described(error)}") from error
    except Exception as error:
        raise CommandError(f"{described(error)}") from error
    found = Path(wiring.__file__ or "").resolve()
    if found.parent != settings.generated:
        raise CommandError(
            f"{name} was imported from {found.parent}, not from {settings.generated}: "
            f"another package of that name is in the way; call the folder `generated` by another name"
        )
    return wiring


def _needed_by_generated(error: ModuleNotFoundError, settings: Settings) -> bool:
    """Whether generated code itself imports the module that is missing."""
    frames = [each.filename for each in traceback.extract_tb(error.__traceback__)]
    files = [each for each in frames if not each.startswith("<frozen importlib")]
    return Path(files[-1]).is_relative_to(settings.generated)
