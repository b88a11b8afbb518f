"""The schema that is measured: as many models, fields and trees as asked for, mixed as schemas are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dss_runtime import override

MIXTURE: tuple[tuple[str, str], ...] = (
    ("title", "{{type: str, max_length: {length}}}"),
    ("email", "{{type: str, optional: true, compare: casefold, null_equals_empty: true, max_length: 100}}"),
    ("status", "{{enum: [draft, active, retired, stage_{number}], default: draft}}"),
    ("owner", "{{ref: {parent}}}"),
    ("count", "int"),
    ("price", "{{type: decimal, scale: 2}}"),
    ("active", "{{type: bool, default: true}}"),
    ("since", "{{type: date, optional: true}}"),
    ("tags", "{{type: set, of: str, default: []}}"),
    ("changed_at", "{{type: datetime, zone: utc, precision: second}}"),
    ("notes", "{{type: str, optional: true, sensitive: true, max_length: {length}}}"),
    ("identity", "uuid"),
    ("ratio", "{{type: float, scale: 4}}"),
    ("opens", "{{type: time, optional: true}}"),
    ("city", "{{type: str, max_length: 80, default: Vienna}}"),
    ("levels", "{{type: set, of: int}}"),
    ("phones", "{{type: list, of: str, default: [], sensitive: true}}"),
    ("country", "{{type: str, optional: true, null_equals_empty: true, max_length: 2}}"),
    ("kind", "{{enum: [kind_{number}, other], optional: true}}"),
)
"""Fields beside the key, in the order in which a model takes them; one that needs more begins again."""

DERIVED, BY_RECORD, COMPUTED, RETIRED, KEPT = 5, 10, 5, 4, 7
"""Of how many models one has a derived property, is handled by the record, has a field that is computed when
it is read, is retired in the database instead of deleted, or is kept in the directory."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the schema is: `fields` counts the key, and is at least 20; each adapter has one tree.

    Raises ValueError for a number that is too small.
    """

    models: int
    fields: int

    def __post_init__(self) -> None:
        if self.models < 1 or self.fields <= len(MIXTURE):
            raise ValueError(f"expected at least 1 model of {len(MIXTURE) + 1} fields")

    @override
    def __str__(self) -> str:
        return f"{self.models} models x {self.fields} fields x {len(TREES)} trees"


def schema_files(size: Size) -> Mapping[str, str]:
    """Return the text of each schema file by its name: models ten to a file, branches, a file per tree."""
    files = {
        f"models_{start // 10}.yaml": "models:\n"
        + "".join(_model(number, size.fields) for number in range(start, min(start + 10, size.models)))
        for start in range(0, size.models, 10)
    }
    files["branches.yaml"] = "branches:\n" + "".join(map(_branch, range(size.models)))
    for tree, adapter in TREES.items():
        held = "".join(_HELD[adapter](number) for number in range(size.models))
        files[f"{tree.lower()}.yaml"] = f"trees:\n  {tree}:\n    adapter: {adapter}\n    branches:\n{held}"
    files["syncs.yaml"] = "syncs:\n" + "".join(
        f"  {name}: {{from: {left}, to: {right}}}\n" for name, (left, right) in SYNCS.items()
    )
    return files


def _names(fields: int) -> list[str]:
    """The names of a model's fields beside its key: as in the mixture, then with a number behind."""
    rounds = ((at, at // len(MIXTURE)) for at in range(fields - 1))
    return [MIXTURE[at % len(MIXTURE)][0] + (f"_{turn + 1}" if turn else "") for at, turn in rounds]


def _model(number: int, fields: int) -> str:
    lines = [
        f"  Model{number:02}:",
        "    key: code",
        "    fields:",
        "      code: {type: str, max_length: 40}",
    ]
    parts = {"number": number, "length": 100 + number, "parent": f"Model{max(number - 1, 0):02}"}
    for at, name in enumerate(_names(fields)):
        lines.append(f"      {name}: {MIXTURE[at % len(MIXTURE)][1].format(**parts)}")
    if number % DERIVED == 0:
        lines.append("    derived: [label]")
    return "\n".join(lines) + "\n\n"


def _branch(number: int) -> str:
    by_record = ", granularity: record" if number % BY_RECORD == 3 else ""
    return f"  branch_{number:02}: {{model: Model{number:02}, guard: {{old: 10%}}{by_record}}}\n"


def _csv(number: int) -> str:
    computed = "        computed: [city]\n" if number % COMPUTED == 1 else ""
    return f"""\
      branch_{number:02}:
        path: branch_{number:02}.csv
        delimiter: ";"
        columns: {{code: Code, title: Title_{number}, _state: State, count: Count}}
        transform:
          code: "strip | pad(6)"
          status: "{{_state}} | map('0'='draft', '1'='active', '2'='retired')"
          email: "{{code}}.{{Mail}}@school.example | lower"
          since: "parse-date('%d.%m.%Y')"
{computed}        where: "State in [0, 1, 2]"
"""


def _sql(number: int) -> str:
    old = "\n        old: {set: {deleted: true}}" if number % RETIRED == 0 else ""
    return f"""\
      branch_{number:02}:
        table: table_{number:02}
        columns: {{code: idnumber, title: name}}
        insert: {{origin: sync}}
        where: "origin == 'sync'"
        sync: {{status: create_only, since: fill_empty}}{old}
"""


def _custom(number: int) -> str:
    return f"      branch_{number:02}: {{omit: [notes], old: {'keep' if number % KEPT == 0 else 'delete'}}}\n"


def _memory(number: int) -> str:
    return f"      branch_{number:02}: {{}}\n"


TREES: Mapping[str, str] = {"Files": "csv", "Database": "sql", "Directory": "custom", "Copy": "memory"}
"""The adapter of each tree; every tree holds every branch."""
_HELD = {"csv": _csv, "sql": _sql, "custom": _custom, "memory": _memory}
SYNCS: Mapping[str, tuple[str, str]] = {
    "nightly": ("Files", "Database"),
    "accounts": ("Database", "Directory"),
    "archive": ("Database", "Copy"),
}
"""The trees that each sync is between."""
