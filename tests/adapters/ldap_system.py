"""OpenLDAP as a system that holds items: entries of an object class of their own, whose values are octets."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from dss_runtime import DataStoreTree
from dss_runtime.adapters.ldap import LdapImporter, LdapSource, LdapTarget, LdapTemplate
from dss_runtime.adapters.ldap._changes import encoded
from dss_runtime.adapters.ldap._connection import rdn_of
from dss_runtime.codegen import override
from dss_runtime.types import ListType, SetType
from tests.adapters.items import NAMES, TYPES, Item, ItemsBranch, leave_to_adapter, reading
from tests.adapters.systems import Capability, System, tried
from tests.ldap.service import Service

HELD = tuple(name for name in NAMES if name != "marks")
COLUMNS = {name: "dssIdent" if name == "ident" else f"dssField{at}" for at, name in enumerate(HELD)}
_SEVERAL = frozenset({COLUMNS["tags"]})
_OCTETS = frozenset({COLUMNS["blob"]})


class LdapItems(LdapImporter):
    """Reads items from a directory."""

    def read_items(self) -> None:
        """Read the branch items."""
        source = LdapSource(
            base="ou=items",
            object_class=("dssItem",),
            columns=tuple(COLUMNS.values()),
            several=_SEVERAL,
            octets=_OCTETS,
        )
        self.read(self.tree.items, self.open(source), reading(COLUMNS))  # type: ignore[attr-defined]


class LdapItemsTemplate(LdapTemplate):
    """Writes items to a directory."""

    targets: ClassVar[Mapping[str, LdapTarget]] = {
        "items": LdapTarget(
            base="ou=items",
            object_class=("dssItem",),
            rdn="dssIdent",
            columns=COLUMNS,
            key=("ident",),
            types={name: TYPES[name] for name in HELD},
            several=_SEVERAL,
            octets=_OCTETS,
            nulls_as_empty=frozenset({"text"}),
        )
    }


leave_to_adapter(LdapItemsTemplate)


class LdapTree(DataStoreTree):
    """A part of a directory with items."""

    __branches__ = ItemsBranch
    __importer__ = LdapItems
    __template__ = LdapItemsTemplate


class LdapSystem(System):
    """OpenLDAP."""

    name = "ldap"
    slow = True
    can: ClassVar[frozenset[Capability]] = frozenset({"reads", "writes", "network", "rights"})
    lacks: ClassVar[Mapping[Capability, str]] = {
        "transactions": "a directory keeps or undoes one modification, not several",
        "damage": tried(
            "a directory that stops in between says so",
            "tests/ldap/test_directory.py::test_a_limit_that_holds_for_pages_too_is_no_whole",
        ),
        "refuses": tried(
            "a directory refuses by its schema and rights",
            "tests/ldap/test_directory.py::test_a_record_that_the_directory_refuses_fails_alone",
            "tests/ldap/test_directory.py::test_lost_rights_are_no_empty_directory",
        ),
        "locks": "a directory locks nothing",
    }
    fields = frozenset(HELD)
    narrow = "keys without blanks at their ends or in a row, apart by more than case; no empty value"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.service = Service()

    @classmethod
    @override
    def holds(cls, name: str, value: Any) -> bool:
        if name == "ident":
            return bool(value == " ".join(value.split()) and value.isprintable())
        if name == "tags":
            return "" not in value
        return bool(value != b"")

    @classmethod
    @override
    def same_key(cls, ident: str) -> Hashable:
        return unicodedata.normalize("NFKC", ident).casefold()

    @property
    @override
    def port(self) -> int:
        return self.service.port

    @override
    def fill(self, items: Iterable[Item]) -> None:
        for dn in self.service.below("items"):
            self.service.admin.delete_s(dn)
        for item in items:
            values: dict[str, list[bytes]] = {"objectClass": [b"dssItem"]}
            for name, column in COLUMNS.items():
                value, kind = getattr(item, name), TYPES[name]
                if value is None or value == "":
                    continue
                members = value if isinstance(kind, SetType) else [value]
                of = kind.of if isinstance(kind, (SetType, ListType)) else kind
                values[column] = [octets for each in members if (octets := encoded(of, each))]
            values = {name: each for name, each in values.items() if each}
            self.service.add(f"{rdn_of('dssIdent', item.ident)},ou=items,{self.service.base}", **values)

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        return LdapTree(settings=self.service.settings(port))

    @override
    def state(self) -> object:
        return {
            dn: {name: sorted(each) for name, each in values.items()}
            for dn, values in self.service.below("items").items()
        }

    @override
    def forget(self, ident: str) -> None:
        self.service.admin.delete_s(f"{rdn_of('dssIdent', ident)},ou=items,{self.service.base}")

    @override
    def take_rights(self) -> None:
        self.service.distrust()
