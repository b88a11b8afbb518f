"""The likely causes of what does not converge: a table, from the specific to the general."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from dss_runtime._actions import MASK
from dss_runtime._fields import Field
from dss_runtime.types import ListType
from dss_runtime.verifying import _absence as absence
from dss_runtime.verifying import _numbers as numbers
from dss_runtime.verifying import _texts as texts
from dss_runtime.verifying import _times as times
from dss_runtime.verifying._seen import Explains, Fate, Seen

_SOURCE = "bring the left side to that form, by a `transform` or a `computed` field"
_HIDING = ("compare: casefold", "compare: ascii", "compare: [casefold", "max_length", "precision", "scale")
"""Options that make differences disappear which may matter."""
_IGNORES = "it holds what it held before: the target ignores what is written"
_LOOK = "look at the handler and at the rights of its account"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a target may not hold what it was given.

    `tells` and `advice` are for people; "{}" in them is what `explains` has found beside. `option` is what to
    declare on the field instead, where its type has such an option.
    """

    name: str
    tells: str
    explains: Explains
    advice: str = _SOURCE
    option: str = ""

    def doubtful(self, seen: Iterable[Seen]) -> bool:
        """Whether all that speaks for it is one record that holds what it held before.

        What was not written at all may look the same, and the option would hide that for ever. So it is only
        about options that hide much.
        """
        several = list(seen)
        return len(several) == 1 and several[0].kept and self.option.startswith(_HIDING)

    def told(self, detail: int | str, *, doubtful: bool = False) -> str:
        """Return what it tells, with its detail."""
        told = self.tells.format(detail)
        return f"{_IGNORES}, or {told.removeprefix('the target ')}" if doubtful else told

    def advised(self, field: Field | None, detail: int | str, *, doubtful: bool = False) -> str:
        """Return what to do about it."""
        advice = self._advised(field, detail)
        return f"{_LOOK}; only if the target does change values, {advice}" if doubtful else advice

    def _advised(self, field: Field | None, detail: int | str) -> str:
        option = None if field is None or not self.option else _option(field, self.option)
        if option is None:
            return self.advice.format(detail)
        return f"declare `{option.format(detail)}` on the field"


def _option(field: Field, option: str) -> str | None:
    """Return *option* beside what the field has declared already, None where its type has no such option."""
    name, _, value = option.partition(": ")
    kind = field.type
    if not (isinstance(kind, ListType) and value == "bag"):
        kind = getattr(kind, "of", kind)
        if isinstance(kind, ListType) or field.ref or field.derived:
            return None
    if not hasattr(kind, name):
        return None
    declared = getattr(kind, name)
    if name != "compare" or not isinstance(declared, tuple):
        return option
    before = [each for each in cast("tuple[str, ...]", declared) if each != "exact"]
    distinct = list(dict.fromkeys([*before, *value.strip("[]").split(", ")]))
    return f"compare: {distinct[0]}" if len(distinct) == 1 else f"compare: [{', '.join(distinct)}]"


def _fated(fate: Fate) -> Explains:
    return lambda seen: "" if seen.fate == fate else None


def _whole(*, wanted: bool) -> Explains:
    return lambda seen: "" if seen.field is None and (seen.wanted is not None) is wanted else None


CAUSES: tuple[Cause, ...] = (
    # -- no question of convergence -------------------------------------------------------------------
    Cause(
        "not_applied",
        "its action was not applied, which is no question of convergence",
        _fated("refused"),
        "see what became of it, above or by `dss show RUN`",
    ),
    Cause(
        "meanwhile",
        "another writer: it was not different when this run read both sides",
        _fated("meanwhile"),
        "find out who else writes there; the next run takes it back",
    ),
    # -- whole records --------------------------------------------------------------------------------
    Cause(
        "vanished",
        "the target has not kept the record, or holds it under another key",
        _whole(wanted=True),
        "look at the target: a key that it changes has to be in its form on the left side already",
    ),
    Cause(
        "stays",
        "the target still has the record, or somebody has made it again",
        _whole(wanted=False),
        "look at the target: where it only disables, declare `old: {{set: ...}}` or `old: keep`",
    ),
    # -- text -----------------------------------------------------------------------------------------
    Cause("trims", "the target trims white space", texts.trims, option="compare: trim"),
    Cause("lower_cases", "the target lower-cases", texts.lowers, option="compare: casefold"),
    Cause("upper_cases", "the target upper-cases", texts.raises, option="compare: casefold"),
    Cause(
        "normalises",
        "the target stores another Unicode normal form",
        texts.normalises,
        option="compare: casefold",
    ),
    Cause("folds_accents", "the target drops accents", texts.folds, option="compare: ascii"),
    Cause(
        "drops_zeros",
        "the target holds a number, and drops leading zeros",
        texts.strips_zeros,
        "make it a text in the target, or an `int` in the schema",
    ),
    Cause(
        "cuts_off",
        "the target keeps the first {} only",
        texts.cuts,
        "widen it in the target, or shorten the left side",
        "max_length: {}",
    ),
    Cause("pads", "the target fills up to {} characters", texts.pads, option="compare: trim"),
    Cause("squeezes", "the target makes one space of several", texts.squeezes),
    Cause(
        "loses_characters",
        "the target cannot hold all characters, and replaces or drops some",
        texts.loses,
        "make the target hold Unicode, or write ASCII: a `transform` with `| ascii`",
    ),
    Cause(
        "tidies",
        "the target changes case, accents or outer white space",
        texts.tidies,
        option="compare: [casefold, ascii, trim]",
    ),
    # -- numbers and time -----------------------------------------------------------------------------
    Cause(
        "rounds",
        "the target rounds to {} digits after the point",
        numbers.rounds,
        "give the target a column of that scale, or round the left side",
        "scale: {}",
    ),
    Cause(
        "cuts_digits",
        "the target keeps {} digits after the point, and does not round half to even",
        numbers.cuts_digits,
        "give the target a wider column, or cut off or round in the same way on the left side",
    ),
    Cause(
        "holds_floats",
        "the target holds numbers in binary, and has too few digits",
        numbers.floats,
        "make the column exact in the target (NUMERIC), or declare a `scale` that it can hold",
    ),
    Cause(
        "rounds_to_milliseconds",
        "the target rounds to milliseconds",
        times.rounds_to_milliseconds,
        option="precision: millisecond",
    ),
    Cause(
        "rounds_to_seconds",
        "the target rounds to whole seconds",
        times.rounds_to_seconds,
        option="precision: second",
    ),
    Cause("cuts_to_milliseconds", "the target cuts off after milliseconds", times.cuts_to_milliseconds),
    Cause("cuts_to_seconds", "the target cuts off the fraction of a second", times.cuts_to_seconds),
    Cause("keeps_minutes", "the target keeps whole minutes", times.keeps_minutes),
    Cause("keeps_days", "the target keeps the day, without the time", times.drops_clock, "make it a `date`"),
    Cause(
        "shifts_zone",
        "the target is in another time zone: it is {} apart",
        times.shifts,
        "declare the `zone` of its times in the schema, or set the zone of its session",
    ),
    # -- nothing, and several -------------------------------------------------------------------------
    Cause(
        "empties_null",
        "the target has an empty value where there is none",
        absence.empties_null,
        option="null_equals_empty: true",
    ),
    Cause(
        "nulls_empty",
        "the target has no value where there is an empty one",
        absence.nulls_empty,
        option="null_equals_empty: true",
    ),
    Cause("reorders", "the target keeps no order", absence.reorders, "make it a `set`", "compare: bag"),
    Cause(
        "drops_duplicates",
        "the target keeps each member once",
        absence.drops_duplicates,
        "make it a `set`",
    ),
    # -- what no habit explains -----------------------------------------------------------------------
    Cause(
        "ignores",
        "the target ignores what is written, or somebody sets it back: it holds what it held before",
        lambda seen: "" if seen.kept else None,
        "look at the handler and at the rights of its account, or declare `sync: never` for this tree",
    ),
    Cause(
        "fills_in",
        "the target fills in a value of its own where it gets none",
        absence.fills,
        "declare `sync: never` or `omit` for this tree, or give it a value on the left side",
    ),
    Cause(
        "drops_value",
        "the target drops the value",
        absence.drops,
        "look at what the target accepts there, and reject the rest on the left side",
    ),
    Cause(
        "keeps_some",
        "the target keeps some of the members only",
        absence.keeps_some,
        "look at what it accepts",
    ),
    Cause(
        "another_writer",
        "another writer, or a rule of the target: it holds neither what was written nor what it held before",
        lambda _seen: "",
        "find out who else writes there, and give the field to one of them (`sync: never`)",
    ),
)
"""The first that explains a difference is its likely cause; the last explains whatever is left."""


def cause_of(seen: Seen) -> tuple[Cause, int | str]:
    """Return the likely cause of a difference, and the detail that belongs to it."""
    for cause in CAUSES:
        detail = cause.explains(seen)
        if detail is not None:
            return cause, detail
    raise AssertionError("the last row explains everything")


def likely_of(seen: Seen) -> str:
    """Return the likely cause of a difference and what to do about it, as a sentence without any value."""
    cause, detail = cause_of(seen)
    doubtful = cause.doubtful([seen])
    shown = MASK if seen.field is not None and seen.field.sensitive and detail else detail
    told, advised = cause.told(shown, doubtful=doubtful), cause.advised(seen.field, shown, doubtful=doubtful)
    return f"{told}; {advised}"
