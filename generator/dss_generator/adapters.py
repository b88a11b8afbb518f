"""The table of adapters: what each kind of system understands in a schema, and what can be done with it.

Adding an adapter is a row here, a module of options beside `csv_options`, and a module in
`dss_runtime.adapters`; packages add rows of their own by entry points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .problems import Problems
from .schema import (
    csv_options,
    google_options,
    ldap_options,
    moodle_options,
    oneroster_options,
    parquet_options,
    scim_options,
    sql_lookups,
    sql_options,
)
from .schema.compound_kinds import Key
from .schema.nodes import MapNode
from .schema.resolved import TreeBranch

Options = tuple[tuple[str, object], ...]


def _no_options(_node: MapNode, _problems: Problems) -> Options:
    return ()


def _no_check(_node: MapNode, _held: TreeBranch, _partial: bool, _problems: Problems) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A kind of system.

    `keys` are what it understands in a tree's branch beside the keys that all have; `needs` names those of
    which one must be given, since they say where the branch's records are, `selects` those that say which of
    what is there are records, and `at_creation` those that concern records from their creation on, and leave
    what is there alone. `maps_columns` says whether it
    reads rows of columns, so that `columns`, `transform`, `where` and the like have a meaning. `options`
    turns the checked keys into typed options; `check` notes where these do not suit the branch's fields (of
    which some may be unknown, when its third argument is true).

    `offers` are keys, with values, that editors put into a new tree beside the first of `needs`.

    `adopts` says whether it reads records without a key, and writes what a new record adopts; `expires`
    whether it deletes records that it has set aside before. `lists` says that a cell may be several values:
    source and target are told, as `several` and `octets`, which columns may, and which are bytes.

    `can_write` allows its trees to be the right side of a sync; `template` is the class that then writes by
    itself, empty where the project's handlers do. `module` offers it to generated code together with
    `importer` and, where columns are mapped, the classes that describe how a branch is read, `source`, and
    how it is written, `target`. `api`, of a row that a package adds, is the version of the interface that it
    is made for.

    Two options mean something for every adapter: where `header` is False, columns have positions; a branch
    with a `query` is only read.
    """

    name: str
    doc: str
    can_write: bool
    maps_columns: bool
    keys: tuple[Key, ...] = ()
    needs: tuple[str, ...] = ()
    selects: tuple[str, ...] = ()
    at_creation: tuple[str, ...] = ()
    offers: tuple[tuple[str, str], ...] = ()
    options: Callable[[MapNode, Problems], Options] = _no_options
    check: Callable[[MapNode, TreeBranch, bool, Problems], None] = _no_check
    module: str = "dss_runtime.codegen"
    importer: str = "Importer"
    template: str = ""
    source: str = ""
    target: str = ""
    adopts: bool = False
    expires: bool = False
    lists: bool = False
    api: int = 0

    def positional(self, options: Options) -> bool:
        """Return whether columns have positions instead of names, so that every field must be mapped."""
        return dict(options).get("header") is False

    def writes(self, held: TreeBranch) -> bool:
        """Return whether the adapter can write *held* by itself, without handlers."""
        return bool(self.template) and held.derived_from is None and held.option("query") is None


ADAPTERS: dict[str, Adapter] = {
    row.name: row
    for row in (
        Adapter(
            name="csv",
            doc="Files of delimited text; read only.",
            can_write=False,
            maps_columns=True,
            keys=csv_options.keys,
            needs=("path",),
            options=csv_options.options,
            module="dss_runtime.adapters.csv",
            importer="CsvImporter",
            source="CsvSource",
        ),
        Adapter(
            name="parquet",
            doc="Files of columns, Parquet or Arrow IPC (Feather); read only.",
            can_write=False,
            maps_columns=True,
            keys=parquet_options.keys,
            needs=("path",),
            options=parquet_options.options,
            module="dss_runtime.adapters.parquet",
            importer="ParquetImporter",
            source="ParquetSource",
        ),
        Adapter(
            name="sql",
            doc="Tables of a database; a branch read by a query of its own is written by handlers.",
            can_write=True,
            maps_columns=True,
            keys=sql_options.keys,
            needs=("table", "query"),
            at_creation=("insert",),
            options=sql_options.options,
            check=sql_lookups.check_lookups,
            module="dss_runtime.adapters.sql",
            importer="SqlImporter",
            template="SqlTemplate",
            source="SqlSource",
            target="SqlTarget",
            adopts=True,
            expires=True,
        ),
        Adapter(
            name="oneroster",
            doc="Files of a set of OneRoster CSV 1.1 or 1.2, or of Microsoft SDS v2.1: a folder or a zip.",
            can_write=True,
            maps_columns=True,
            keys=oneroster_options.keys,
            needs=("file",),
            at_creation=("insert",),
            options=oneroster_options.options,
            module="dss_runtime.adapters.oneroster",
            importer="RosterImporter",
            template="RosterTemplate",
            source="RosterSource",
            target="RosterTarget",
        ),
        Adapter(
            name="ldap",
            doc="People and groups of an LDAP directory.",
            can_write=True,
            maps_columns=True,
            keys=ldap_options.keys,
            needs=("base",),
            offers=(("object_class", "inetOrgPerson"), ("rdn", "uid")),
            selects=("object_class", "filter", "depth"),
            at_creation=("insert", "password", "rdn"),
            options=ldap_options.options,
            module="dss_runtime.adapters.ldap",
            importer="LdapImporter",
            template="LdapTemplate",
            source="LdapSource",
            target="LdapTarget",
            adopts=True,
            expires=True,
            lists=True,
        ),
        Adapter(
            name="scim",
            doc="Users and groups of a service that speaks SCIM 2.0.",
            can_write=True,
            maps_columns=True,
            keys=scim_options.keys,
            needs=("resource",),
            selects=("filter",),
            at_creation=("insert",),
            options=scim_options.options,
            module="dss_runtime.adapters.scim",
            importer="ScimImporter",
            template="ScimTemplate",
            source="ScimSource",
            target="ScimTarget",
            adopts=True,
            expires=True,
        ),
        Adapter(
            name="moodle",
            doc="A Moodle: read from its database or by its web services, and written by these.",
            can_write=True,
            maps_columns=True,
            keys=moodle_options.keys,
            needs=("resource",),
            at_creation=("insert",),
            options=moodle_options.options,
            module="dss_runtime.adapters.moodle",
            importer="MoodleImporter",
            template="MoodleTemplate",
            source="MoodleSource",
            target="MoodleTarget",
        ),
        Adapter(
            name="google",
            doc="Users, org units, groups and members of Google Workspace, by its Directory API.",
            can_write=True,
            maps_columns=True,
            keys=google_options.keys,
            needs=("resource",),
            at_creation=("insert",),
            options=google_options.options,
            module="dss_runtime.adapters.google",
            importer="GoogleImporter",
            template="GoogleTemplate",
            source="GoogleSource",
            target="GoogleTarget",
            adopts=True,
            expires=True,
        ),
        Adapter(
            name="memory",
            doc="Records that the program holds itself, for tests.",
            can_write=True,
            maps_columns=False,
            module="dss_runtime.adapters.memory",
            importer="MemoryImporter",
            template="MemoryTemplate",
            adopts=True,
            expires=True,
        ),
        Adapter(
            name="custom",
            doc="Any other system: the project reads it in typed importer methods and writes it in handlers.",
            can_write=True,
            maps_columns=False,
            adopts=True,
        ),
    )
}
"""Each adapter by the name that the schema calls it."""
