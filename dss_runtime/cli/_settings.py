"""The settings of a project: found, read and checked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from dss_runtime import SettingsError
from dss_runtime._sync_rules import SyncRules
from dss_runtime.cli._apply_settings import APPLY, ApplySettings, apply_settings
from dss_runtime.cli._artefacts import ArtefactRow, read_artefacts
from dss_runtime.cli._expand import Expansion
from dss_runtime.cli._journal_settings import JournalSettings, journal_settings
from dss_runtime.cli._run_settings import RunSettings, run_settings
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._spark_settings import SparkSettings, spark_settings
from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._sync_settings import sync_settings
from dss_runtime.cli._toml_file import TomlFile, shown_key, shown_path
from dss_runtime.cli.telling._settings import TellingSettings, telling_settings

DEFAULTS = {
    "root": ".",
    "schema": "schema",
    "generated": "generated",
    "handlers": "handlers",
    "dictionary": "dictionary",
    "state": ".dss",
}
"""The folders of a project: `root` is relative to the settings file, the others to `root`."""

_PACKAGES = ("generated", "handlers")
KEYS = (
    *DEFAULTS,
    "json_schema",
    "trees",
    "check",
    "artefacts",
    "journal",
    "syncs",
    "runs",
    "notify",
    "metrics",
    "log",
    "spark",
)

_SQLITE = re.compile(r"(?P<scheme>sqlite(\+\w+)?:///)(?P<path>(?!/|:memory:|file:)[^?]+)(?P<rest>.*)")


class NoProjectError(SettingsError):
    """There are no settings anywhere: nobody has made a project here."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project's settings say. Folders are absolute, and lie below `root`.

    `dictionary` is where `dss docs` writes, `json_schema` the file in which `dss generate` keeps the JSON
    Schema of the language for editors, None where the project wants none.
    """

    file: TomlFile
    secrets: Secrets
    root: Path
    schema: Path
    generated: Path
    handlers: Path
    state: Path
    """Where runs leave what later ones need: the journal, and the key of saved plans."""
    trees: Mapping[str, Mapping[str, object]]
    """The settings of each tree as they are written; `tree_settings` expands them."""
    journal: JournalSettings
    syncs: Mapping[str, SyncRules] = field(default_factory=dict[str, SyncRules])
    """What each sync asks for beyond what the schema says of its branches."""
    apply: Mapping[str, ApplySettings] = field(default_factory=dict[str, ApplySettings])
    """How fast, and how patiently, each tree is written to, where the settings say so."""
    dictionary: Path = Path("dictionary")
    json_schema: Path | None = None
    artefacts: tuple[ArtefactRow, ...] = ()
    telling: TellingSettings = field(default_factory=TellingSettings)
    """Who is told of a run, and what else is left for monitors."""
    runs: Mapping[str, RunSettings] = field(default_factory=dict[str, RunSettings])
    """The syncs that run together."""
    spark: SparkSettings = field(default_factory=SparkSettings)
    """The cluster that finds the differences where it is asked to."""

    @property
    def package(self) -> str:
        """The dotted name of the package in the folder `generated`."""
        return ".".join(self.generated.relative_to(self.root).parts)

    def tree_settings(self, names: Iterable[str]) -> dict[str, dict[str, object]]:
        """Return the settings of the trees *names*, `${NAME}` replaced and paths made absolute.

        Only these are expanded: whoever syncs two systems need not know the password of a third.
        Raises SettingsError with every variable that is missing.
        """
        expand = Expansion(self.file, os.environ, self.secrets)
        expanded = {name: expand(self._own(name), ("trees", name)) for name in names}
        if expand.problems:
            raise SettingsError("\n".join(dict.fromkeys(expand.problems)))
        folder = self.file.path.parent
        return {name: _absolute(cast("dict[str, object]", each), folder) for name, each in expanded.items()}

    def _own(self, name: str) -> dict[str, object]:
        """Return the settings that are the tree's own, as they are written."""
        return {key: value for key, value in self.trees.get(name, {}).items() if key != APPLY}


def find_settings(start: Path) -> TomlFile:
    """Return the settings file of the project that *start* lies in.

    The nearest folder counts that holds a dss.toml, or a pyproject.toml with a table [tool.dss]; that table
    may also point to the file, as `settings = "examples/school/dss.toml"`. SettingsError when there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "dss.toml").is_file():
            return TomlFile.read(folder / "dss.toml")
        if (folder / "pyproject.toml").is_file():
            project = TomlFile.read(folder / "pyproject.toml", ("tool", "dss"))
            if project.table is not None:
                return _followed(project, project.table)
    raise NoProjectError(
        f"there is no dss.toml, and no pyproject.toml with [tool.dss], in {start} or above it: "
        "`dss init NAME` starts a project, `dss -C FOLDER ...` works in another folder"
    )


def _followed(project: TomlFile, table: Mapping[str, object]) -> TomlFile:
    """Return the file that `settings` in [tool.dss] points to; *project* itself where it does not."""
    if "settings" not in table:
        return project
    target = table["settings"]
    place = f"{project.place(('settings',))}: tool.dss.settings"
    if not isinstance(target, str):
        raise SettingsError(f"{place}: expected the path of a file, found {_kind(target)}")
    others = [key for key in table if key != "settings"]
    if others:
        raise SettingsError(f"{place}: points to {target}, so {listed(others)} must be set there, not here")
    path = project.path.parent / target
    if not path.is_file():
        raise SettingsError(f"{place}: there is no file {target}")
    return TomlFile.read(path)


def read_settings(file: TomlFile, secrets: Secrets) -> Settings:
    """Return what *file* says. Raises SettingsError with every problem, each with its line."""
    table = file.table or {}
    problems = [
        f"{file.place((key,))}: unknown key {shown_key((*file.inside, key))!r}"
        f"{did_you_mean(key, KEYS) or '; known are ' + listed(KEYS)}"
        for key in table
        if key not in KEYS
    ]
    expand = Expansion(file, os.environ, secrets, problems)
    texts: dict[str, str] = {}
    paths = {**DEFAULTS, "json_schema": ""} if "json_schema" in table else DEFAULTS
    for key, default in paths.items():
        known = len(problems)
        value = expand(table.get(key, default), (key,))
        if isinstance(value, str) and value:
            texts[key] = value
        elif len(problems) == known:
            what = "folder" if key in DEFAULTS else "file"
            found = "an empty one" if value == "" else _kind(value)
            problems.append(f"{file.place((key,))}: {key}: expected the name of a {what}, found {found}")
    trees = _trees(file, table.get("trees", {}), problems)
    apply = apply_settings(file, trees, problems)
    journal = journal_settings(file, table.get("journal", {}), problems)
    syncs = sync_settings(file, table.get("syncs", {}), problems)
    runs = run_settings(file, table.get("runs", {}), problems)
    artefacts = read_artefacts(file, table.get("artefacts", []), problems)
    telling = telling_settings(file, table, problems)
    spark = spark_settings(file, table.get("spark", {}), problems)
    if problems:
        raise SettingsError("\n".join(dict.fromkeys(problems)))
    root = (file.path.parent / texts["root"]).resolve()
    if not root.is_dir():
        raise SettingsError(f"{file.place(('root',))}: root: there is no folder {shown_path(root)}")
    settings = Settings(
        file,
        secrets,
        root,
        (root / texts["schema"]).resolve(),
        (root / texts["generated"]).resolve(),
        (root / texts["handlers"]).resolve(),
        (root / texts["state"]).resolve(),
        trees,
        journal,
        syncs,
        apply,
        (root / texts["dictionary"]).resolve(),
        (root / texts["json_schema"]).resolve() if "json_schema" in texts else None,
        artefacts,
        telling,
        runs,
        spark,
    )
    problems.extend(_misplaced(settings, texts))
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _misplaced(settings: Settings, texts: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with the folders below root."""
    root = shown_path(settings.root)
    for key, folder in (
        ("schema", settings.schema),
        ("generated", settings.generated),
        ("handlers", settings.handlers),
        ("dictionary", settings.dictionary),
    ):
        place = f"{settings.file.place((key,))}: {key}: {texts[key]!r}"
        parts = folder.relative_to(settings.root).parts if folder.is_relative_to(settings.root) else ()
        if not parts:
            yield f"{place} must be a folder below root ({root})"
        elif key in _PACKAGES and not all(part.isascii() and part.isidentifier() for part in parts):
            yield f"{place} is imported as a package: use names of letters, digits and underscores"
    for key, folder, other, beside in (
        ("handlers", settings.handlers, "generated", settings.generated),
        ("handlers", settings.handlers, "schema", settings.schema),
        ("generated", settings.generated, "schema", settings.schema),
    ):
        if folder.is_relative_to(beside) or beside.is_relative_to(folder):
            where = f"{settings.file.place((key,))}: {key}: {texts[key]!r}"
            yield f"{where} and {other} ({texts[other]!r}) must lie side by side, none within the other"
    for key, folder, reason in (
        ("generated", settings.generated, "whose files `dss generate` keeps"),
        ("handlers", settings.handlers, "which holds your own code"),
    ):
        if settings.dictionary.is_relative_to(folder) and folder != settings.root:
            place = f"{settings.file.place(('dictionary',))}: dictionary: {texts['dictionary']!r}"
            yield f"{place} must lie outside of {key} ({texts[key]!r}), {reason}"
    file = settings.json_schema
    if file is not None and not (file.is_relative_to(settings.root) and file.suffix == ".json"):
        place = f"{settings.file.place(('json_schema',))}: json_schema: {texts['json_schema']!r}"
        yield f"{place} must be a file below root ({root}) whose name ends in .json"


def _trees(file: TomlFile, found: object, problems: list[str]) -> dict[str, Mapping[str, object]]:
    if not isinstance(found, dict):
        place = file.place(("trees",))
        problems.append(f"{place}: trees: expected tables [trees.NAME], found {_kind(found)}")
        return {}
    trees: dict[str, Mapping[str, object]] = {}
    for name, value in cast("dict[str, object]", found).items():
        if isinstance(value, dict):
            trees[name] = cast("dict[str, object]", value)
        else:
            place = file.place(("trees", name))
            problems.append(f"{place}: trees.{name}: expected a table, found {_kind(value)}")
    return trees


def _absolute(settings: dict[str, object], folder: Path) -> dict[str, object]:
    """Return a tree's settings with `folder`, `path` and the file of an SQLite `url` relative to *folder*."""
    made = dict(settings)
    for key in ("folder", "path"):
        if isinstance(made.get(key), str):
            made[key] = str(folder / cast("str", made[key]))
        elif isinstance(made.get(key), list):
            several = cast("list[object]", made[key])
            made[key] = [str(folder / each) if isinstance(each, str) else each for each in several]
    if isinstance(made.get("url"), str):
        parts = _SQLITE.fullmatch(cast("str", made["url"]))
        if parts is not None:
            made["url"] = f"{parts['scheme']}{folder / parts['path']}{parts['rest']}"
    return made


def _kind(value: object) -> str:
    names = {"bool": "a boolean", "dict": "a table", "list": "an array", "str": "text"}
    name = type(value).__name__
    return names.get(name, f"a value of type {name}")
