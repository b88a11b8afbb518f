"""Changes of fields: there or not, whose, of which type, and whether every row must have a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .. import fieldtypes
from ..problems import shown
from ..schema.resolved import Field, Model
from .change import Change
from .comparing import Comparing, Holding
from .field_options import option_drafts
from .gathering import Draft, gathered, owner
from .likely import hint, likely_renames
from .models import ancestors, shape
from .version import Path
from .words import UNREADABLE, counted, listed, once, targets, trees

Effect = Callable[[tuple[Holding, ...]], str]


def compare_fields(comparing: Comparing) -> Iterator[Change]:
    """Yield what changed of fields, once for the model that declares a field and its heirs."""
    drafts = [
        (new.name, draft) for old, new in comparing.model_pairs for draft in _drafts(comparing, old, new)
    ]
    yield from gathered(comparing, drafts, _hints(comparing))


def _drafts(comparing: Comparing, old: Model, new: Model) -> Iterator[Draft]:
    names = comparing.fields[new.name]
    for field in old.fields:
        if field.name not in names:
            yield _removed(comparing, old, field)
    for field in new.fields:
        if field.name not in names.values():
            yield _added(comparing, new, field)
    for former, today in names.items():
        pair = _Pair(
            old.field(former),
            new.field(today),
            owner(comparing.old_models, old, former),
            owner(comparing.new_models, new, today),
            today in new.key,
        )
        yield from _continuing(comparing, pair)


def _removed(comparing: Comparing, old: Model, field: Field) -> Draft:
    former = owner(comparing.old_models, old, field.name)
    today = comparing.models.get(former, former)

    def effect(touched: tuple[Holding, ...]) -> str:
        number, names = len({each.tree.name for each in touched}), targets(touched)
        stay = (
            f"existing values stay in {names}, and nothing updates them" if names else "it is no longer read"
        )
        return f"{counted(number, 'tree')} held it; {stay}"

    path, old_path = ("models", today, "fields", field.name), ("models", former, "fields", field.name)
    message = f"field {today}.{field.name} removed"
    return Draft("field-removed", path, old_path, message, effect, old_field=field.name)


def _added(comparing: Comparing, new: Model, field: Field) -> Draft:
    def effect(touched: tuple[Holding, ...]) -> str:
        parts = [_read_from(touched, field.name)]
        if field.required:
            parts.append(_unreadable_without(field))
        return "; ".join([*parts, once("each record whose value differs", targets(touched))])

    declaring = owner(comparing.new_models, new, field.name)
    rule = "field-added-required" if field.required else "field-added"
    path = ("models", declaring, "fields", field.name)
    message = f"{'required ' if field.required else ''}field {declaring}.{field.name} added"
    return Draft(rule, path, None, message, effect, new_field=field.name)


def _read_from(touched: tuple[Holding, ...], name: str) -> str:
    """Return where a new field is read from."""
    columns: dict[str, list[str]] = {}
    for each in touched:
        for source in each.after.sources:
            if source.field.name == name and source.column is not None:
                column = shown(str(each.after.columns[source.column].source))
                columns.setdefault(column, []).append(each.tree.name)
    if not columns:
        return f"{trees(touched)} hold{'s' if len({each.tree.name for each in touched}) == 1 else ''} it"
    told = listed(f"{column} of {listed(sorted(names))}" for column, names in sorted(columns.items()))
    return f"it is read from the column {told}, without which a run is held"


def _hints(comparing: Comparing) -> dict[Path, str]:
    """Return, by path, what to write where a field that is gone may be one that is new."""
    found: dict[Path, str] = {}
    for old, new in comparing.model_pairs:
        names = comparing.fields[new.name]
        gone = {each.name: shape(each) for each in old.own_fields if each.name not in names}
        fresh = {each.name: shape(each) for each in new.own_fields if each.name not in names.values()}
        for former, today in likely_renames(gone, fresh).items():
            for name in (former, today):
                found["models", new.name, "fields", name] = hint(former, today)
    return found


@dataclass(frozen=True, slots=True)
class _Pair:
    """A field as it was and is, the models that declared and declare it, whether it is in a key."""

    old: Field
    new: Field
    former: str
    today: str
    in_key: bool

    def draft(self, rule: str, message: str, effect: Effect | str, *way: str) -> Draft:
        """Return a change of the field, or of what it says under the key *way*."""
        return Draft(
            rule,
            ("models", self.today, "fields", self.new.name, *way),
            ("models", self.former, "fields", self.old.name, *way),
            message,
            effect if callable(effect) else lambda _: effect,
            self.old.name,
            self.new.name,
        )

    @property
    def name(self) -> str:
        return f"{self.today}.{self.new.name}"


def _continuing(comparing: Comparing, pair: _Pair) -> Iterator[Draft]:
    old, new = pair.old, pair.new
    if old.name != new.name:
        stay = "its values stay; handlers and generated code call it by the new name"
        message = f"field {pair.today}.{old.name} renamed to {new.name}"
        yield pair.draft("field-renamed", message, stay)
    former = comparing.models.get(pair.former, pair.former)
    if former != pair.today:
        message = f"field {new.name} moved from {former} to {pair.today}"
        yield pair.draft("field-moved", message, "it is the same field: its values stay")
    retyped = list(_type(comparing, pair))
    yield from retyped
    yield from _presence(pair)
    yield from _sensitive(pair)
    # Of two refs the options are those of the key that they lead to, whose changes are told there.
    if not any(each.rule == "field-retyped" for each in retyped) and not (old.ref and new.ref):
        yield from _members(pair)
        for rule, way, message, effect in option_drafts(old, new, f"field {pair.name}"):
            yield pair.draft(rule, message, effect, way)


def _type(comparing: Comparing, pair: _Pair) -> Iterator[Draft]:
    old, new, what = pair.old, pair.new, f"field {pair.name}"
    same_target = bool(new.ref) and comparing.models.get(old.ref) == new.ref
    if (old.type, old.of) != (new.type, new.of) and not same_target:

        def effect(touched: tuple[Holding, ...]) -> str:
            parts: list[str] = []
            if new.type != "str":
                parts.append(f"rows whose value is no {_typed(new)} are {UNREADABLE}")
            if pair.in_key:
                parts.append("records whose keys are then not the same on both sides would be old + new")
            return "; ".join([*parts, once("each record whose value reads otherwise", targets(touched))])

        message = f"{what} is of type {_typed(new)}, before {_typed(old)}"
        yield pair.draft("field-retyped", message, effect, "type")
    if old.ref and new.ref and not same_target:
        before = comparing.models.get(old.ref, old.ref)
        widened = new.ref in ancestors(comparing.new_models, before)
        rule = "ref-widened" if widened else "ref-retargeted"
        message = f"{what} refers to {new.ref}, before to {before}"
        yield pair.draft(rule, message, _retargeted(comparing, before, new.ref), "ref")
    elif new.ref and not old.ref:
        added = f"records of {new.ref} are created before and removed after those that refer to them"
        yield pair.draft("ref-added", f"{what} refers to {new.ref} from now on", added, "ref")
    elif old.ref and not new.ref:
        gone = (
            f"a record of {old.ref} may be removed while its key is still held here, and created after it is"
        )
        yield pair.draft("ref-removed", f"{what} no longer refers to {old.ref}", gone, "ref")


def _retargeted(comparing: Comparing, before: str, now: str) -> str:
    if now in ancestors(comparing.new_models, before):
        return f"it may refer to every {now}, whose records give order and protection like those of {before}"
    if before in ancestors(comparing.new_models, now):
        return f"records of {before} that are no {now} give no order and no protection any more"
    return (
        f"its values are keys of {now}, which gives order and protection; keys of {before} lead nowhere now"
    )


def _typed(field: Field) -> str:
    return f"{field.type} of {field.of}" if field.of else field.type


def _presence(pair: _Pair) -> Iterator[Draft]:
    old, new, what = pair.old, pair.new, f"field {pair.name}"
    if old.required == new.required and _same_default(old, new):
        return
    if new.required:
        message = f"{what} is required, before {_absence(old)}"
        yield pair.draft("field-required", message, _unreadable_without(new))
        return
    rule, way = ("field-optional", "optional") if new.optional else ("default-changed", "default")
    rows = "rows without a value"
    if old.required:
        rows += ", as an empty text was until now," if _takes_empty(old) else ", unreadable until now,"

    def read(touched: tuple[Holding, ...]) -> str:
        given = "None" if new.optional else _default(new)
        changed = once("each record for which that differs", targets(touched))
        return f"{rows} are read as {given}; {changed}"

    yield pair.draft(rule, f"{what} is {_absence(new)}, before {_absence(old)}", read, way)


def _unreadable_without(field: Field) -> str:
    """Return what becomes of rows without a value for a field that is required."""
    if _takes_empty(field):
        return f"rows without a value (NULL) become {UNREADABLE}; an empty text is a value"
    return f"rows without a value become {UNREADABLE}"


def _takes_empty(field: Field) -> bool:
    """Return whether an empty cell holds a value of the field: an empty text, or no members."""
    try:
        fieldtypes.field_type(field).parse("")
    except ValueError:
        return False
    return True


def _same_default(old: Field, new: Field) -> bool:
    """Return whether a row without a value reads the same; texts that mean one value are one."""
    if old.default is None or new.default is None or old.type != new.type:
        return old.default == new.default
    return bool(_parsed(old) == _parsed(new))


def _parsed(field: Field) -> object:
    return fieldtypes.field_type(field).parse(field.default)


def _absence(field: Field) -> str:
    if field.required:
        return "required"
    return "optional" if field.optional else f"{_default(field)} by default"


def _default(field: Field) -> str:
    if field.sensitive:
        return "***"
    if isinstance(field.default, tuple):
        return f"[{', '.join(map(shown, field.default))}]"
    return shown(str(field.default))


def _sensitive(pair: _Pair) -> Iterator[Draft]:
    what = f"field {pair.name}"
    if pair.old.sensitive and not pair.new.sensitive:
        effect = "its values appear in messages, plans, reports and errors"
        yield pair.draft("field-exposed", f"{what} is no longer sensitive", effect, "sensitive")
    elif pair.new.sensitive and not pair.old.sensitive:
        effect = "its values read *** in messages, plans, reports and errors"
        yield pair.draft("field-masked", f"{what} is sensitive", effect, "sensitive")


def _members(pair: _Pair) -> Iterator[Draft]:
    what = f"field {pair.name}"
    for member in pair.new.members:
        if member not in pair.old.members:

            def effect(touched: tuple[Holding, ...]) -> str:
                names = targets(touched)
                given = f", and given to {names}, which must take it" if names else ""
                return f"rows with it, unreadable until now, are read{given}"

            message = f"{what} allows {shown(member)}"
            yield pair.draft("enum-member-added", message, effect, "enum", member)
    for member in pair.old.members:
        if member not in pair.new.members:
            message = f"{what} no longer allows {shown(member)}"
            gone = f"rows with it, on either side, become {UNREADABLE}"
            yield pair.draft("enum-member-removed", message, gone, "enum", member)
