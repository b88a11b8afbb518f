"""A service of its own on the session's scim2-server, and what it is told and asked from outside."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

import httpx2

from tests.services.servers import TOKEN
from tests.services.sharing import port_of

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
WORK = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
_NUMBERS = count()
_MOST = 500

Resource = dict[str, Any]


class Service:
    """An empty service. Everything here goes past the adapter."""

    def __init__(self) -> None:
        self.port = port_of("scim")
        self.begin_anew()

    def begin_anew(self) -> None:
        """Be another service, an empty one, at an address of its own."""
        self.path = f"/t{os.getpid()}x{next(_NUMBERS)}/v2"

    def ask(self, method: str, place: str, body: object = None, **parameters: Any) -> httpx2.Response:
        """Return what the server answers, over a connection of its own."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        url = f"{self.url(self.port)}/{place}"
        return httpx2.request(method, url, json=body, params=parameters, headers=headers, timeout=60)

    def url(self, port: int) -> str:
        """Return its address, through *port*."""
        return f"http://127.0.0.1:{port}{self.path}"

    def settings(self, port: int | None = None, **more: object) -> dict[str, object]:
        """Return the settings of a tree that reads and writes it."""
        return {"url": self.url(port or self.port), "token": TOKEN, "timeout": 20, **more}

    def add(self, endpoint: str, **attributes: Any) -> str:
        """Hold a resource, and return its id."""
        schemas = [USER] if endpoint == "Users" else [GROUP]
        schemas += [name for name in attributes if name.startswith("urn:")]
        answer = self.ask("POST", endpoint, {"schemas": schemas, **attributes})
        assert 201 == answer.status_code, answer.text
        ident: str = answer.json()["id"]
        return ident

    def add_users(self, users: Iterable[Mapping[str, Any]]) -> None:
        """Hold many users, who may name the schemas of their extensions."""
        made = ({**each, "schemas": [USER, *each.get("schemas", ())]} for each in users)
        self._bulk({"method": "POST", "path": "/Users", "data": each} for each in made)

    def all(self, endpoint: str = "Users", **parameters: str) -> list[Resource]:
        """Return all resources."""
        found: list[Resource] = []
        while True:
            answer = self.ask("GET", endpoint, startIndex=len(found) + 1, count=1000, **parameters)
            found += answer.json()["Resources"]
            if len(found) >= answer.json()["totalResults"]:
                return found

    def one(self, endpoint: str = "Users", **wanted: str) -> Resource:
        """Return the only resource with an attribute."""
        ((name, value),) = wanted.items()
        (found,) = [each for each in self.all(endpoint) if each.get(name) == value]
        return found

    def change(self, ident: str, path: str, value: Any, endpoint: str = "Users") -> None:
        """Change one attribute."""
        body = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": path, "value": value}],
        }
        answer = self.ask("PATCH", f"{endpoint}/{ident}", body)
        assert answer.status_code in (200, 204), answer.text

    def remove(self, ident: str, endpoint: str = "Users") -> None:
        """Lose a resource."""
        assert 204 == self.ask("DELETE", f"{endpoint}/{ident}").status_code

    def _bulk(self, operations: Iterable[Resource]) -> None:
        due = [{**each, "bulkId": str(at)} for at, each in enumerate(operations)]
        for start in range(0, len(due), _MOST):
            body = {"schemas": [BULK], "Operations": due[start : start + _MOST]}
            answer = self.ask("POST", "Bulk", body)
            assert 200 == answer.status_code, answer.text
            assert {each["status"] for each in answer.json()["Operations"]} <= {"201", "204"}, answer.text
