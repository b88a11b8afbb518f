"""Changes of a field's options: what counts as the same value, and what fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from .. import fieldtypes
from ..schema.resolved import Field
from .comparing import Holding
from .words import UNREADABLE, UNWRITTEN, listed, once, targets

Effect = Callable[[tuple[Holding, ...]], str]
Value: TypeAlias = str | int | frozenset[str] | None
"""What an option says; words in no order."""
OptionChange = tuple[str, str, str, Effect]
"""A rule, the option, a message, and what the change does."""

_steps = ("second", "millisecond", "microsecond")
_folds = {"casefold": "case", "ascii": "accents", "trim": "outer spaces"}
_rules = {
    "compare": "compare-changed",
    "null_equals_empty": "compare-changed",
    "scale": "precision-changed",
    "precision": "precision-changed",
    "zone": "zone-changed",
}


def option_drafts(old: Field, new: Field, what: str) -> Iterator[OptionChange]:
    """Yield what changed of the options of two fields of one type; *what* is how messages call the field."""
    before, after = _options(old), _options(new)
    for name in sorted(before):
        was, now = before[name], after[name]
        if was == now:
            continue
        message = f"{what} has {name} {_told(now)}, before {_told(was)}"
        if name == "max_length":
            yield _max_length(was, now, message)
        else:
            yield _rules.get(name, "compare-changed"), name, message, _effect(name, was, now)


def _options(field: Field) -> dict[str, Value]:
    """Return every option that the field's type understands, given or not, in one form."""
    known = fieldtypes.field_type(field)
    found: dict[str, Value] = {}
    for name in fieldtypes.options_of(type(known)):
        value: str | int | tuple[str, ...] | None = getattr(known, name)
        found[name] = frozenset(value) - {"exact"} if isinstance(value, tuple) else value
    return found


def _told(value: Value) -> str:
    if isinstance(value, frozenset):
        return listed(sorted(value)) or "exact"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _max_length(was: Value, now: Value, message: str) -> OptionChange:
    if isinstance(now, int) and (was is None or (isinstance(was, int) and now < was)):
        effect = f"rows with a longer value, on either side, become {UNREADABLE}"
        return "max-length-lowered", "max_length", message, lambda _: effect

    def raised(touched: tuple[Holding, ...]) -> str:
        names = targets(touched)
        holds = f", and written: the columns of {names} must hold them" if names else ""
        return f"longer values, unreadable until now, are read{holds}"

    return "max-length-raised", "max_length", message, raised


def _effect(name: str, was: Value, now: Value) -> Effect:
    def effect(touched: tuple[Holding, ...]) -> str:
        names = targets(touched)
        if name == "zone":
            return once("a time without a zone is another instant: each record that has one", names)
        what = _difference(name, was, now)
        match _finer(name, was, now):
            case True:
                again = "; where it cannot hold that, it is changed every night" if names else ""
                return once(f"each record whose values differ {what}", names) + again
            case False:
                return f"values that differ {what} stay as they are in {names}" if names else UNWRITTEN
            case None:
                return once("each record whose values count as different now", names)

    return effect


def _difference(name: str, was: Value, now: Value) -> str:
    """Return how two values differ that are the same by one of two options, and not by the other."""
    if isinstance(was, frozenset) and isinstance(now, frozenset):
        return f"in {listed(sorted(_folds[each] for each in was ^ now))} only"
    if name in ("precision", "scale"):
        coarser = was if _finer(name, was, now) else now
        return f"by less than a {coarser}" if name == "precision" else f"only after {coarser} digits"
    return "as None and an empty text do" if name == "null_equals_empty" else "in their order only"


def _finer(name: str, was: Value, now: Value) -> bool | None:
    """Return whether more counts as a difference than before, None where it is other things that do."""
    if isinstance(was, frozenset) and isinstance(now, frozenset):
        return True if now < was else False if was < now else None
    if name == "compare":
        return now == "ordered"
    if name == "null_equals_empty":
        return not now
    if name == "precision":
        return _steps.index(str(now)) > _steps.index(str(was))
    if isinstance(was, int) and isinstance(now, int):
        return now > was
    return now is None
