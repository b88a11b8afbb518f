"""scim2-server as a system that holds items: each one is a user."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from unicodedata import normalize

from dss_runtime import DataStoreTree
from dss_runtime.adapters.scim import ScimImporter, ScimSource, ScimTarget, ScimTemplate
from dss_runtime.codegen import override
from tests.adapters.items import TYPES, Item, ItemsBranch, leave_to_adapter, reading
from tests.adapters.systems import CAPABILITIES, Capability, System, tried
from tests.scim.faults import FaultProxy, Forward, Reply, Request, answer, reply
from tests.scim.service import WORK, Resource, Service

COLUMNS: Mapping[str, str] = {
    "ident": "userName",
    "text": "nickName",
    "count": f"{WORK}:employeeNumber",
    "ratio": "name.givenName",
    "price": f"{WORK}:costCenter",
    "flag": "active",
    "day": f"{WORK}:division",
    "moment": f"{WORK}:organization",
    "local": f"{WORK}:department",
    "clock": "title",
    "uid": "displayName",
    "kind": "userType",
    "tags": "entitlements.value",
}
"""The attribute of each field that a user has a place for."""


class ScimItems(ScimImporter):
    """Reads items from a service."""

    def read_items(self) -> None:
        """Read the branch items."""
        source = ScimSource(resource="Users", columns=tuple(COLUMNS.values()))
        self.read(self.tree.items, self.open(source), reading(COLUMNS))  # type: ignore[attr-defined]


class ScimItemsTemplate(ScimTemplate):
    """Writes items to a service."""

    targets: ClassVar[Mapping[str, ScimTarget]] = {
        "items": ScimTarget(
            resource="Users",
            columns=COLUMNS,
            key=("ident",),
            types={name: TYPES[name] for name in COLUMNS},
            nulls_as_empty=frozenset({"text"}),
        )
    }


leave_to_adapter(ScimItemsTemplate)


class ScimTree(DataStoreTree):
    """A service with items."""

    __branches__ = ItemsBranch
    __importer__ = ScimItems
    __template__ = ScimItemsTemplate


class ScimSystem(System):
    """A service of its own on scim2-server, behind a proxy that refuses what a test asks it to."""

    name = "scim"
    can = frozenset(CAPABILITIES) - {"transactions", "damage"}
    lacks: ClassVar[Mapping[Capability, str]] = {
        "transactions": "in SCIM each request stands for itself",
        "damage": tried(
            "pages that do not add up, and attributes that are gone, have tests of their own",
            "tests/scim/test_reading.py::test_a_list_that_does_not_add_up_is_no_data",
            "tests/scim/test_reading.py::test_an_attribute_that_is_gone_is_no_data",
        ),
    }
    fields = frozenset(COLUMNS)
    narrow = "sets without their order; a key, `userName`, differs by more than case and normal form"
    slow = True
    many = 2_000
    why_fewer = "copies, validates and writes each of them for half a millisecond whenever they are listed"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.service = Service()
        self.proxy = FaultProxy(self.service.port)
        weakref.finalize(self, self.proxy.close)

    @classmethod
    @override
    def same_key(cls, ident: str) -> Hashable:
        return normalize("NFC", normalize("NFC", ident).lower())

    @classmethod
    @override
    def holds(cls, name: str, value: Any) -> bool:
        if name == "tags":
            return "" not in value
        return True

    @property
    @override
    def port(self) -> int:
        return self.proxy.port

    @override
    def fill(self, items: Iterable[Item]) -> None:
        self.service.begin_anew()
        self.service.add_users(map(_user, items))

    @override
    def tree(self, port: int | None = None) -> DataStoreTree:
        return ScimTree(settings=self.service.settings(port or self.port))

    @override
    def state(self) -> object:
        # No two writes to a service have one version, so that who has it is what it was.
        return sorted((each["id"], each["meta"]["version"]) for each in self.service.all(attributes="meta"))

    @override
    def forget(self, ident: str) -> None:
        self.service.remove(self.service.one(userName=ident)["id"])

    @override
    def refuse(self, ident: str) -> None:
        held = {each["id"] for each in self.service.all() if each["userName"] == ident}

        def is_refused(operation: Mapping[str, Any]) -> bool:
            named: Mapping[str, Any] = operation.get("data") or {}
            return named.get("userName") == ident or operation["path"].rpartition("/")[2] in held

        def rule(request: Request, forward: Forward) -> Reply:
            if request.method == "GET":
                return forward(request)
            if not request.path.endswith("/Bulk"):
                whole = {"path": request.path, "data": request.json}
                return reply(400, "refused") if is_refused(whole) else forward(request)
            return _bulk(request, forward, is_refused)

        self.proxy.rule = rule

    @override
    def lock(self) -> Callable[[float], None]:
        def rule(request: Request, forward: Forward) -> Reply:
            return forward(request) if request.method == "GET" else reply(503, "locked")

        def unlock(_seconds: float) -> None:
            self.proxy.rule = None

        self.proxy.rule = rule
        return unlock

    @override
    def take_rights(self) -> None:
        self.proxy.rule = lambda _request, _forward: reply(403, "no rights")


def _user(item: Item) -> Resource:
    """Return an item as the user that stands for it, made without the adapter."""
    found: Resource = {"schemas": [WORK], WORK: {}, "name": {}}
    for name, column in COLUMNS.items():
        value = getattr(item, name)
        if value is None or value == "" or value == frozenset():
            continue
        if name == "tags":
            found["entitlements"] = [{"value": tag} for tag in sorted(value)]
        elif column.startswith(WORK):
            found[WORK][column.rpartition(":")[2]] = TYPES[name].format(value)
        elif "." in column:
            found["name"][column.partition(".")[2]] = TYPES[name].format(value)
        else:
            found[column] = value if name == "flag" else TYPES[name].format(value)
    return {key: value for key, value in found.items() if value != {}}


def _bulk(request: Request, forward: Forward, is_refused: Callable[[Mapping[str, Any]], bool]) -> Reply:
    """Answer a bulk request whose refused operations never reach the server."""
    body = request.json
    passed = [each for each in body["Operations"] if not is_refused(each)]
    content = json.dumps({**body, "Operations": passed}).encode()
    results = iter(forward(replace(request, body=content)).json["Operations"] if passed else ())
    refusal = {"status": "400", "response": reply(400, "refused").json}
    found = [
        {**refusal, "method": each["method"], "bulkId": each["bulkId"]} if is_refused(each) else next(results)
        for each in body["Operations"]
    ]
    return answer({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": found})
