"""The API's own description, which the client library ships, as a judge of requests and of answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import googleapiclient.discovery_cache  # pyright: ignore[reportMissingTypeStubs]

Json = dict[str, Any]


class BadRequestError(Exception):
    """A request is none that the description allows."""


@dataclass(frozen=True)
class Asked:
    """A request as the description understands it: `name` is the method's, such as users.insert."""

    name: str
    arguments: Mapping[str, str]
    body: Json | None


def _document() -> Json:
    shipped: Any = googleapiclient.discovery_cache
    document: Json = json.loads(shipped.get_static_doc("admin", "directory_v1"))
    return document


DOCUMENT = _document()
METHODS: Mapping[str, Json] = {
    f"{collection}.{name}": method
    for collection in ("users", "orgunits", "groups", "members")
    for name, method in DOCUMENT["resources"][collection]["methods"].items()
}


def understood(verb: str, target: str, body: bytes) -> Asked:
    """Return what is asked (BadRequestError where it is not allowed, KeyError for no method)."""
    address = urlsplit(target)
    name, arguments = _routed(verb, address.path)
    method = METHODS[name]
    query = parse_qsl(address.query, keep_blank_values=True, strict_parsing=bool(address.query))
    for key, text in query:
        if key in arguments:
            raise BadRequestError(f"{name}: {key} is given twice")
        arguments[key] = text
    allowed = {**DOCUMENT["parameters"], **method.get("parameters", {})}
    for key, text in arguments.items():
        if key not in allowed:
            raise BadRequestError(f"{name} has no parameter {key!r}")
        _check_parameter(f"{name}: {key}", text, allowed[key])
    for key, described in method.get("parameters", {}).items():
        if described.get("required") and not arguments.get(key):
            raise BadRequestError(f"{name} needs {key}")
    if "request" not in method:
        if body:
            raise BadRequestError(f"{name} takes no body")
        return Asked(name, arguments, None)
    try:
        given = json.loads(body)
    except ValueError:
        raise BadRequestError(f"{name}: the body is no JSON") from None
    may_clear = name.endswith((".update", ".patch"))
    check(given, {"$ref": method["request"]["$ref"]}, name, may_clear=may_clear, is_request=True)
    return Asked(name, arguments, given)


def check(value: Any, schema: Json, where: str, *, may_clear: bool = False, is_request: bool = False) -> None:
    """Raise BadRequestError where *value* is not what *schema* describes."""
    if "$ref" in schema:
        schema = DOCUMENT["schemas"][schema["$ref"]]
    if value is None:
        if not may_clear:
            raise BadRequestError(f"{where} is null")
        return
    match schema["type"]:
        case "object":
            if not isinstance(value, dict):
                raise BadRequestError(f"{where} is no object")
            properties = schema.get("properties", {})
            for name, each in cast("Json", value).items():
                described = properties.get(name, schema.get("additionalProperties"))
                if described is None:
                    raise BadRequestError(f"{where} has no property {name!r}")
                if is_request and described.get("readOnly"):
                    raise BadRequestError(f"{where}.{name} is read-only")
                check(each, described, f"{where}.{name}", may_clear=may_clear, is_request=is_request)
        case "array":
            if not isinstance(value, list):
                raise BadRequestError(f"{where} is no list")
            for each in cast("list[object]", value):
                check(each, schema["items"], where, may_clear=may_clear, is_request=is_request)
        case "string":
            if not isinstance(value, str):
                raise BadRequestError(f"{where} is no text")
            if schema.get("format") == "int64" and not re.fullmatch(r"-?[0-9]+", value):
                raise BadRequestError(f"{where} is no number")
        case "boolean":
            if not isinstance(value, bool):
                raise BadRequestError(f"{where} is neither true nor false")
        case "integer":
            if isinstance(value, bool) or not isinstance(value, int):
                raise BadRequestError(f"{where} is no whole number")
        case other:
            assert other == "any", other


def check_answer(name: str, answer: Json | None) -> None:
    """Raise BadRequestError where *answer* is not what the description says of the method's."""
    response = METHODS[name].get("response")
    if response is None:
        if answer is not None:
            raise BadRequestError(f"{name} answers nothing")
        return
    check(answer, {"$ref": response["$ref"]}, f"answer of {name}")


def _routed(verb: str, path: str) -> tuple[str, dict[str, str]]:
    for name, pattern in _ROUTES.get(verb, ()):
        found = pattern.fullmatch(path.removeprefix("/"))
        if found:
            return name, {key: unquote(value) for key, value in found.groupdict().items()}
    raise KeyError(f"{verb} {path}")


def _pattern(path: str) -> re.Pattern[str]:
    pattern = re.escape(path)
    pattern = re.sub(r"\\{\\\+(\w+)\\}", r"(?P<\1>.+)", pattern)
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/:]+|[^/]+@[^/:]+|id:[^/]+)", pattern))


_ROUTES: Mapping[str, list[tuple[str, re.Pattern[str]]]] = {
    verb: [(name, _pattern(each["path"])) for name, each in METHODS.items() if each["httpMethod"] == verb]
    for verb in {each["httpMethod"] for each in METHODS.values()}
}
"""The methods of each verb, with the paths that lead to them."""


def _check_parameter(where: str, text: str, described: Json) -> None:
    if "enum" in described and text not in described["enum"]:
        raise BadRequestError(f"{where}: {text!r} is none of {described['enum']}")
    if described["type"] == "boolean" and text not in ("true", "false"):
        raise BadRequestError(f"{where}: neither true nor false")
    if described["type"] == "integer":
        if not re.fullmatch(r"-?[0-9]+", text):
            raise BadRequestError(f"{where}: no whole number")
        low, high = int(described.get("minimum", "-2147483648")), int(described.get("maximum", "2147483647"))
        if not low <= int(text) <= high:
            raise BadRequestError(f"{where}: not from {low} to {high}")
