"""Trees of every adapter, with all that a branch of a tree may say."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.strategies import texts
from tests.strategies.fields import Field
from tests.strategies.models import Model
from tests.strategies.pipelines import condition, pipeline

Body = dict[str, Any]
NO_MATCH = ("set", "list", "json", "bytes")
"""Types whose values tell nobody who a record is."""
MAPS_COLUMNS = ("csv", "parquet", "oneroster", "sql", "scim", "ldap")
READ_ONLY = ("csv", "parquet")
_REFERS = ("scim", "ldap")
_URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_PATHS = (
    "userName", "name.givenName", "emails.value", 'emails[type eq "work"].value', "active",
    'x509[a eq true and b eq "q\\"\\\\"]', f"{_URN}:manager.value", "$ref", "meta.created",
)  # fmt: skip
"""What columns of a service may be called."""
_NO_PART_OF_A_NAME = ("set", "list", "json", "bytes")
_BY_THEIR_OWN_NAMES = ("Student_Number", "First Name", "Größe", "class", "str", "[01]Name", "__x", "self")
"""Columns that no alias stands for."""


def names(rng: Random, model: Model, used: set[str], share: float) -> Body:
    """Return the key `generate` of a branch, for some fields that are not in *used*."""
    plain = [
        each
        for each in model.fields
        if not each.body.get("sensitive") and each.type not in _NO_PART_OF_A_NAME
    ]
    found: Body = {}
    for each in plain:
        free = not each.required and not each.body.get("default") and each.name not in {*used, *model.key}
        usable = [other.name for other in plain if other.name not in found and other.name != each.name]
        if each.type == "str" and "ref" not in each.body and free and usable and rng.random() < share:
            patterns = [pipeline(rng, "", usable) for _ in range(rng.randint(1, 3))]
            found[each.name] = {"patterns": patterns} if rng.random() < 0.7 else patterns[0]
    return {"generate": found} if found else {}


def _share_names(rng: Random, held: Body, models: dict[str, Model]) -> None:
    """Let some branches have the names of a field in common with others."""
    for body in held.values():
        for field, given in body.get("generate", {}).items():
            others = [
                each
                for each in held
                if field not in held[each].get("omit", ())
                and any(other.name == field for other in models[each].fields)
            ]
            if isinstance(given, dict) and rng.random() < 0.6:
                given["unique"] = rng.sample(others, rng.randint(1, len(others)))


def random_tree(rng: Random, adapter: str, branches: Sequence[tuple[str, Model]]) -> Body:
    """Return a tree that holds some of *branches*."""
    held: Body = {}
    for name, model in rng.sample(list(branches), rng.randint(1, len(branches))):
        sources = [each for each in held if rng.random() < 0.7]
        derived = bool(sources) and rng.random() < 0.15
        held[name] = _derived(rng, model, sources) if derived else _held(rng, adapter, model)
    _refer(rng, held, [name for name, model in branches if name in held and len(model.key) == 1])
    _share_names(rng, held, dict(branches))
    body: Body = {"adapter": adapter, "branches": held}
    if rng.random() < 0.3:
        body["doc"] = texts.lines(rng)
    return body


def _refer(rng: Random, held: Body, usable: Sequence[str]) -> None:
    """Let columns hold ids of records of some branches in *usable*, or no longer."""
    for each in held.values():
        for column in each.get("references", ()):
            each["references"][column] = (
                rng.sample(list(usable), rng.randint(1, len(usable))) if usable else []
            )
        if not usable:
            each.pop("references", None)


def _derived(rng: Random, model: Model, sources: list[str]) -> Body:
    body: Body = {"derived_from": sources}
    _who_owns(rng, body, model, _omit(rng, body, model))
    body.update({"old": "keep"} if rng.random() < 0.2 else {})
    return body


def _held(rng: Random, adapter: str, model: Model) -> Body:
    body: Body = {}
    if adapter == "csv":
        _file(rng, body)
    elif adapter == "parquet":
        _columnar(rng, body)
    elif adapter == "sql":
        _table(rng, body)
    elif adapter == "scim":
        _resource(rng, body)
    elif adapter == "oneroster":
        _roster(rng, body)
    elif adapter == "ldap":
        _entries(rng, body)
    omitted = _omit(rng, body, model)
    if adapter not in READ_ONLY:
        body.update(names(rng, model, omitted, 0.8))
    named = set(body.get("generate", ()))
    if adapter in MAPS_COLUMNS:
        _map_columns(rng, body, model, omitted, named, _PATHS if adapter == "scim" else ())
    if adapter in _REFERS and body.get("columns") and rng.random() < 0.4:
        body["references"] = {rng.choice(list(body["columns"].values())): []}
    _who_owns(rng, body, model, omitted | named)
    if rng.random() < 0.2:
        body["old"] = rng.choice(("delete", "keep"))
    elif (adapter in _REFERS or "table" in body) and rng.random() < 0.4:
        _set_aside(rng, body, _PATHS if adapter == "scim" else ())
    _adopt(rng, adapter, body, model, omitted)
    if adapter == "sql" and "table" in body:
        _look_up(rng, body, model, omitted)
    if rng.random() < 0.2:
        body["unreadable"] = rng.choice(("quarantine", "error"))
    return body


def _columnar(rng: Random, body: Body) -> None:
    body["path"] = rng.choice(("things.parquet", "a b/things_*.arrow", ["a.feather", "part-*.parquet"]))
    if "*" in str(body["path"]) and rng.random() < 0.5:
        body["newest"] = rng.random() < 0.8


def _file(rng: Random, body: Body) -> None:
    body["path"] = rng.choice(("things.txt", "a b/things*.txt", ["district.csv", "Größe'n.csv"]))
    if rng.random() < 0.3:
        body["delimiter"] = rng.choice(("tab", ";", "|", "'", "\\", "{"))
    if rng.random() < 0.3:
        body["encoding"] = rng.choice(("utf-8", "cp1252", "utf-16", "latin-1"))
    if rng.random() < 0.3:
        body["header"] = False
    elif rng.random() < 0.3:
        body["prefix"] = True
    if rng.random() < 0.2:
        body["quote"] = rng.choice(("none", "~"))
    if "*" in body["path"]:
        body["newest"] = rng.choice((True, False))


def _table(rng: Random, body: Body) -> None:
    if rng.random() < 0.25:
        body["query"] = (
            f"select *\nfrom t where x = {texts.lines(rng)!r} and y like '%{texts.line(rng)}' -- :a"
        )
        return
    name = "".join(each for each in texts.line(rng, low=1, high=30) if each not in ". \u00a0\ufeff") or "t"
    body["table"] = rng.choice(("mdl_user", "school.people", f"t{name}"))
    if rng.random() < 0.4:
        body["insert"] = _values(rng)


def _resource(rng: Random, body: Body) -> None:
    body["resource"] = rng.choice(("Users", "Groups", "Devices_2"))
    if rng.random() < 0.3:
        body["filter"] = f'userType eq "{texts.line(rng)}"'
    if rng.random() < 0.4:
        body["insert"] = _values(rng, _PATHS)


def _roster(rng: Random, body: Body) -> None:
    body["file"] = rng.choice(("users", "orgs", "enrollments"))
    if rng.random() < 0.6:
        body["standard"] = rng.choice(("oneroster-1.1", "oneroster-1.2", "sds-2.1"))


def _entries(rng: Random, body: Body) -> None:
    body["base"] = rng.choice(("ou=people", "ou=a\\, b,dc=school", texts.line(rng, low=1)))
    body["object_class"] = rng.choice(("inetOrgPerson", ["account", "posixAccount"]))
    body["rdn"] = rng.choice(("uid", "cn"))
    if rng.random() < 0.3:
        body["filter"] = f"(cn={texts.line(rng)})"
    if rng.random() < 0.3:
        body["depth"] = rng.choice(("one", "all"))
    if rng.random() < 0.3:
        body["placeholder"] = "cn=nobody"
    if rng.random() < 0.3:
        body["password"] = "random"
    if rng.random() < 0.4:
        body["insert"] = _values(rng)


def _values(rng: Random, paths: Sequence[str] = ()) -> Body:
    choices: tuple[Any, ...] = (True, False, 0, 42, -7, "0042", "true", texts.line(rng))
    return {_column(rng, paths): rng.choice(choices) for _ in range(rng.randint(1, 3))}


def _column(rng: Random, paths: Sequence[str]) -> str:
    """Return what a column is called: one of *paths*, where the adapter takes no other texts."""
    return rng.choice(paths) if paths else texts.line(rng, low=1)


def _set_aside(rng: Random, body: Body, paths: Sequence[str]) -> None:
    # What `where` looks at is not set: it could leave the record out.
    seen = {*body.get("columns", {}).values(), *_BY_THEIR_OWN_NAMES} if "where" in body else set[str]()
    values = {"suspended": True} if rng.random() < 0.5 else _values(rng, paths)
    old: Body = {"set": {name: each for name, each in values.items() if name not in seen} or {"aside": True}}
    body["old"] = old
    if not all(isinstance(each, bool) for each in body["old"]["set"].values()) or rng.random() < 0.3:
        body["returns"] = {"set": _values(rng, paths)}
    if rng.random() < 0.4:
        old["delete_after"] = rng.choice(("1 day", "30 days", "9999 days"))


def _adopt(rng: Random, adapter: str, body: Body, model: Model, omitted: set[str]) -> None:
    """Perhaps let new records adopt those without a key, by fields that are read as they are."""
    made = {name for way in ("transform", "computed", "const") for name in body.get(way, ())}
    known = [
        each.name
        for each in model.fields
        if each.name not in (*model.key, *omitted, *made) and each.type not in NO_MATCH
    ]
    if (
        adapter in (*READ_ONLY, "oneroster")
        or not known
        or made.intersection(model.key)
        or "where" in body
        or rng.random() < 0.5
    ):
        return
    body["match"] = rng.sample(known, rng.randint(1, min(3, len(known))))


def _look_up(rng: Random, body: Body, model: Model, omitted: set[str]) -> None:
    """Perhaps hold ids in place of what some fields hold, in columns that nothing else looks at."""
    if "where" in body:
        return
    made = {name for way in ("transform", "computed", "const", "generate") for name in body.get(way, ())}
    templates = " ".join(body.get("transform", {}).values())
    columns = [body.get("columns", {}).get(each.name, each.name) for each in model.fields]
    every = [*columns, *body.get("columns", {}).values(), *body.get("returns", {}).get("set", ())]
    if isinstance(body.get("old"), dict):
        every += body["old"]["set"]
    lookups: Body = {}
    for each, column in zip(model.fields, columns, strict=True):
        alone = every.count(column) <= 1 + (each.name in body.get("columns", {})) and column not in templates
        if each.type not in ("str", "int", "uuid") or each.name in {*made, *omitted}:
            continue
        if each.name in templates or not alone or rng.random() < 0.5:
            continue
        lookups[each.name] = {
            "table": rng.choice(("mdl_course", "other.place")),
            "key": rng.choice(("idnumber", "the key", texts.line(rng, low=1))),
            "value": rng.choice(("id", "the id")),
            **({"where": "deleted == 0 and `kind of row` in ['a', \"b'c\"]"} if rng.random() < 0.3 else {}),
            **({"none": rng.choice((0, "", "none"))} if not each.required and rng.random() < 0.3 else {}),
            **({"others": rng.choice(("report", "ignore"))} if rng.random() < 0.5 else {}),
        }
    if lookups:
        body["lookup"] = lookups


def _omit(rng: Random, body: Body, model: Model) -> set[str]:
    names = [
        each.name
        for each in model.fields
        if not each.required and each.name not in model.key and rng.random() < 0.25
    ]
    if names:
        body["omit"] = names
    return set(names)


def _who_owns(rng: Random, body: Body, model: Model, omitted: set[str]) -> None:
    policies = {
        each.name: rng.choice(("always", "create_only", "fill_empty", "never"))
        for each in model.fields
        if each.name not in omitted and each.name not in model.key and rng.random() < 0.2
    }
    if policies:
        body["sync"] = policies


def _map_columns(
    rng: Random, body: Body, model: Model, omitted: set[str], named: set[str], paths: Sequence[str]
) -> None:
    positional = body.get("header") is False
    columns: dict[str, Any] = {}
    others = () if positional else _BY_THEIR_OWN_NAMES
    ways: dict[str, Any] = {"transform": {}, "computed": [], "const": {}, "split": {}}
    raw = ["_raw", "_a", "_class", "_property", "_str", "_self", *(f"_{each.name}" for each in model.fields)]
    for alias in rng.sample([each for each in raw if len(each) < 64], rng.randint(0, 2)):
        columns[alias] = len(columns) + 7 if positional else _column(rng, paths)
    usable = [*columns, *others]
    for field in model.fields:
        if field.name not in omitted:
            plain = field.name in named
            _map_field(rng, field, columns, ways, usable, positional=positional, plain=plain, paths=paths)
    if columns and rng.random() < 0.5:
        columns = dict(rng.sample(list(columns.items()), len(columns)))
    body.update({name: each for name, each in {"columns": columns, **ways}.items() if each})
    seen = [*columns, *others]
    if seen and rng.random() < 0.3:
        body["where"] = condition(rng, seen)


def _map_field(
    rng: Random,
    field: Field,
    columns: dict[str, Any],
    ways: dict[str, Any],
    usable: list[str],
    *,
    positional: bool,
    plain: bool,
    paths: Sequence[str],
) -> None:
    """Say where one field comes from; what is in *usable* can be named in templates afterwards.

    A field that is *plain* has nothing but a column of its own.
    """
    roll = 1.0 if plain else rng.random()
    own = positional or rng.random() < 0.4
    if roll < 0.12:
        ways["computed"].append(field.name)
    elif roll < 0.2:
        ways["const"][field.name] = field.text(rng)
    else:
        made = roll < 0.45 and (own or usable or not positional)
        if own:
            columns[field.name] = len(columns) if positional else _column(rng, paths)
        if made:
            named = field.name if own or not positional else ""
            ways["transform"][field.name] = pipeline(rng, named, usable)
        if field.type in ("set", "list") and rng.random() < 0.4:
            ways["split"][field.name] = rng.choice((";", "|", ", ", "\\", "'", "{}"))
    usable.append(field.name)
