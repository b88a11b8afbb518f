"""What installed packages add to the generator's tables.

A package says by entry points what it has; nothing of it is imported until a schema, or the settings, name
one of its rows. So a package that nobody names changes nothing, and a broken one harms its users only.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from .problems import GeneratorError, did_you_mean

Row = TypeVar("Row", covariant=True)

API = 1
"""The version of the interface that packages' rows are made for; each says so as its `api`."""


row_name = r"[a-z][a-z0-9_-]{0,39}"
"""The form of a row's name, which is written in schemas and settings."""


class ExtensionError(GeneratorError):
    """A package adds a row that cannot be used; the text names the package and says what to do."""


@dataclass(frozen=True, slots=True)
class Added:
    """A row that a package adds, as its entry point has it; `package` is its name and version."""

    name: str
    package: str
    entry: EntryPoint


def added_to(group: str) -> tuple[Added, ...]:
    """Return what the installed packages add to the entry-point group *group*, sorted by name and package."""
    return _added_to(group, tuple((path, _changed(path)) for path in sys.path))


@lru_cache(maxsize=8)
def _added_to(group: str, _path: tuple[tuple[str, int], ...]) -> tuple[Added, ...]:
    """Return what there is as long as the import path, and what lies in its folders, is the same.

    To look through all that is installed takes milliseconds, which count where many schemas are read.
    """
    found = [Added(each.name, _package(each), each) for each in entry_points(group=group)]
    return tuple(sorted(found, key=lambda each: (each.name, each.package, each.entry.value)))


def _changed(path: str) -> int:
    """Return when something came into a folder, or went from it, last; 0 where nobody knows."""
    try:
        return os.stat(path or os.curdir).st_mtime_ns
    except OSError:
        return 0


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "an unknown package"


class Table(Generic[Row]):
    """The rows of one table: datastoresync's own, and those of packages, which are loaded when looked up."""

    def __init__(
        self,
        noun: str,
        own: tuple[str, ...],
        find: Callable[[str], Row],
        added: tuple[Added, ...] = (),
        check: Callable[[Added, object], Row] | None = None,
    ) -> None:
        """Make the table of *noun* from the names of our *own* rows, which *find* returns, and *added* ones.

        *check* returns what an entry point leads to as a row (ValueError, with a reason, when it is none).
        """
        self.noun = noun
        self.own = own
        self.added = tuple(dict.fromkeys(each.name for each in added))
        self._find = find
        self._packages = added
        self._check = check
        self._loaded: dict[str, Row | ExtensionError] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all rows: our own in their order, then those of packages."""
        return tuple(dict.fromkeys((*self.own, *self.added)))

    def __getitem__(self, name: str) -> Row:
        """Return the row called *name*; KeyError when there is none, ExtensionError when it is of no use."""
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        found = self._loaded[name]
        if isinstance(found, ExtensionError):
            raise found
        return found

    def reason_against(self, name: str) -> str | None:
        """Return why the row called *name* is of no use, None when it is of use, or our own."""
        if name not in self.added:
            return None
        try:
            self[name]
        except ExtensionError as error:
            return str(error)
        return None

    @property
    def usable(self) -> Table[Row]:
        """The table without the rows that are of no use."""
        kept = tuple(each for each in self._packages if self.reason_against(each.name) is None)
        return Table(self.noun, self.own, self._find, kept, self._check)

    def load(self) -> None:
        """Load every row (ExtensionError with all that is wrong)."""
        wrong = [reason for name in self.added if (reason := self.reason_against(name))]
        if wrong:
            raise ExtensionError("\n".join(wrong))

    def package_of(self, name: str) -> str:
        """Return the package that adds the row called *name*, "" where it is our own."""
        return next((each.package for each in self._packages if each.name == name), "")

    def _load(self, name: str) -> Row | ExtensionError:
        offers = [each for each in self._packages if each.name == name]
        if not offers:
            return self._find(name)
        owners = [*(["datastoresync itself"] if name in self.own else []), *(each.package for each in offers)]
        if len(owners) > 1:
            return ExtensionError(
                f"the {self.noun} {name!r} is there {len(owners)} times: of {', of '.join(owners)}; "
                "uninstall what you do not need, or ask for another name"
            )
        (offer,) = offers
        assert self._check is not None  # whoever hands packages' rows over can check them
        try:
            row = _target(offer.entry)
            check_name(name)
            check_api(row)
            return self._check(offer, row)
        except ValueError as error:
            return ExtensionError(f"the {self.noun} {name!r} of {offer.package} cannot be used: {error}")
        except Exception as error:  # noqa: BLE001 - whatever a row's own code raises is the package's fault
            return ExtensionError(
                f"the {self.noun} {name!r} of {offer.package} cannot be used: {type(error).__name__}: {error}"
            )


def _target(entry: EntryPoint) -> object:
    """Return what the entry point leads to (ValueError, with the reason, when it leads nowhere)."""
    if EntryPoint.pattern.match(entry.value) is None:
        raise ValueError(f"its entry point is {entry.value!r}; write module:name")
    try:
        module = importlib.import_module(entry.module)
    except Exception as error:
        raise ValueError(f"importing {entry.module} failed: {type(error).__name__}: {error}") from error
    try:
        return reduce(getattr, filter(None, entry.attr.split(".")), module)
    except AttributeError:
        hint = did_you_mean(entry.attr, [name for name in vars(module) if not name.startswith("_")])
        raise ValueError(f"{entry.module} has no {entry.attr!r}{hint}") from None


def check_name(name: str) -> None:
    """Raise ValueError unless *name* can be the name of a row."""
    if re.fullmatch(row_name, name) is None:
        raise ValueError("its name must be lower-case letters, digits, _ and -, at most 40, a letter first")


def check_api(row: object) -> None:
    """Raise ValueError unless *row* says that it is made for this version of the interface."""
    version: object = getattr(row, "api", 0)
    if not version:
        raise ValueError(
            f"it does not say which version of the interface it is made for: give it api = {API}"
        )
    if version != API:
        raise ValueError(
            f"it is made for version {version} of the interface, and this datastoresync has {API}: "
            "install releases that fit each other"
        )
