"""What is left after a run, difference by difference, and gathered for a report: texts only, masked."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple, cast

from dss_runtime._actions import MASK, Action, describe_key
from dss_runtime._fields import Field, info_of
from dss_runtime._outcomes import Outcome
from dss_runtime._shown import text_of
from dss_runtime.verifying._causes import CAUSES, Cause, cause_of
from dss_runtime.verifying._seen import Fate, Seen

EXAMPLES = 3
"""How many records a report names of those that share a cause."""

_LONGEST = 80
_NO_RECORD = "no record"
_RECORD = "the record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference that is still there.

    `attribute` is "" for a whole record. `wanted`, `found` and `before`, what the target held before the
    run, are canonical forms as texts, those of sensitive fields masked.
    """

    branch: str
    record: str
    attribute: str
    wanted: str
    found: str
    before: str
    cause: Cause
    seen: Seen = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """A cause that differences of one field share: how many, and a few of them."""

    branch: str
    attribute: str
    cause: str
    tells: str
    advice: str
    count: int
    examples: tuple[Finding, ...]


class Ran(NamedTuple):
    """An action of the run, and what became of it."""

    action: Action
    outcome: Outcome


def find(remaining: Iterable[Action], ran: Iterable[tuple[Action, Outcome]]) -> Iterator[Finding]:
    """Yield a finding for each field, or whole record, that *remaining* holds after a run of *ran*."""
    by_record: dict[tuple[str, Hashable], list[Ran]] = {}
    for action, outcome in ran:
        by_record.setdefault((action.branch, action.key), []).append(Ran(action, outcome))
    for (branch, key, _), group in groupby(remaining, _of_one_field):
        actions = list(group)
        yield _finding(actions[0], _concerned(actions, by_record.get((branch, key), [])))


def _of_one_field(action: Action) -> tuple[str, Hashable, str]:
    return action.branch, action.key, action.kind if action.attribute is None else action.attribute


def _concerned(actions: Sequence[Action], ran: Sequence[Ran]) -> list[Ran]:
    """Return what of a record's actions was to make the difference that *actions* are go away.

    Of a set or list, the same members where there are some: what became of another one says nothing of them.
    """
    first, members = actions[0], [_member(each) for each in actions]
    same = [each for each in ran if _of_one_field(each.action) == _of_one_field(first)]
    very = [each for each in same if _member(each.action) in members]
    made = [each for each in ran if each.action.kind == "new"]
    return very or same or (made if first.attribute is not None else [])


def _member(action: Action) -> tuple[str, object]:
    """Return what *action* does, and to which member of a set if it is about one."""
    return action.kind, getattr(action, "item", None)


def _finding(action: Action, ran: Sequence[Ran]) -> Finding:
    fate: Fate = "meanwhile"
    if ran:
        fate = "written" if all(each.outcome.ok for each in ran) else "refused"
    record = action.right if action.kind == "old" else action.left
    told = describe_key(record, action.key)
    if action.attribute is None:
        wanted, found = (_NO_RECORD, _RECORD) if action.kind == "old" else (_RECORD, _NO_RECORD)
        seen = Seen(None, action.left, action.right, fate=fate)
        before = found if ran else wanted
    else:
        name: str = action.attribute
        of = info_of(record)[name]
        values = getattr(action.left, name), getattr(action.right, name)
        then = ran[0].action.right if ran else action.left
        kept = then is not None and _same(of, getattr(then, name), values[1])
        seen = Seen(of, *values, kept, fate)
        wanted, found = (form_of(of, value) for value in values)
        before = _NO_RECORD if then is None else form_of(of, getattr(then, name))
    return Finding(
        branch=action.branch,
        record=told,
        attribute=action.attribute or "",
        wanted=wanted,
        found=found,
        before=before,
        cause=cause_of(seen)[0],
        seen=seen,
    )


def _same(field: Field, one: Any, other: Any) -> bool:
    return field.type.canonical(one) == field.type.canonical(other)


def form_of(field: Field, value: Any) -> str:
    """Return the canonical form of *value* as a person reads it, masked where the field is sensitive."""
    if field.sensitive and value is not None:
        return repr(MASK)
    text = _text(field.type.canonical(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _text(form: Any) -> str:
    match form:
        case frozenset():
            return f"{{{', '.join(sorted(map(_text, cast('frozenset[object]', form))))}}}"
        case tuple():
            return f"({', '.join(map(_text, cast('tuple[object, ...]', form)))})"
        case None | str() | bytes():
            return text_of(form)
        case _:
            return text_of(form, str)


def likely(findings: Iterable[Finding]) -> tuple[Likely, ...]:
    """Gather *findings* that share a field and a cause, in the order of the first of each.

    A cause that explains all differences of a field is likelier than one for each of them.
    """
    fields: dict[tuple[str, str, Fate], list[Finding]] = {}
    for each in findings:
        fields.setdefault((each.branch, each.attribute, each.seen.fate), []).append(each)
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for members in fields.values():
        shared = next(filter(partial(_explains_all, members), CAUSES[:-1]), None)
        for each in members:
            told = each if shared is None else replace(each, cause=shared)
            groups.setdefault((told.branch, told.attribute, told.cause.name), []).append(told)
    return tuple(map(_gathered, groups.values()))


def _explains_all(findings: Iterable[Finding], cause: Cause) -> bool:
    return all(cause.explains(each.seen) is not None for each in findings)


def _gathered(group: Sequence[Finding]) -> Likely:
    first = group[0]
    of = first.seen.field
    doubtful = first.cause.doubtful(each.seen for each in group)
    detail = _joined([detail for each in group if (detail := first.cause.explains(each.seen)) is not None])
    if of is not None and of.sensitive and detail != "":
        detail = MASK
    return Likely(
        branch=first.branch,
        attribute=first.attribute,
        cause=first.cause.name,
        tells=first.cause.told(detail, doubtful=doubtful),
        advice=first.cause.advised(of, detail, doubtful=doubtful),
        count=len(group),
        examples=tuple(group[:EXAMPLES]),
    )


def _joined(details: Sequence[int | str]) -> int | str:
    """Return the largest of numbers, which covers all of them, and all there are of texts."""
    numbers = [each for each in details if isinstance(each, int)]
    return max(numbers) if numbers else ", ".join(sorted({str(each) for each in details}))
