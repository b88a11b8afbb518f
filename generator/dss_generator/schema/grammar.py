"""The language as a table: which keys there are at each level, what their values may be, what they mean.

The loader's structural errors, the JSON Schema for editors and the reference in the documentation all come
from here, so they cannot disagree. What packages may add to is made for a `Language`; `schema` is for ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..adapters import Adapter
from ..extensions import Table
from ..fieldtypes import element_types, meaning
from ..names import branch_role, field_role, model_role, sync_role, tree_role
from .compound_kinds import Cases, Either, Entries, Items, Key, Record, Snippet
from .kinds import Amount, Choice, Flag, Kind, Name, NewName, Pattern, Text, Whole
from .language import BUILT_IN, Language
from .row_names import RowName
from .values import column_name, value

if TYPE_CHECKING:
    from ..fieldtypes import TypeClass

_doc = Key(
    "doc", Text(10_000, lines=True, noun="a text"), "What it is, for readers of the schema and of the code."
)
_renamed_from = Key(
    "renamed_from",
    Name(),
    "What it was called before: then it is renamed, for handlers, plans and `dss check --against`.",
)
_texts = Items(Text(), low=0)
_columns_to_values = Entries(column_name, value, high=200)
_compare = Choice.of(
    {
        "exact": "Texts are equal where every character is.",
        "casefold": "Upper and lower case of a text are the same.",
        "ascii": "Letters of a text with and without accents are the same.",
        "trim": "White space around a text does not count.",
        "ordered": "Lists are equal where every place is.",
        "bag": "The order of a list does not count.",
    }
)
_sync_policy = Choice.of(
    {
        "always": "The left side owns it: what differs is written.",
        "create_only": "The left side gives a new record its value, and leaves it alone from then on.",
        "fill_empty": "The left side's value is written where this system has none.",
        "never": "This system owns it: it is never written.",
    }
)
derived_types = (*element_types, "bytes", "json")


def _snippet(label: str, doc: str, body: object) -> Snippet:
    return Snippet(label, doc, json.dumps(body))


def _offer(*snippets: Snippet) -> Callable[[], tuple[Snippet, ...]]:
    return lambda: snippets


_field_keys = (
    Key("optional", Flag(), "Whether the field may be absent; then it is None."),
    Key(
        "default",
        Either((Text(), _texts)),
        "The value where none is given; a list of texts for a set or list.",
    ),
    Key("sensitive", Flag(), "Whether the value is masked in every log, plan and report."),
    _doc,
    _renamed_from,
    Key(
        "compare",
        Items(_compare, high=4, single=True),
        "How texts (`exact`; any of `casefold`, `ascii`, `trim`) or lists (`ordered`, `bag`) compare.",
    ),
    Key("null_equals_empty", Flag(), "Whether None and the empty text are the same (optional str only)."),
    Key("scale", Whole(0, 18), "The digits after the point that are compared (decimal, float)."),
    Key(
        "max_length",
        Whole(1, 1_000_000),
        "The most characters of a str, or bytes of bytes, that can be held.",
    ),
    Key(
        "zone",
        Text(100, low=1, noun="a zone"),
        "Of a datetime: `utc`, `naive`, or an IANA name such as `Europe/Vienna`.",
    ),
    Key(
        "precision",
        Choice(("second", "millisecond", "microsecond")),
        "What a datetime or time is compared to.",
    ),
)
_model_keys = (
    Key("abstract", Flag(), "Whether it only serves to be extended; no branch holds it."),
    Key("extends", Name("model"), "The model whose fields, key and derived properties it takes over."),
    Key(
        "key",
        Items(Name("field"), high=10, single=True),
        "The field, or fields, that tell records apart.",
    ),
)
_field_snippets = _offer(
    _snippet("a field", "A field and its type.", {"${1:name}": "${2:str}"}),
    _snippet(
        "an optional field",
        "A field that may be absent.",
        {"${1:name}": {"type": "${2:str}", "optional": True}},
    ),
    _snippet("an enum", "A field that is one of a few texts.", {"${1:name}": {"enum": ["${2:text}"]}}),
    _snippet("a ref", "A field that refers to a record.", {"${1:name}": {"ref": "${2:Model}"}}),
)


def _model(types: Table[TypeClass]) -> Record:
    def told(name: str) -> str:
        return meaning(name, types)

    anywhere = RowName(types.names, told, table=types)
    element = RowName(
        (*element_types, *types.added), told, table=types, fits=lambda name: types[name].may_be_element
    )
    derived = RowName((*derived_types, *types.added), told, table=types)
    field = Record(
        "field",
        "a field",
        (
            Key("type", anywhere, "The type; may be left out beside `enum` and `ref`."),
            Key("enum", Items(Text(200, low=1, noun="a text")), "The texts that an enum allows."),
            Key("ref", Name("model"), "The model that the field refers to, by that model's key."),
            Key("of", element, "The type of a set's or list's elements."),
            *_field_keys,
        ),
        doc="What is known of one property of a record.",
    )
    fields = Entries(NewName(field_role), Either((anywhere, field)), high=500, snippets=_field_snippets)
    names = Items(NewName(field_role), high=500)
    return Record(
        "model",
        "a model",
        (
            _doc,
            *_model_keys,
            Key("fields", fields, "The fields, by name: a type, or a mapping."),
            Key(
                "derived",
                Either((names, Entries(NewName(field_role), derived, high=500))),
                "Properties that the project writes and that are compared: "
                "names (then `str`), or name to type.",
            ),
            _renamed_from,
        ),
        doc="A class of records: their fields, and the key that tells them apart.",
    )


_limits = Items(Amount(), high=2, single=True)

branch = Record(
    "branch",
    "a branch",
    (
        Key("model", Name("model"), "The model of its records.", required=True),
        _doc,
        Key(
            "guard",
            Record(
                "guard",
                "a guard",
                (
                    Key("new", _limits, "The most records that a run may create."),
                    Key("changed", _limits, "The most records that a run may change."),
                    Key("old", _limits, "The most records that a run may remove or disable."),
                    Key("unreadable", _limits, "The most records that may be unreadable."),
                ),
                doc="What one run may do to a branch.",
            ),
            "Limits, as numbers or percentages of what the target holds; beyond one, nothing is written. "
            "Of two, as in `[25, 10%]`, the stricter counts.",
        ),
        Key(
            "duplicates",
            Choice.of(
                {
                    "error": "The run ends before anything is written; both places are named.",
                    "first": "The first one counts.",
                    "last": "The last one counts.",
                    "merge": "A typed method of the importer makes one record of them.",
                    "quarantine": "None of them is used; the record on the other side stays as it is.",
                }
            ),
            "What happens to records with the same key (`error` when not given).",
        ),
        Key(
            "granularity",
            Choice.of(
                {
                    "field": "One action, and one handler, for each field that changed.",
                    "record": "One action for each record, with all its changes.",
                }
            ),
            "Whether handlers get each changed field (when not given) or each changed record.",
        ),
        _renamed_from,
    ),
    doc="The records of one model, by key; every tree that holds them calls them by this name.",
)
old_set = Record(
    "set_columns",
    "this mapping",
    (Key("set", _columns_to_values, "The columns to set, and their values.", required=True),),
    doc="Columns, and the values that they get.",
)
_pattern = Text(2_000, noun="a pattern")
_generated = Either(
    (
        _pattern,
        Record(
            "generated",
            "a generated field",
            (
                Key(
                    "patterns",
                    Items(_pattern, high=20, single=True),
                    "Pipelines `{template} | step` over the fields of the record, tried in order. The last "
                    "one that gives a name is counted up: `.2`, `.3`, and so on.",
                    required=True,
                ),
                Key(
                    "unique",
                    Items(Name("branch"), high=100, single=True),
                    "Other branches of the tree in which nobody else has the name either.",
                ),
            ),
            doc="How a new record gets a name that nobody else has.",
        ),
    )
)
_old_aside = Record(
    "old_aside",
    "this mapping",
    (
        Key("set", _columns_to_values, "The columns to set, and their values.", required=True),
        Key(
            "delete_after",
            Pattern(r"1 day|[1-9][0-9]{0,3} days", "a number of days, such as 30 days"),
            "After how long it is deleted, such as `30 days`; never when not given.",
        ),
    ),
    doc="How a record is set aside, and for how long.",
)
_known_by = Items(Name("field"), high=10, single=True)
_match = Record(
    "match",
    "this mapping",
    (
        Key("by", _known_by, "The fields; of several, all must be equal.", required=True),
        Key(
            "moved_keys",
            Flag(),
            "Whether a record whose key the left side has no more gets the key of the one that matches it.",
        ),
    ),
    doc="By what a record is known that has no key.",
)
_common = (
    Key(
        "derived_from",
        Items(Name("branch"), high=100),
        "The branches of the same tree that a typed method of the importer makes this one from.",
    ),
    Key("omit", Items(Name("field")), "Fields that this system does not hold; they are not compared."),
    Key(
        "sync",
        Entries(Name("field"), _sync_policy),
        "Who owns a field here (`always`: the left side).",
    ),
    Key(
        "generate",
        Entries(Name("field"), _generated, high=100),
        "Fields, such as a user name, that new records get a unique value in where the left side has none; "
        "existing ones are never changed.",
    ),
    Key(
        "old",
        Either(
            (
                Choice.of({"delete": "It is deleted.", "keep": "It stays as it is."}),
                _old_aside,
            )
        ),
        "What becomes of a record that the left side has no more.",
    ),
    Key(
        "match",
        Either((_known_by, _match)),
        "The fields by which a new record adopts one that is there without a key; several are reported.",
    ),
    Key("returns", old_set, "What the return of a record that `old` set aside sets."),
    Key(
        "unreadable",
        Choice.of(
            {
                "quarantine": "It is reported and left out; its record on the other side stays.",
                "error": "The run ends before anything is written.",
            }
        ),
        "What a row that cannot be read does (`quarantine`).",
    ),
)
mapping_keys = (
    Key(
        "columns",
        Entries(Text(65, low=1, noun="a field or a _name"), column_name),
        "Field or `_name` to column.",
    ),
    Key(
        "transform",
        Entries(Name("field"), Text(2_000, noun="a pipeline")),
        "Field to pipeline: `{template} | step`.",
    ),
    Key("computed", Items(Name("field")), "Fields that a typed method of the importer computes."),
    Key(
        "const",
        Entries(Name("field"), Either((Text(), _texts))),
        "Fields that have one value in this system.",
    ),
    Key(
        "where",
        Text(2_000, low=1, lines=True, noun="a condition"),
        "Which rows are read; the others are no records.",
    ),
    Key(
        "split",
        Entries(Name("field"), Text(8, low=1)),
        "What separates the values of a set or list in one cell (a comma).",
    ),
)
"""What only adapters that read rows of columns understand."""
branch_keys = frozenset(key.name for key in (*_common, *mapping_keys))
"""What a tree's branch may hold whatever its adapter, so that no adapter's own key can have such a name."""


def _tree(adapter: Adapter) -> Record:
    held = Record(
        f"{adapter.name}_branch",
        f"a branch of a {adapter.name} tree",
        (*adapter.keys, *(mapping_keys if adapter.maps_columns else ()), *_common),
        needs=(*adapter.needs, "derived_from") if adapter.needs else (),
        doc="How this system holds the records.",
    )
    return Record(
        f"{adapter.name}_tree",
        f"a {adapter.name} tree",
        (
            Key("adapter", Choice.of({adapter.name: adapter.doc}), "The kind of system.", required=True),
            _doc,
            Key(
                "branches",
                Entries(Name("branch"), held),
                "The branches that the system holds.",
                required=True,
            ),
        ),
        doc=adapter.doc,
    )


def _first(kind: Kind, name: str) -> str:
    """Return what stands for the value of a key until somebody fills it in: one that it takes."""
    return kind.values[0] if isinstance(kind, Choice) else name


def _tree_snippet(adapter: Adapter) -> Snippet:
    # An editor would insert nothing at all for an empty mapping; `^` has it insert the text as it is.
    kinds = {key.name: key.kind for key in adapter.keys}
    offered = [*((name, _first(kinds[name], name)) for name in adapter.needs[:1]), *adapter.offers]
    held = {name: f"${{{at}:{value}}}" for at, (name, value) in enumerate(offered, start=3)} or "^{}"
    tree = {"adapter": adapter.name, "branches": {"${2:records}": held}}
    return _snippet(f"a {adapter.name} tree", adapter.doc, {"${1:Name}": tree})


sync = Record(
    "sync",
    "a sync",
    (
        Key("from", Name("tree"), "The tree that is the truth.", required=True),
        Key("to", Name("tree"), "The tree that follows.", required=True),
        Key("branches", Items(Name("branch")), "The branches to sync; every branch of `to` when not given."),
    ),
    doc="A pair of trees: the left is the truth, the right follows.",
)


def schema_of(language: Language) -> Record:
    """Return what a schema file may hold in *language*."""
    model, adapters = _model(language.types), language.adapters
    named = RowName(adapters.names, lambda name: adapters[name].doc, table=adapters)
    tree = Cases("adapter", "a tree", named, lambda name: _tree(adapters[name]))

    def tree_snippets() -> tuple[Snippet, ...]:
        return tuple(_tree_snippet(adapters[name]) for name in adapters.names)

    return Record(
        "schema",
        "a schema",
        (
            Key(
                "models",
                Entries(NewName(model_role), model, snippets=_model_snippets),
                "What is known of a record, by model.",
            ),
            Key(
                "branches",
                Entries(NewName(branch_role), branch, snippets=_branch_snippets),
                "The records of one model, by key.",
            ),
            Key(
                "trees",
                Entries(NewName(tree_role), tree, snippets=tree_snippets),
                "The systems, and how each holds its branches.",
            ),
            Key(
                "syncs",
                Entries(NewName(sync_role), sync, snippets=_sync_snippets),
                "Which tree follows which.",
            ),
        ),
        doc="What records there are, which systems hold them, and which of them follows which.",
    )


_model_snippets = _offer(
    _snippet(
        "a model",
        "A class of records, with a key.",
        {"${1:Name}": {"key": "${2:number}", "fields": {"${2:number}": "str"}}},
    )
)
_branch_snippets = _offer(
    _snippet("a branch", "The records of a model.", {"${1:records}": {"model": "${2:Model}"}})
)
_sync_snippets = _offer(
    _snippet(
        "a sync",
        "Two trees, of which the second follows the first.",
        {"${1:nightly}": {"from": "${2:Left}", "to": "${3:Right}"}},
    )
)
schema = schema_of(BUILT_IN)
"""What a schema file may hold where no package adds to it."""
