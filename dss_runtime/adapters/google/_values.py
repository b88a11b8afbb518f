"""A record's values as the API takes them, and what it would not take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from dss_runtime.adapters.google._paths import Json, parse_path, put, value_at
from dss_runtime.adapters.google._properties import is_read_only, is_text
from dss_runtime.adapters.google._target import GoogleTarget
from dss_runtime.codegen import same

MAX_NAME = 60
"""How many characters of a given or family name Google takes."""
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "users": ("primaryEmail", "name.givenName", "name.familyName"),
    "orgunits": ("orgUnitPath",),
    "groups": ("email",),
    "members": ("email",),
}
"""The paths that a new resource needs."""


class UnfitError(Exception):
    """A value is one that Google does not take; the text says why, and not which value."""


def body_of(
    target: GoogleTarget, record: Any, names: Iterable[str], constants: Mapping[str, object], current: Json
) -> Json:
    """Return what changes *current*: the fields *names* of *record*, and *constants* where no field is.

    Raises UnfitError for what Google does not take.
    """
    written = {target.columns[name]: encoded(target, name, getattr(record, name)) for name in names}
    body: Json = {}
    for path, value in {**constants, **written}.items():
        if is_read_only(target.kind, path):
            raise UnfitError(f"{path}: Google itself says what it is; set `sync: never` for its field")
        # The group of a member is a parameter, and a password that nobody has given is not taken away.
        if path != "group.email" and (path != "password" or value is not None):
            put(body, current, path, value)
    for path, check in _CHECKS.get(target.resource, {}).items():
        value = value_at(body, path)
        reason = check(value) if value is not None else None
        if reason is not None:
            raise UnfitError(f"{path}: {reason}")
    if target.resource == "orgunits" and "orgUnitPath" in body:
        _place_orgunit(body)
    return body


def missing_in(target: GoogleTarget, body: Json) -> str | None:
    """Return which path a new resource lacks that has the rest of *body*."""
    path = "name" if target.resource == "orgunits" else None
    needed = (path,) if path else REQUIRED[target.resource]
    return next((each for each in needed if value_at(body, each) in (None, "")), None)


def without_nulls(body: Json) -> Json:
    """Return *body* without what it clears: nothing is there yet."""
    found: Json = {}
    for name, value in body.items():
        kept = without_nulls(cast("Json", value)) if isinstance(value, dict) else value
        if kept is not None and kept != {}:
            found[name] = kept
    return found


def encoded(target: GoogleTarget, name: str, value: Any) -> object:
    """Return the *value* of a field as the API takes it (UnfitError where it holds another one)."""
    path, kind = target.columns[name], target.types[name]
    if value is None:
        return None
    if isinstance(value, bool) and not is_text(target.kind, path):
        return value
    if isinstance(value, (int, float)) and parse_path(path)[0].name == "customSchemas":
        return value
    text = kind.format(value)
    if path not in ("primaryEmail", "email", "group.email"):
        return text
    # Addresses are kept in lower case: another one would differ in every run.
    if text != text.lower() and kind.canonical(value) != kind.canonical(kind.parse(text.lower())):
        raise UnfitError(
            f"{name}: addresses are kept in lower case; give the field `compare: casefold` or `| lower`"
        )
    return text.lower()


def has_constants(resource: Json, constants: Mapping[str, object]) -> bool:
    """Return whether *resource* has all *constants*, as `where` and `set` of a schema compare them."""
    return all(same(value_at(resource, path), value) for path, value in constants.items())


def _place_orgunit(body: Json) -> None:
    """A path is told by the parent's path and a name, which are what can be written."""
    parent, _, name = str(body.pop("orgUnitPath")).rpartition("/")
    if body.setdefault("name", name) != name or body.setdefault("parentOrgUnitPath", parent or "/") != (
        parent or "/"
    ):
        raise UnfitError("orgUnitPath: the fields for name or parentOrgUnitPath say something else")


def _name(value: object) -> str | None:
    text = str(value)
    if not text.strip():
        return "is empty, and Google takes no user without it"
    if len(text) > MAX_NAME:
        return f"{len(text)} characters, and Google takes {MAX_NAME}; declare `max_length: {MAX_NAME}`"
    return "Google takes neither < nor > in a name" if "<" in text or ">" in text else None


def _password(value: object) -> str | None:
    text = str(value)
    if not text.isascii() or not 8 <= len(text) <= 100:
        return "a password has 8 to 100 characters of ASCII"
    return None


def _address(value: object) -> str | None:
    local, at, domain = str(value).rpartition("@")
    if not at or not local or "." not in domain or any(each.isspace() or each in '<>"(),' for each in local):
        return "is no address such as ann@school.example"
    return None


def _orgunit(value: object) -> str | None:
    text = str(value)
    if not text.startswith("/") or "//" in text or (text.endswith("/") and text != "/"):
        return "is no path such as /Students/7"
    if any(each in text for each in "?#%"):
        return "none of ? # % can be in the name of an org unit that a program finds"
    return None


_Check = Callable[[object], "str | None"]
_CHECKS: Mapping[str, Mapping[str, _Check]] = {
    "users": {
        "primaryEmail": _address,
        "name.givenName": _name,
        "name.familyName": _name,
        "password": _password,
        "orgUnitPath": _orgunit,
    },
    "orgunits": {"orgUnitPath": _orgunit},
    "groups": {"email": _address},
    "members": {"email": _address},
}
"""What is looked at before anything is sent: some of it Google would refuse, some it would change."""
