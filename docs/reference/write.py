"""Write the pages of this folder from the code, by `python docs/reference/write.py`.

With `--check` nothing is written; pages that differ are named.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

import dss_generator.extending
import dss_runtime
import dss_runtime.extending
from dss_generator.custom.formats import FORMATS
from dss_generator.evolution import RULES
from dss_generator.evolution.change_rules import impacts
from dss_generator.schema import resolved
from dss_generator.schema.reference import reference_markdown
from dss_runtime import DssError
from dss_runtime._guard import DEFAULT_FLOOR, DEFAULT_GUARD
from dss_runtime._rules import NEARLY_EMPTY
from dss_runtime._rules import RULES as GUARD_RULES
from dss_runtime.cli._app import app
from dss_runtime.cli._apply_settings import APPLY_KEYS
from dss_runtime.cli._exits import Exit
from dss_runtime.cli._journal_settings import JOURNAL_KEYS
from dss_runtime.cli._keys import Key
from dss_runtime.cli._run_settings import RUN_KEYS
from dss_runtime.cli._spark_settings import SPARK_KEYS
from dss_runtime.cli._sync_settings import BRANCH_KEYS, KINDS, SYNC_KEYS
from dss_runtime.cli.telling._metrics import METRICS
from dss_runtime.cli.telling._settings import EMAIL_KEYS, LOG_KEYS, METRICS_KEYS, NOTIFY_KEYS, OCCASIONS
from dss_runtime.transforms import TRANSFORMS
from dss_runtime.types import TYPES, FieldType
from dss_runtime.verifying import CAUSES

_FOLDER = Path(__file__).parent


def _page(title: str, *parts: str) -> str:
    note = "Written from the code by `python docs/reference/write.py`; edit the code."
    return "\n\n".join([f"# {title}", note, *(part.strip("\n") for part in parts)]) + "\n"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(cells).replace("\n", " ") + " |" for cells in (heads, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(heads), *lines[1:]])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _first_line(thing: object) -> str:
    return _cell((inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " "))


def _schema() -> str:
    return _page(
        "Schema language",
        "A schema is every `*.yaml` below the schema's folder, merged. Values are read as text, so that"
        " `NO` and `0042` stay what they are. A problem is reported as `file:line:column: error: … [rule]`;"
        " the rules are at the end. `dss json-schema` prints the same language as JSON Schema, for"
        " [editors](../how-to/set-up-your-editor.md).",
        reference_markdown(),
    )


def _types() -> str:
    parts: list[str] = []
    for name, kind in TYPES.items():
        options = [f"`{each.name}`" for each in dataclasses.fields(kind) if each.name not in _NO_OPTIONS]
        rows = [
            ("options", ", ".join(options)),
            ("Python", _OF.get(name) or f"`{_example(kind).annotation.removeprefix('_')}`"),
            ("may be a key", "yes" if kind.may_be_key else "no"),
            ("SQL", f"`{_cell(_example(kind).sql.replace('_sa.', ''))}`"),
            ("Arrow", f"`{_example(kind).arrow}`"),
        ]
        body = [(head, text) for head, text in rows if text]
        parts.append(f"## {name}\n\n{inspect.getdoc(kind)}\n\n{_table(('', ''), body)}")
    return _page(
        "Field types",
        "How two values compare is told in [convergence](../explanation/convergence.md).",
        *parts,
        "## ref\n\nThe key of another model's record: it has that key's type, and gives the order of a sync.",
    )


_NO_OPTIONS = ("of", "members", "separator")
"""What a type takes and the schema says elsewhere."""

_OF = {
    "enum": "`Literal` of the texts",
    "json": "`JsonValue`: what `json.loads` returns, None excepted",
    "set": "`frozenset` of the members",
    "list": "`tuple` of the members",
}


def _example(kind: type[FieldType[object]]) -> FieldType[object]:
    """Return the type with as few options as it takes."""
    needed = {"of": TYPES["str"](), "members": ("a", "b")}
    return kind(**{each.name: needed[each.name] for each in dataclasses.fields(kind) if each.name in needed})


def _transforms() -> str:
    rows = [(f"`{_cell(row.signature)}`", _cell(row.doc)) for row in TRANSFORMS.values()]
    return _page(
        "Transforms",
        'The steps of a pipeline, such as `"{First} {Last} | strip | ascii"`: a template of columns and'
        " fields, then steps. Each takes a text and returns one; where a text does not fit, the row is"
        " unreadable.",
        _table(("step", "what it makes of a text"), rows),
    )


def _command_line() -> str:
    group = click.Context(app, info_name="dss", terminal_width=100, **app.context_settings)
    return _page("Command line", *map(_help, _contexts(group)))


def _contexts(context: click.Context) -> Iterator[click.Context]:
    """Yield *context* and those of all commands below it."""
    yield context
    if isinstance(context.command, click.Group):
        for name, each in context.command.commands.items():
            yield from _contexts(click.Context(each, context, name, terminal_width=100))


def _help(context: click.Context) -> str:
    text = "\n".join(line.rstrip() for line in context.command.get_help(context).splitlines())
    return f"## {context.command_path}\n\n```text\n{text}\n```"


def _errors() -> str:
    public = [each for each in vars(dss_runtime).values() if isinstance(each, type)]
    errors = [each for each in public if issubclass(each, DssError)]
    errors.sort(key=lambda each: [base.__name__ for base in reversed(each.__mro__)])
    rows = [(f"`{each.__name__}`", f"`{each.__mro__[1].__name__}`", _first_line(each)) for each in errors]
    codes = [(str(int(code)), f"`{code.name}`", _exit_doc(code)) for code in Exit]
    return _page(
        "Errors and exit codes",
        "## Errors",
        _first_line(sys.modules["dss_runtime._errors"])
        + " Handlers and adapters say what went wrong by type alone: `TransientError` is tried again,"
        " `UnknownOutcomeError` is looked into first, anything else is final for its action.",
        _table(("error", "is a", "means"), rows),
        "The rules that a schema can break are at the end of the [schema language](schema.md#rules), those"
        " of generated code and handlers in"
        " [every edit is caught](every-edit-is-caught.md#what-dss-generate---check-finds).",
        "## Exit codes",
        _table(("code", "name", "means"), codes),
    )


def _changes() -> str:
    classes = [(f"`{name}`", doc) for name, doc in impacts.items()]
    rows = [(f"`{row.id}`", row.impact, _cell(row.doc)) for row in RULES.values()]
    return _page(
        "Changes of a schema",
        "What `dss check --against` finds between two versions of a schema: each change has the id of its"
        " rule at the end of its line. [Change the schema](../how-to/change-the-schema.md) tells how to read"
        " it, and how to let one pass.",
        "## Classes",
        "A change that touches nothing which a tree holds is safe, whatever its rule.",
        _table(("class", "means"), classes),
        "## Rules",
        _table(("id", "class", "what changed"), rows),
    )


def _exit_doc(code: Exit) -> str:
    """Return the text that stands below the member in the source."""
    lines = inspect.getsource(Exit).splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{code.name} ="))
    return _cell(lines[at + 1].strip().strip('"'))


def _keys(table: Mapping[str, Key]) -> str:
    rows = ((f"`{name}`", _cell(key.doc), _cell(key.takes)) for name, key in table.items())
    return _table(("key", "means", "value"), rows)


def _settings() -> str:
    metrics = (
        (f"`dss_{each.name}`", ", ".join(f"`{label}`" for label in each.labels), each.doc) for each in METRICS
    )
    return _page(
        "Settings",
        "What `dss.toml`, or the table `[tool.dss]` of pyproject.toml, may say of runs. Secrets come from the"
        " environment, as `${NAME}`.",
        "## `[syncs.NAME]`\n\nWhat holds a sync: in [what holds a run](guard.md).",
        "## `[runs.NAME]`\n\nSyncs that `dss run NAME` carries out, one after the other: see"
        " [several targets](../how-to/run-several-targets.md).",
        _keys(RUN_KEYS),
        "## `[trees.NAME.apply]`\n\nHow fast, and how patiently, one tree is written to. How it works"
        " together is told in [safety](../explanation/safety.md#nothing-is-done-twice), and when to use it in"
        " [a nightly job](../how-to/run-every-night.md#slow-and-limited-systems).",
        _keys(APPLY_KEYS),
        "## `[journal]`\n\nWhat runs leave behind, and for how long. Runs that nobody has settled stay, and"
        " so does the last good one of each sync.",
        _keys(JOURNAL_KEYS),
        "## `[[notify]]`\n\nSomebody who is told of runs, by one of `webhook`, `email` and `apprise`: see"
        " [tell people](../how-to/tell-people.md).",
        _keys(NOTIFY_KEYS),
        "### `email`",
        _keys(EMAIL_KEYS),
        "### `on`\n\nThe occasions.",
        _table(("name", "means"), ((f"`{name}`", doc) for name, doc in OCCASIONS.items())),
        "## `[metrics]`",
        _keys(METRICS_KEYS),
        "Gauges, each with the labels `sync`, `left` and `right`, and these:",
        _table(("metric", "more labels", "means"), metrics),
        "## `[log]`",
        _keys(LOG_KEYS),
        "## `[spark]`\n\nThe cluster that `--engine spark` asks: see [sizing](../explanation/sizing.md).",
        _keys(SPARK_KEYS),
    )


def _guard() -> str:
    rules = [(f"`{rule.kind}`", _cell(rule.holds)) for rule in GUARD_RULES]
    return _page(
        "What holds a run",
        "How it works together is told in [safety](../explanation/safety.md), and how to use it in"
        " [a nightly job](../how-to/run-every-night.md).",
        "## Rules\n\nA run is held, before anything is written, when one of these is true. An override names"
        " it as the report does, with its branch: `old:students`.",
        _table(("name", "holds when"), rules),
        "A source that is missing, empty, cut off, without rows below its header, or in the wrong encoding"
        " holds a run as well. That cannot be overridden: there is nothing to go by.",
        "## `[syncs.NAME]` of the settings\n\nOf one sync of the schema.",
        _keys(SYNC_KEYS),
        "## `[syncs.NAME.guard.BRANCH]`\n\nOf one branch in this sync. A limit takes the place of what the"
        " schema says, or of the default, for its kind. Of two limits the stricter counts.",
        _keys(BRANCH_KEYS),
        "## Defaults\n\nPer cent of what the target holds (unreadable: of the rows), where the schema says"
        f" nothing else. Up to {DEFAULT_FLOOR} of a kind always pass. No share of new records counts in a"
        f" first load: where the target holds up to {NEARLY_EMPTY}, beside what an unfinished run created,"
        " and held no more after the last good run.",
        _table(
            ("kind", "limit"),
            ((f"`{kind}`", f"{limit.amount:g} %") for kind in KINDS for limit in DEFAULT_GUARD.of(kind)),
        ),
    )


def _causes() -> str:
    def cell(text: str) -> str:
        return _cell(text.replace("{{", "{").replace("}}", "}").replace("{}", "N"))

    rows = [
        (
            f"`{cause.name}`",
            cell(cause.tells),
            f"`{cell(cause.option)}`" if cause.option else "",
            cell(cause.advice),
        )
        for cause in CAUSES
    ]
    return _page(
        "Why it does not converge",
        "The likely causes that `--verify` names, and a run that gives up: the first one that explains all"
        " records of a field counts. How to go on is told in"
        " [when it does not converge](../how-to/when-it-does-not-converge.md). With `max_length`, what is too"
        " long is rejected before it is written.",
        _table(("cause", "tells", "declare", "or, where the field's type has no such option"), rows),
    )


def _runtime() -> str:
    parts: list[str] = []
    for name in dss_runtime.__all__:
        thing: Any = getattr(dss_runtime, name)
        if not inspect.isclass(thing) or issubclass(thing, DssError):
            continue
        parts.append(f"## {name}\n\n{_described(thing)}")
    return _page(
        "Runtime",
        "What `import dss_runtime` offers, beside the [errors](errors.md). Its core imports the"
        " standard library only.",
        *parts,
    )


def _extending() -> str:
    kinds = dict.fromkeys(FORMATS.values())
    rows = [(each.name, _coded(each.suffixes), _coded(each.all_filters)) for each in kinds]
    groups = [(f"`{group}`", what, where) for group, what, where in _GROUPS]
    return _page(
        "Extending",
        "What packages build on that add an adapter, a field type or an artefact, and what templates see."
        " How it is done: [an artefact of your own](../how-to/add-your-own-artefact.md),"
        " [a package](../how-to/extend-with-a-package.md).",
        "## Entry points",
        "A name in a group is the name that schemas and settings use. A row says as `api` which version of"
        f" this interface it is made for; today's is {dss_generator.extending.API}.",
        _table(("group", "leads to", "is used where"), groups),
        "## `dss_runtime.extending`",
        _table(("name", ""), _names(dss_runtime.extending)),
        "## `dss_generator.extending`",
        _table(("name", ""), _names(dss_generator.extending)),
        "## Kinds of files",
        _table(("kind", "suffixes", "filters that print"), rows),
        "## The schema as a template sees it",
        "Its variables are `models`, `branches`, `trees` and `syncs`.",
        *(_value(cls) for cls in _VALUES),
    )


_GROUPS = (
    ("datastoresync.adapters", "an `Adapter`", "`adapter:` of a tree names it"),
    ("datastoresync.field_types", "a subclass of `FieldType`", "`type:` or `of:` of a field names it"),
    (
        "datastoresync.artefacts",
        "a `CustomArtefact`",
        "`use =` of a row `[[artefacts]]` in `dss.toml` names it",
    ),
)
_VALUES = (
    resolved.Model,
    resolved.Field,
    resolved.Derived,
    resolved.Branch,
    resolved.Limit,
    resolved.Tree,
    resolved.TreeBranch,
    resolved.OldPolicy,
    resolved.Sync,
)
_CONSTANTS = {
    "API": "The version of the interface that rows are made for, as `api`.",
    "Cells": "The values of one row, in the order of the branch's columns.",
    "FORMATS": "The kinds of files that can be generated, by suffix.",
    "Options": "What an adapter's `options` returns: pairs of a name and a literal value.",
    "Phase": "What a template carries out at one time: `new`, `changed` or `old`.",
}
"""What has no docstring of its own at run time."""


def _names(module: Any) -> list[tuple[str, str]]:
    docs = {name: _CONSTANTS.get(name) or _first_line(getattr(module, name)) for name in module.__all__}
    return [(f"`{name}`", doc) for name, doc in docs.items()]


def _value(cls: type[Any]) -> str:
    public = {name: member for name, member in vars(cls).items() if not name.startswith("_")}
    names = [each.name for each in dataclasses.fields(cls)]
    names += [name for name, member in public.items() if isinstance(member, property)]
    names += [f"{name}(…)" for name, member in public.items() if inspect.isfunction(member)]
    return f"### {cls.__name__}\n\n{inspect.getdoc(cls)}\n\n{_coded(names)}"


def _coded(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _described(cls: type[Any]) -> str:
    rows = [(f"`{member}`", text) for member, text in _members(cls)]
    table = f"\n\n{_table(('member', ''), rows)}" if rows else ""
    return f"{inspect.getdoc(cls) or ''}{table}"


def _members(cls: type[Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, member in vars(cls).items():
        function: Any = getattr(member, "__func__", member)
        if name.startswith("_") or not (inspect.isfunction(function) or isinstance(function, property)):
            continue
        doc = _first_line(function)
        if doc:
            shown = name if isinstance(function, property) else f"{name}({_parameters(function)})"
            found.append((shown, doc))
    return found


def _parameters(function: Callable[..., object]) -> str:
    names: list[str] = []
    for each in list(inspect.signature(function).parameters.values()):
        if each.name not in ("self", "cls"):
            stars = "*" * ((each.kind is each.VAR_POSITIONAL) + 2 * (each.kind is each.VAR_KEYWORD))
            names.append(stars + each.name + ("=…" if each.default is not each.empty else ""))
    return ", ".join(names)


def _every_edit() -> str:
    root = str(_FOLDER.parents[1])
    if root not in sys.path:  # this script runs from its own folder
        sys.path.append(root)
    from tests.evolution.page import page_text

    return _page("Every edit is caught", page_text())


PAGES: dict[str, Callable[[], str]] = {
    "schema.md": _schema,
    "types.md": _types,
    "transforms.md": _transforms,
    "cli.md": _command_line,
    "errors.md": _errors,
    "guard.md": _guard,
    "causes.md": _causes,
    "settings.md": _settings,
    "changes.md": _changes,
    "runtime.md": _runtime,
    "extending.md": _extending,
    "every-edit-is-caught.md": _every_edit,
}
"""Each page of this folder, and what writes it."""


def main() -> int:
    """Write the pages that differ, or with `--check` only name them; return 1 when that finds any."""
    stale = [name for name, write in PAGES.items() if _read(name) != write()]
    for name in stale:
        if "--check" not in sys.argv:
            (_FOLDER / name).write_text(PAGES[name](), encoding="utf-8", newline="\n")
        sys.stdout.write(f"{'stale' if '--check' in sys.argv else 'wrote'}: {_FOLDER / name}\n")
    return 1 if stale and "--check" in sys.argv else 0


def _read(name: str) -> str:
    path = _FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
