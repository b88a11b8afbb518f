"""What the stand-in holds, and how it behaves: as the API is documented, never compared with Google's."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from tests.google.description import DOCUMENT, Asked, Json

CUSTOMER = "C0stand1n"
ADMIN = "admin@school.example"
REPEATED = frozenset(
    name for name, each in DOCUMENT["schemas"]["User"]["properties"].items() if each.get("type") == "any"
) - {"gender", "notes"}


class RefusedError(Exception):
    """A request is refused with a status, a reason and a message, as Google words them."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(status, reason, message)
        self.status = status
        self.reason = reason
        self.message = message


class Directory:
    """Users, org units, groups and members of one customer.

    `schemas` are the custom schemas that users may have values of. Users are held by id, groups too, and the
    members of a group by address. `largest` are the largest pages.
    """

    def __init__(self) -> None:
        self.schemas: set[str] = {"School"}
        self.largest = {"users": 500, "groups": 200, "members": 200}
        self._taken: dict[str, Json] = {}
        self.domains = {"school.example"}
        self.users: dict[str, Json] = {}
        self.deleted: dict[str, Json] = {}
        self.groups: dict[str, Json] = {}
        self.members: dict[str, dict[str, Json]] = {}
        self.orgunits: dict[str, Json] = {
            "/": {"name": "/", "orgUnitPath": "/", "orgUnitId": "id:root", "kind": "admin#directory#orgUnit"}
        }
        self.add_user(ADMIN, isAdmin=True)

    def add_user(self, email: str, **more: Any) -> Json:
        """Hold a user, with anything that Google could say of it."""
        given = {"primaryEmail": email, "name": {"givenName": "A", "familyName": "B"}, **more}
        user = self._new_user(given)
        user.update({name: more[name] for name in more})
        self._take(user, email, *more.get("aliases", ()))
        return user

    def answer(self, asked: Asked) -> Json | None:
        """Carry a request out (RefusedError where Google would refuse it)."""
        method: Callable[[Mapping[str, str], Any], Json | None]
        method = getattr(self, asked.name.replace(".", "_"))
        return _copied(method(asked.arguments, _copied(asked.body)))

    # -- users ----------------------------------------------------------------------------------------

    def users_list(self, arguments: Mapping[str, str], _body: None) -> Json:
        """A page of the users, or of the deleted ones."""
        self._check_whose(arguments)
        deleted = arguments.get("showDeleted") == "true"
        found = list((self.deleted if deleted else self.users).values())
        if "domain" in arguments:
            found = [each for each in found if each["primaryEmail"].endswith(f"@{arguments['domain']}")]
        page = self._page("users", sorted(found, key=lambda each: str(each["primaryEmail"])), arguments)
        if "users" in page:
            page["users"] = [self._shown(each, arguments) for each in page["users"]]
        return page

    def users_get(self, arguments: Mapping[str, str], _body: None) -> Json:
        """One user."""
        return self._shown(self._user(arguments["userKey"]), arguments)

    def users_insert(self, _arguments: Mapping[str, str], body: Json) -> Json:
        """A new user."""
        name = body.get("name", {})
        for path, value in (
            ("primary_user_email", body.get("primaryEmail")),
            ("given_name", name.get("givenName")),
            ("family_name", name.get("familyName")),
            ("password", body.get("password")),
        ):
            if not value:
                raise RefusedError(400, "required", f"Missing required field: {path}")
        return self._shown(self._new_user(body), {})

    def users_update(self, arguments: Mapping[str, str], body: Json) -> Json:
        """Change what is given; lists whole, null clears."""
        user = self._user(arguments["userKey"])
        self._check_user(body, user)
        self._rename(user, body, "primaryEmail")
        merge(user, body)
        drop_empty(user)
        return self._shown(user, {})

    def users_patch(self, arguments: Mapping[str, str], body: Json) -> Json:
        """Change what is given, but clear no list."""
        kept = {name: value for name, value in body.items() if value or name not in REPEATED}
        return self.users_update(arguments, kept)

    def users_delete(self, arguments: Mapping[str, str], _body: None) -> None:
        """Delete a user, who can be restored for 20 days."""
        user = self.users.pop(self._user(arguments["userKey"])["id"])
        for members in self.members.values():
            members.pop(user["primaryEmail"], None)
        user["deletionTime"] = datetime.now(UTC).isoformat()
        self.deleted[user["id"]] = user

    def users_undelete(self, arguments: Mapping[str, str], body: Json) -> None:
        """Restore a user."""
        user = self.deleted.get(arguments["userKey"])
        if user is None:
            raise RefusedError(404, "notFound", "Resource Not Found: userKey")
        if datetime.now(UTC) - datetime.fromisoformat(user["deletionTime"]) > timedelta(days=20):
            raise RefusedError(412, "conditionNotMet", "User cannot be undeleted any more")
        self._check_free(user["primaryEmail"])
        self._check_orgunit(body.get("orgUnitPath", "/"))
        del self.deleted[user["id"]], user["deletionTime"]
        self._take(user, user["primaryEmail"])
        user["orgUnitPath"] = body.get("orgUnitPath", "/")
        self.users[user["id"]] = user

    def _new_user(self, body: Json) -> Json:
        self._check_user(body, {})
        self._check_free(body["primaryEmail"])
        user: Json = {
            "kind": "admin#directory#user",
            "id": _id(),
            "customerId": CUSTOMER,
            "orgUnitPath": "/",
            "isAdmin": False,
            "isDelegatedAdmin": False,
            "suspended": False,
            "creationTime": datetime.now(UTC).isoformat(),
        }
        merge(user, body)
        user["primaryEmail"] = user["primaryEmail"].lower()
        drop_empty(user)
        self.users[user["id"]] = user
        self._take(user, user["primaryEmail"])
        return user

    def _shown(self, user: Json, arguments: Mapping[str, str]) -> Json:
        shown = {name: value for name, value in user.items() if name not in ("password", "hashFunction")}
        shown["name"] = {**shown["name"], "fullName": " ".join(shown["name"].values())}
        custom = shown.pop("customSchemas", {})
        projection = arguments.get("projection", "basic")
        mask = [each for each in arguments.get("customFieldMask", "").split(",") if each]
        if (projection == "custom") != bool(mask) or not self.schemas.issuperset(mask):
            raise RefusedError(400, "invalid", "Invalid Input: custom_field_mask")
        wanted = custom if projection == "full" else {name: custom[name] for name in mask if name in custom}
        return {**shown, "customSchemas": wanted} if wanted else shown

    def _user(self, key: str) -> Json:
        user = self.users.get(key) or self._holder(key)
        if user is None or user["id"] not in self.users:
            raise RefusedError(404, "notFound", "Resource Not Found: userKey")
        return user

    def _check_user(self, body: Json, user: Json) -> None:
        for part in ("givenName", "familyName"):
            names: Json = body.get("name") or {}
            value = names.get(part, "-")
            if not value or len(value) > 60 or "<" in value or ">" in value:
                raise RefusedError(400, "invalid", f"Invalid Input: Bad request for {part}")
        password = body.get("password", "long enough")
        if not password or not password.isascii() or not 8 <= len(password) <= 100:
            raise RefusedError(400, "invalid", "Invalid Password")
        if not self.schemas.issuperset(body.get("customSchemas") or {}):
            raise RefusedError(400, "invalid", "Invalid Input: custom_schema")
        email = body.get("primaryEmail", ADMIN)
        if email.rpartition("@")[2].lower() not in self.domains:
            raise RefusedError(404, "notFound", "Domain not found.")
        self._check_orgunit(body.get("orgUnitPath", "/"))

    def _check_orgunit(self, path: str) -> None:
        if path not in self.orgunits:
            raise RefusedError(400, "invalid", "Invalid Input: INVALID_OU_ID")

    def _check_free(self, email: str, *, but: Json | None = None) -> None:
        """An address is somebody's also where it is an alias."""
        holder = self._holder(email)
        if holder is not None and holder is not but:
            raise RefusedError(409, "duplicate", "Entity already exists.")

    def _take(self, resource: Json, *addresses: str) -> None:
        self._taken.update(dict.fromkeys(map(str.lower, addresses), resource))

    def _holder(self, address: str) -> Json | None:
        """Return the user or group that has an address, unless it is gone."""
        found = self._taken.get(address.lower())
        if found is None or found["id"] not in (self.groups if "email" in found else self.users):
            return None
        return found

    def _rename(self, resource: Json, body: Json, name: str) -> None:
        """The address that somebody had stays as an alias."""
        if name not in body:
            return
        email = body[name] = body[name].lower()
        if email != resource[name]:
            self._check_free(email, but=resource)
            aliases = {*resource.get("aliases", ()), resource[name]} - {email}
            resource["aliases"] = sorted(aliases)
            self._take(resource, email)

    # -- org units ------------------------------------------------------------------------------------

    def orgunits_list(self, arguments: Mapping[str, str], _body: None) -> Json:
        """The org units at or below one."""
        self._check_customer(arguments["customerId"])
        kind = arguments.get("type", "children")
        top = "/" + arguments.get("orgUnitPath", "").strip("/")
        found = [each for path, each in self.orgunits.items() if path.startswith(top)]
        if kind != "allIncludingParent":
            found = [each for each in found if each["orgUnitPath"] != top]
        if kind == "children":
            found = [each for each in found if each.get("parentOrgUnitPath") == top]
        return {"kind": "admin#directory#orgUnits", "organizationUnits": found}

    def orgunits_get(self, arguments: Mapping[str, str], _body: None) -> Json:
        """One org unit."""
        return self._orgunit(arguments)

    def orgunits_insert(self, arguments: Mapping[str, str], body: Json) -> Json:
        """A new org unit."""
        self._check_customer(arguments["customerId"])
        if not body.get("name") or "/" in body["name"] or not body.get("parentOrgUnitPath"):
            raise RefusedError(400, "invalid", "Invalid Input: name")
        parent = body["parentOrgUnitPath"]
        if parent not in self.orgunits:
            raise RefusedError(404, "notFound", "Org unit not found")
        path = f"{parent.rstrip('/')}/{body['name']}"
        if path in self.orgunits:
            raise RefusedError(409, "duplicate", "Entity already exists.")
        unit = {"kind": "admin#directory#orgUnit", "orgUnitId": f"id:{_id()}", **body, "orgUnitPath": path}
        self.orgunits[path] = unit
        return unit

    def orgunits_patch(self, arguments: Mapping[str, str], body: Json) -> Json:
        """Change, or move, an org unit with all below it."""
        unit = self._orgunit(arguments)
        before = unit["orgUnitPath"]
        merge(unit, body)
        drop_empty(unit)
        after = f"{unit['parentOrgUnitPath'].rstrip('/')}/{unit['name']}"
        if after != before:
            if after in self.orgunits or unit["parentOrgUnitPath"] not in self.orgunits:
                raise RefusedError(400, "invalid", "Invalid Parent Orgunit Id")
            self._move(before, after)
        return unit

    orgunits_update = orgunits_patch

    def orgunits_delete(self, arguments: Mapping[str, str], _body: None) -> None:
        """Delete an org unit that is empty."""
        path = self._orgunit(arguments)["orgUnitPath"]
        below = any(each.get("parentOrgUnitPath") == path for each in self.orgunits.values())
        if below or any(user["orgUnitPath"] == path for user in self.users.values()) or path == "/":
            raise RefusedError(412, "conditionNotMet", "Org unit is not empty")
        del self.orgunits[path]

    def _orgunit(self, arguments: Mapping[str, str]) -> Json:
        self._check_customer(arguments["customerId"])
        path = "/" + arguments["orgUnitPath"].strip("/")
        if path not in self.orgunits:
            raise RefusedError(404, "notFound", "Org unit not found")
        return self.orgunits[path]

    def _move(self, before: str, after: str) -> None:
        for path in [each for each in self.orgunits if each == before or each.startswith(f"{before}/")]:
            unit = self.orgunits.pop(path)
            unit["orgUnitPath"] = after + path[len(before) :]
            if path != before:
                unit["parentOrgUnitPath"] = unit["orgUnitPath"].rpartition("/")[0] or "/"
            self.orgunits[unit["orgUnitPath"]] = unit
        for user in self.users.values():
            if user["orgUnitPath"] == before or user["orgUnitPath"].startswith(f"{before}/"):
                user["orgUnitPath"] = after + user["orgUnitPath"][len(before) :]

    # -- groups and members ---------------------------------------------------------------------------

    def groups_list(self, arguments: Mapping[str, str], _body: None) -> Json:
        """A page of the groups."""
        self._check_whose(arguments)
        found = [self.counted(each) for each in self.groups.values()]
        return self._page("groups", sorted(found, key=lambda each: str(each["email"])), arguments)

    def groups_get(self, arguments: Mapping[str, str], _body: None) -> Json:
        """One group."""
        return self.counted(self._group(arguments["groupKey"]))

    def groups_insert(self, _arguments: Mapping[str, str], body: Json) -> Json:
        """A new group."""
        if not body.get("email"):
            raise RefusedError(400, "required", "Missing required field: email")
        if body["email"].rpartition("@")[2].lower() not in self.domains:
            raise RefusedError(404, "notFound", "Domain not found.")
        self._check_free(body["email"])
        email = body["email"].lower()
        group = {"kind": "admin#directory#group", "id": _id(), "name": email.partition("@")[0], **body}
        group["email"] = email
        self.groups[group["id"]] = group
        self._take(group, email)
        self.members[group["id"]] = {}
        return self.counted(group)

    def groups_patch(self, arguments: Mapping[str, str], body: Json) -> Json:
        """Change a group."""
        group = self._group(arguments["groupKey"])
        self._rename(group, body, "email")
        merge(group, body)
        drop_empty(group)
        return self.counted(group)

    groups_update = groups_patch

    def groups_delete(self, arguments: Mapping[str, str], _body: None) -> None:
        """Delete a group, for good."""
        group = self.groups.pop(self._group(arguments["groupKey"])["id"])
        del self.members[group["id"]]

    def counted(self, group: Json) -> Json:
        """Return a group as it is answered."""
        return {**group, "directMembersCount": str(len(self.members[group["id"]]))}

    def _group(self, key: str) -> Json:
        group = self.groups.get(key) or self._holder(key)
        if group is None or group["id"] not in self.groups:
            raise RefusedError(404, "notFound", "Resource Not Found: groupKey")
        return group

    def members_list(self, arguments: Mapping[str, str], _body: None) -> Json:
        """A page of the members of a group."""
        members = self.members[self._group(arguments["groupKey"])["id"]]
        return self._page("members", [members[email] for email in sorted(members)], arguments)

    def members_get(self, arguments: Mapping[str, str], _body: None) -> Json:
        """One member."""
        return self._member(arguments)

    def members_insert(self, arguments: Mapping[str, str], body: Json) -> Json:
        """A new member."""
        members = self.members[self._group(arguments["groupKey"])["id"]]
        if not body.get("email"):
            raise RefusedError(400, "required", "Missing required field: memberKey")
        email = body["email"].lower()
        if email in members:
            raise RefusedError(409, "duplicate", "Member already exists.")
        kinds: Iterator[str] = ("GROUP" for each in self.groups.values() if each["email"] == email)
        member: Json = {"kind": "admin#directory#member", "id": _id(), "role": "MEMBER", "status": "ACTIVE"}
        members[email] = {**member, **body, "email": email, "type": next(kinds, "USER")}
        return members[email]

    def members_patch(self, arguments: Mapping[str, str], body: Json) -> Json:
        """Change the role of a member."""
        member = self._member(arguments)
        if body.get("role", "MEMBER") not in ("OWNER", "MANAGER", "MEMBER"):
            raise RefusedError(400, "invalid", "Invalid Input: role")
        merge(member, body)
        return member

    members_update = members_patch

    def members_delete(self, arguments: Mapping[str, str], _body: None) -> None:
        """Remove a member."""
        member = self._member(arguments)
        del self.members[self._group(arguments["groupKey"])["id"]][member["email"]]

    def _member(self, arguments: Mapping[str, str]) -> Json:
        key = arguments["memberKey"].lower()
        for member in self.members[self._group(arguments["groupKey"])["id"]].values():
            if key in (member["id"], member["email"]):
                return member
        raise RefusedError(404, "notFound", "Resource Not Found: memberKey")

    def _page(self, items: str, found: list[Json], arguments: Mapping[str, str]) -> Json:
        """Return the page that is asked for; a token names the one after which it begins."""
        size = int(arguments.get("maxResults", "100" if items == "users" else "200"))
        size = min(size, self.largest[items])
        token = arguments.get("pageToken", "")
        start = 0
        if token:
            at = [index for index, each in enumerate(found) if f"after-{each['id']}" == token]
            if not at:
                raise RefusedError(400, "invalid", "Invalid Input: Bad request for pageToken")
            start = at[0] + 1
        page: Json = {"kind": f"admin#directory#{items}"}
        shown = found[start : start + size]
        if shown:
            page[items] = shown
        if start + size < len(found):
            page["nextPageToken"] = f"after-{shown[-1]['id']}"
        return page

    # -- whose ----------------------------------------------------------------------------------------

    def _check_whose(self, arguments: Mapping[str, str]) -> None:
        if ("customer" in arguments) == ("domain" in arguments):
            raise RefusedError(400, "badRequest", "Bad Request: customer or domain")
        if "customer" in arguments:
            self._check_customer(arguments["customer"])
        elif arguments["domain"] not in self.domains:
            raise RefusedError(404, "notFound", "Domain not found.")

    def _check_customer(self, customer: str) -> None:
        if customer not in ("my_customer", CUSTOMER):
            raise RefusedError(400, "invalid", "Invalid Input: customer")


def _copied(value: Any) -> Any:
    """Return a deep copy of what JSON can hold, by way of JSON: several times as fast as `deepcopy`."""
    return json.loads(json.dumps(value))


def _id() -> str:
    return str(uuid.uuid4().int)[:21]


def merge(held: Json, body: Mapping[str, Any]) -> None:
    """Change what is given: objects property by property, lists whole; null clears."""
    for name, value in body.items():
        if value is None:
            held.pop(name, None)
        elif isinstance(value, dict):
            merge(held.setdefault(name, {}), cast("Json", value))
        else:
            held[name] = value


def drop_empty(held: Json) -> None:
    """An empty text or list is none, and is not in an answer."""
    for name in [name for name, value in held.items() if value in ("", [], {})]:
        del held[name]
