"""Records of the target that no key of the left side leads to, and which of them a new record adopts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from dss_runtime._blank import blank
from dss_runtime._errors import DeclarationError
from dss_runtime._fields import ModelInfo
from dss_runtime._model import with_value
from dss_runtime._typing import override

if TYPE_CHECKING:
    from dss_runtime._actions import New
    from dss_runtime._branch import Branch

Form: TypeAlias = tuple[Hashable, ...]
"""What tells who a record is: its matched fields in canonical form."""


@dataclass(frozen=True, slots=True, repr=False)
class Unclaimed:
    """A record of the target without a key, or under a `key` that the left side no longer has.

    It is no record of the model, which always has a key. `fields` are its values as far as they can be read,
    those of the key left out; `unreadable` names the fields that hold something which cannot be. `cells` is
    what finds it again: as the system itself has it, by field, or whatever a project's importer puts there.
    """

    fields: Mapping[str, object] = field(hash=False)
    cells: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)
    unreadable: frozenset[str] = frozenset()
    key: Hashable = None

    def has(self, name: str) -> bool:
        """Return whether there is something in the field *name*."""
        return name in self.unreadable or not blank(self.fields.get(name))

    @override
    def __repr__(self) -> str:
        return f"<Unclaimed, {len(self.fields)} fields>"  # nothing here knows which ones are sensitive


def kept_fields(
    branch: Branch[Any, Any], existing: Any, owned: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return the fields of the system's own of which *existing*, a record or unclaimed, has something."""
    if isinstance(existing, Unclaimed):
        return frozenset(filter(existing.has, branch.owned | owned))
    return frozenset(name for name in branch.owned | owned if not blank(getattr(existing, name, None)))


def record_after(branch: Branch[Any, Any], action: New[Any, Any]) -> Any:
    """Return what a new record is once it is there: one that was there before keeps what is its own."""
    existing = action.adopts or branch.retired.get(action.key)
    record = action.left
    for name in () if existing is None else sorted(kept_fields(branch, existing)):
        if isinstance(existing, Unclaimed):
            record = with_value(record, name, existing.fields.get(name, getattr(record, name)))
        else:
            record = with_value(record, name, getattr(existing, name))
    return record


def form_of(info: ModelInfo, names: tuple[str, ...], value: Callable[[str], Any]) -> Form | None:
    """Return who a record is by the fields *names*, None where one of them holds nothing."""
    found: list[Hashable] = []
    for name in names:
        given = value(name)
        form: Hashable = info[name].type.canonical(given) if info.fields and given is not None else given
        if blank(given) or blank(form):
            return None
        found.append(form)
    return tuple(found)


class Claims:
    """Which new records of the left side adopt which unclaimed ones of the target: one, or none.

    A record is adopted where it is the only one on its side that its matched fields tell, and the new record
    is the only one on the left. Anything else is for a person to decide.
    """

    def __init__(
        self, left: Branch[Any, Any], right: Branch[Any, Any], protected: Callable[[Hashable], str | None]
    ) -> None:
        self._left = left
        self._right = right
        self._protected = protected
        self._found: dict[Form, list[Unclaimed]] = {}
        self._claimants: Counter[Form] = Counter()
        self._others: Counter[Form] = Counter()
        self.claimed: dict[Hashable, str] = {}
        """Why a record that seems old is left alone: it may be a new one, by its key."""
        self.adopted: set[Hashable] = set()
        """The keys that move: what has one is not old."""
        if right.matched_by:
            self._search()

    def _search(self) -> None:
        right = self._right
        if right.follows_keys:
            _refuse_referred(right)
        for each in chain(right.unclaimed, self._of_gone_keys()):
            form = form_of(right.info, right.matched_by, each.fields.get)
            if form is not None:
                self._found.setdefault(form, []).append(each)
        if not self._found:
            return
        self._claimants.update(self._known(self._left.values()))
        self._others.update(self._known(record for key, record in _keyed(right) if not self._is_gone(key)))

    def _of_gone_keys(self) -> Iterator[Unclaimed]:
        for key, record in _keyed(self._right):
            if self._is_gone(key):
                yield unclaimed_of(self._right, key, record)

    def _is_gone(self, key: Hashable) -> bool:
        return self._right.follows_keys and key not in self._left

    def _known(self, records: Any) -> Iterator[Form]:
        for record in records:
            form = self._form(record)
            if form in self._found:
                yield form

    def _form(self, record: Any) -> Form:
        found = form_of(self._right.info, self._right.matched_by, lambda name: getattr(record, name, None))
        return found or ()

    def judged(self, new: New[Any, Any]) -> tuple[New[Any, Any], str | None]:
        """Return *new* with what it adopts, or with an error, and why it is held back where it is."""
        if not self._found or new.key in self._right.retired:
            return new, None
        form = self._form(new.left)
        found = self._found.get(form, [])
        if not found:
            return new, None
        keys = [each.key for each in found if each.key is not None]
        doubt = next(filter(None, map(self._protected, keys)), None)
        several = self._several(form, len(found))
        if several or doubt is not None or new.error is not None:
            self.claimed.update(dict.fromkeys(keys, f"{new.message} may be this record"))
        else:
            self.adopted.update(keys)
        if several:
            return replace(new, error=new.error or several), doubt
        return replace(new, adopts=found[0], matched_by=self._right.matched_by), doubt

    def _several(self, form: Form, found: int) -> str:
        """Return why nobody can tell which record a new one with *form* is, "" where that is plain."""
        by = " and ".join(self._right.matched_by)
        ours, theirs = self._claimants[form], self._others[form] + found
        told: list[str] = []
        if theirs > 1:
            told.append(f"{theirs} records of {self._right.tree.name} match it by {by}")
        if ours > 1:
            told.append(f"{ours} records of {self._left.tree.name} have the same {by}")
        if not told:
            return ""
        key = " and ".join(self._right.info.key)
        return f"{'; '.join(told)}: write the {key} of the right one into its record there"


def unclaimed_of(branch: Branch[Any, Any], key: Hashable, record: Any) -> Unclaimed:
    """Return a record of the target, under a key that the left side no longer has, as one to be adopted."""
    names = [each.name for each in branch.info.fields if not each.derived] or list(branch.matched_by)
    values = {name: getattr(record, name, None) for name in names if name not in branch.info.key}
    return Unclaimed(values, key=key)


def _keyed(branch: Branch[Any, Any]) -> Iterator[tuple[Any, Any]]:
    return chain(branch.items(), branch.retired.items())


def _refuse_referred(branch: Branch[Any, Any]) -> None:
    """Raise DeclarationError where records of the tree name those of *branch* by their keys.

    Such a record would refer to a key that has moved away: nobody knows whether its system follows by itself.
    """
    for other in branch.tree.branches:
        if any(each.ref in branch.info.kinds for each in other.info.refs):
            raise DeclarationError(
                f"{branch.fullname}: keys cannot move, since {other.fullname} refers to its records by them"
            )
