"""A world: a generated package that is imported, with trees of every kind over data that a test gives."""

from __future__ import annotations

import copy
import csv
import dataclasses
import importlib
import inspect
import io
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, TypeAlias, cast

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from dss_generator.naming import snake
from dss_generator.schema.resolved import Schema, TreeBranch
from dss_runtime import DataStoreTree, Policy, SyncResult
from dss_runtime.adapters.memory import MemorySystem
from dss_runtime.codegen import ModelInfo, blank
from tests.generated_schemas.handlers import importer_of, template_of
from tests.generated_schemas.projects import generated
from tests.strategies.loading import resolved
from tests.strategies.runnable import BASE, FILES, runnable_schema

Data: TypeAlias = Mapping[str, Sequence[Any]]
"""Records by branch."""
UNGUARDED = Policy(guarded=False)


@dataclasses.dataclass(frozen=True)
class World:
    """A generated package below *root*."""

    root: Path
    name: str
    text: str
    schema: Schema

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: bool) -> None:
        """Be shown as a name: a whole schema is so long that Hypothesis warns, and the failure is lost."""
        printer.text(self.name)

    @staticmethod
    def make(root: Path, number: int) -> World:
        """Generate the package number *number*, the same one every time, and make it importable."""
        name = f"dss_world_{number}"
        text = runnable_schema(Random(f"world {number}"))
        generated(root, name, text)
        if str(root) not in sys.path:
            sys.path.insert(0, str(root))
        world = World(root, name, text, resolved(text))
        # Hypothesis draws constants from the modules that are loaded, so all are, before the first example.
        importlib.import_module("dss_runtime.engines.memory")
        for path in sorted((root / name / "generated").glob("*.py")):
            if path.stem not in ("__init__", "wiring"):
                world.module(path.stem)
        world._bind_derivations()
        return world

    def module(self, name: str) -> ModuleType:
        """Return a module of the generated package."""
        return importlib.import_module(f"{self.name}.generated.{name}")

    def held(self, tree: str) -> dict[str, TreeBranch]:
        """Return the branches of *tree* by name."""
        (found,) = (each for each in self.schema.trees if each.name == tree)
        return {each.branch.name: each for each in found.branches}

    def model(self, branch: str) -> Any:
        """Return the class of a branch's records."""
        (found,) = (each for each in self.schema.branches if each.name == branch)
        return getattr(self.module("models"), found.model.name)

    def _bind_derivations(self) -> None:
        """Derive every property from what all trees hold and own, so that a sync makes both sides equal."""
        models = self.module("models")
        for model in self.schema.models:
            if model.own_derived:
                base: Any = getattr(models, f"{model.name}DerivationBase")
                names = [each.name for each in model.own_derived]
                derivation = type("Derivation", (base,), dict.fromkeys(names, self._derivation(model.name)))
                setattr(models.derivations, snake(model.name), derivation())

    def _derivation(self, model: str) -> Callable[[Any, Any], str]:
        free = set(self.model_fields(model))
        for tree in self.schema.trees:
            for held in tree.branches:
                free -= {*held.omitted, *(name for name, _ in held.sync), *held.branch.model.key}
        chosen = sorted(free)[:1]

        def derive(_self: object, record: Any) -> str:
            return "; ".join(stable(canonical(record)[name]) for name in chosen)

        return derive

    def model_fields(self, model: str) -> list[str]:
        """Return the names of the fields of *model*."""
        (found,) = (each for each in self.schema.models if each.name == model)
        return [each.name for each in found.fields]

    # -- data -----------------------------------------------------------------------------------------

    def data(self, *, low: int = 0, plain: bool = False) -> st.SearchStrategy[Data]:
        """Return a strategy of *low* records or more per branch, some of which refer to each other.

        With *plain*, no value is one that a cell of text or a column cannot tell from an absent one.
        """
        several = {branch.name: self.record(branch.name) for branch in self.schema.branches}
        lists = {
            name: st.lists(record, min_size=low, max_size=4, unique_by=key_of)
            for name, record in several.items()
        }
        made: st.SearchStrategy[Data] = st.builds(
            self._linked, st.fixed_dictionaries(lists), st.integers(0, 2**16)
        )
        if plain:
            made = made.map(lambda data: {name: _keyed(map(legible, each)) for name, each in data.items()})
            made = made.filter(lambda data: all(len(each) >= low for each in data.values()))
        return made

    def record(self, branch: str) -> st.SearchStrategy[Any]:
        """Return the generated strategy of a branch's records."""
        model = info_of(self.model(branch)).name
        made: st.SearchStrategy[Any] = getattr(self.module("strategies"), f"{snake(model)}_record")()
        return made

    def _linked(self, data: dict[str, list[Any]], seed: int) -> Data:
        """Let some refs lead to records that are there."""
        rng = Random(seed)
        linked: dict[str, list[Any]] = {name: [] for name in data}
        for name, records in data.items():
            refs = info_of(self.model(name)).refs
            for record in records:
                changes = {
                    each.name: key_of(target)
                    for each in refs
                    if (target := rng.choice([None, *self._targets(data, each.ref)])) is not None
                }
                linked[name].append(dataclasses.replace(record, **changes))
        return {name: _keyed(records) for name, records in linked.items()}

    def _targets(self, data: Data, ref: str) -> list[Any]:
        return [each for name in data if ref in info_of(self.model(name)).kinds for each in data[name]]

    # -- trees ----------------------------------------------------------------------------------------

    def tree(
        self, name: str, data: Data, folder: Path | None = None, url: sa.URL | None = None
    ) -> DataStoreTree:
        """Return a tree, not read yet, over a new system with *data*.

        *folder* is for files and databases, *url* for databases that are elsewhere.
        """
        settings: dict[str, object] = {"system": as_system(data)}
        if name == FILES:
            assert folder is not None
            self._write_files(folder, data)
            settings["folder"] = folder
        if name == BASE and url is not None:
            settings["url"] = url
        elif name == BASE:
            assert folder is not None
            settings["url"] = f"sqlite:///{folder / 'base.db'}"
        return self.again(name, settings)

    def again(self, name: str, settings: Mapping[str, object]) -> DataStoreTree:
        """Return another tree, not read yet, over the same system."""
        made: Any = getattr(self.module("trees"), name)
        (tree,) = (each for each in self.schema.trees if each.name == name)
        template = None if name == FILES else template_of(self.module("templates"), tree)
        found: DataStoreTree = made(
            settings=settings, importer=importer_of(self.module("importers"), tree), template=template
        )
        return found

    def create_tables(self, folder: Path) -> None:
        """Make the tables of the database in *folder*, without rows."""
        engine = sa.create_engine(f"sqlite:///{folder / 'base.db'}", poolclass=sa.pool.NullPool)
        tables: Mapping[str, sa.Table] = self.module("tables").TABLES
        for table in tables.values():
            table.metadata.create_all(engine)

    def _write_files(self, folder: Path, data: Data) -> None:
        for name, held in self.held(FILES).items():
            options = dict(held.options)
            order = sorted(held.sources, key=lambda each: _place(held, each.column))
            text = io.StringIO(newline="")
            writer = csv.writer(text, delimiter=str(options["delimiter"]), quoting=csv.QUOTE_ALL)
            if options["header"]:
                writer.writerow(held.columns[each.column or 0].source for each in order)
            for record in data[name]:
                writer.writerow(_cell(record, each.field.name, each.separator) for each in order)
            (folder / f"{name}.csv").write_bytes(text.getvalue().encode())


def _place(held: TreeBranch, column: int | None) -> int:
    source = held.columns[column or 0].source
    return source if isinstance(source, int) else column or 0


def _cell(record: Any, name: str, separator: str) -> str:
    kind: Any = info_of(record)[name].type
    if kind.name in ("set", "list"):
        kind = dataclasses.replace(kind, separator=separator)
    value = getattr(record, name)
    return "" if value is None else str(kind.format(value))


def _keyed(records: Iterable[Any]) -> list[Any]:
    return list({key_of(each): each for each in records if not _blank_key(each)}.values())


def _blank_key(record: Any) -> bool:
    info = info_of(record)
    return any(blank(info[name].type.format(getattr(record, name))) for name in info.key)


def legible(record: Any) -> Any:
    """Return *record* with every value that reads back as an absent one replaced by what is read then."""
    info = info_of(record)
    defaults = {name: each.default for name, each in _parameters(record.__class__).items()}
    changes: dict[str, Any] = {}
    for each in info.fields:
        value = None if each.derived else getattr(record, each.name)
        if value is not None and each.name in defaults and blank(each.type.format(value)):
            changes[each.name] = defaults[each.name]
    return dataclasses.replace(record, **changes)


def _parameters(model: Any) -> dict[str, Any]:
    found = inspect.signature(model).parameters
    return {name: each for name, each in found.items() if each.default is not each.empty}


def as_system(data: Data) -> MemorySystem:
    """Return a system in memory that holds copies of *data*."""
    return MemorySystem(
        {name: {key_of(each): copy.copy(each) for each in records} for name, records in data.items()}
    )


def info_of(model: Any) -> ModelInfo:
    """Return what is known of a model, or of the model of a record."""
    found: ModelInfo = model.__dss__
    return found


def key_of(record: Any) -> Any:
    """Return the key of *record*: a value, or a tuple of them."""
    names = info_of(record).key
    values = tuple(getattr(record, name) for name in names)
    return values[0] if len(values) == 1 else values


def canonical(record: Any) -> dict[str, Any]:
    """Return the canonical form of each field of *record*; sets are compared by member, and None has none."""
    found: dict[str, Any] = {}
    for each in info_of(record).fields:
        if not each.derived:
            value = getattr(record, each.name)
            members: Any = frozenset[Any]()
            empty = value is None and each.type.name == "set"
            found[each.name] = each.type.canonical(members if empty else value)
    return found


def stable(value: Any) -> str:
    """Return a text of a canonical form, the same for equal ones: a `fold` makes no other time of a time."""
    if isinstance(value, frozenset):
        members = cast("frozenset[object]", value)
        return repr(sorted(map(stable, members)))
    return repr(value).replace(", fold=1)", ")")


def synced(left: DataStoreTree, right: DataStoreTree) -> SyncResult:
    """Sync two trees that were read, without guards, and insist on success."""
    result = left.sync(right, policy=UNGUARDED)
    assert [] == [(action, outcome) for action, outcome in result if not outcome.ok]
    return result


def held_back(result: SyncResult) -> dict[str, set[Any]]:
    """Return the keys of the old records that a sync left alone, by branch."""
    found: dict[str, set[Any]] = {}
    for held in result.held_back:
        if held.kind == "old":
            found.setdefault(held.branch, set()).add(held.key)
    return found


def state(tree: DataStoreTree, world: World) -> dict[str, dict[Any, dict[str, Any]]]:
    """Return what *tree* holds in canonical form: by branch, key and field; omitted fields left out."""
    found: dict[str, dict[Any, dict[str, Any]]] = {}
    for branch in tree.branches:
        kept = world.held(tree.name)[branch.name].held
        found[branch.name] = {
            key: {name: each for name, each in canonical(record).items() if name in kept}
            for key, record in branch.items()
        }
    return found


def without(held: dict[str, dict[Any, dict[str, Any]]], names: dict[str, set[str]]) -> Any:
    """Return a state without some fields."""
    return {
        branch: {
            key: {name: value for name, value in values.items() if name not in names[branch]}
            for key, values in records.items()
        }
        for branch, records in held.items()
    }
