"""Which requests carry a work out, told from the record and from the resource as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dss_runtime import Branch, Outcome, Work
from dss_runtime._unclaimed import kept_fields
from dss_runtime.adapters.google._client import Call
from dss_runtime.adapters.google._identity import holder_of, is_holders, is_in_scope, names_of
from dss_runtime.adapters.google._passwords import new_password
from dss_runtime.adapters.google._paths import Json
from dss_runtime.adapters.google._settings import Settings
from dss_runtime.adapters.google._target import GoogleTarget
from dss_runtime.adapters.google._values import UnfitError, body_of, has_constants, missing_in, without_nulls

SUSPENDED = {"suspended": True}


class Requests:
    """Makes the requests for the works of one branch."""

    def __init__(self, target: GoogleTarget, branch: Branch[Any, Any], settings: Settings) -> None:
        self._target = target
        self._branch = branch
        self._settings = settings
        self._kind = target.kind

    def needs_current(self, work: Work) -> bool:
        """Return whether *work* is about a resource that is there already."""
        return work.phase != "new" or work.adopts is not None or work.key in self._branch.retired

    def early(self, work: Work) -> Outcome | None:
        """Return the outcome of a work that needs no request."""
        if work.phase == "old" and not work.final and self._target.old == "keep":
            return Outcome.skipped("old records of this branch are kept")
        if work.phase == "changed" and not self._changeable(work.attributes):
            return self._nothing(work)
        return None

    def get(self, work: Work) -> Call:
        """Return the request for the resource of *work* as it is now (UnfitError for no address)."""
        return Call("get", self.found_by(names_of(self._target, holder_of(work, self._branch))))

    def found_by(self, names: tuple[str, ...]) -> dict[str, object]:
        """Return the parameters that find a resource (UnfitError where it has no name)."""
        if not all(names):
            raise UnfitError(f"{' and '.join(self._kind.identity)}: is empty, and finds no {self._kind.noun}")
        return self._kind.found_by(names, self._settings.customer)

    def create(self, work: Work) -> Call:
        """Return the request for a new resource (UnfitError for what Google does not take)."""
        target, kind = self._target, self._kind
        fields = [name for name in target.columns if name not in target.unwritten]
        where = self.found_by(names_of(target, work.left))
        body = without_nulls(body_of(target, work.left, fields, dict(target.insert), {}))
        missing = missing_in(target, body)
        if missing is not None:
            raise UnfitError(f"{missing}: is empty, and Google takes no {kind.noun} without it")
        self._check_place(work, body)
        arguments: dict[str, object] = {}
        if kind.collection == "users":
            body.setdefault("password", new_password())
            body.setdefault("changePasswordAtNextLogin", True)
        elif kind.collection != "groups":
            arguments = {name: where[name] for name in ("customerId", "groupKey") if name in where}
        return Call("insert", arguments, body)

    def restore(self, work: Work, deleted: Json) -> Call:
        """Return the requests that bring back a *deleted* user and make it the record (UnfitError)."""
        body = self._taken_over(work, deleted, frozenset(), {"suspended": False, **self._target.returns})
        self._check_place(work, body)
        where = {"userKey": str(deleted["id"])}
        change = Call(self._kind.change, where, body)
        return Call("undelete", where, {"orgUnitPath": str(body.get("orgUnitPath") or "/")}, then=change)

    def change(self, work: Work, current: Json) -> Call | Outcome:
        """Return the requests that carry out a work on *current* (UnfitError), or why there is none."""
        target, holder = self._target, holder_of(work, self._branch)
        if not is_holders(target, current, holder) or not is_in_scope(target, current):
            return Outcome.failed(f"there is no such {self._kind.noun} any more")
        where = self._found_now(work, current)
        if work.phase == "new":
            kept = kept_fields(self._branch, work.adopts or holder, target.create_only)
            return Call(self._kind.change, where, self._taken_over(work, current, kept, target.returns))
        if work.phase == "changed":
            body = body_of(target, work.left, self._changeable(work.attributes), {}, current)
            if "orgUnitPath" in body:
                self._check_place(work, body)
            return self._guarded(current, Call(self._kind.change, where, body))
        if work.final and not has_constants(current, target.set):
            return Outcome.failed("it is not set aside any more")
        if target.old == "set" and not work.final:
            body = body_of(target, holder, (), target.set, current)
            return self._guarded(current, Call(self._kind.change, where, body))
        delete = Call("delete", where)
        if self._kind.collection == "users" and current.get("suspended") is not True:
            delete = Call(self._kind.change, where, dict(SUSPENDED), then=delete)
        return self._guarded(current, delete)

    def _guarded(self, current: Json, call: Call) -> Call | Outcome:
        """Return *call*, unless it takes away from an administrator what nobody has allowed to."""
        suspends = call.body is not None and call.body.get("suspended") is True
        is_admin = current.get("isAdmin") is True or current.get("isDelegatedAdmin") is True
        if is_admin and (suspends or call.method == "delete") and not self._settings.admins:
            return Outcome.rejected(
                "is an administrator, and none is suspended or deleted; "
                f"[trees.{self._settings.tree}] admins = true in dss.toml allows it"
            )
        return call

    def _found_now(self, work: Work, current: Json) -> dict[str, object]:
        """Return the parameters that find *current*: users by their id, which no rename changes."""
        if self._kind.collection == "users":
            return {"userKey": str(current["id"])}
        return dict(self.get(work).arguments)

    def _taken_over(
        self, work: Work, current: Json, kept: frozenset[str], constants: Mapping[str, object]
    ) -> Json:
        fixed = self._target.unwritten | kept
        fields = [name for name in self._target.columns if name not in fixed]
        return body_of(self._target, work.left, fields, constants, current)

    def _check_place(self, work: Work, body: Json) -> None:
        """Raise UnfitError for a record that the branch would not find again where it is written."""
        target, kind = self._target, self._kind
        names = names_of(target, work.left)
        placed = {**body, "group": {"email": names[0]}}
        placed["orgUnitPath"] = names[0] if kind.collection == "orgunits" else body.get("orgUnitPath", "/")
        if not kind.holds(placed, target.below, target.groups):
            path = "orgUnitPath" if target.below else kind.identity[0]
            raise UnfitError(f"{path}: is not in {target.below or target.groups}, where the branch is")

    def _changeable(self, attributes: Iterable[str]) -> list[str]:
        target = self._target
        fixed = {*target.unwritten, *target.create_only, *target.key}
        return [name for name in attributes if name in target.columns and name not in fixed]

    def _nothing(self, work: Work) -> Outcome:
        """Return the outcome of a work none of whose attributes the adapter writes."""
        known = [name for name in work.attributes if name in self._target.columns]
        if known:
            return Outcome.skipped(f"{', '.join(known)}: by the schema, this is not written here")
        now = self._branch.get(work.key)
        if all(getattr(now, name, None) == getattr(work.left, name) for name in work.attributes):
            return Outcome.applied("follows from the other fields")
        return Outcome.rejected(f"{', '.join(work.attributes)}: there is no column for it; write a handler")
