"""`dss pull json-schema`: a first schema from a JSON Schema."""

from __future__ import annotations

from pathlib import Path

import click

from dss_runtime.cli._exits import CommandError, Exit
from dss_runtime.cli._pulling import Request, find_place, pull_options
from dss_runtime.cli._session import Session, pass_session

_LARGEST = 16 << 20
_HINT = (
    "Held in memory, so that all of it type-checks as it is. With `adapter: custom`, methods of your own read"
    " and write the system; `dss generate` then adds them to your handlers."
)


@click.command("json-schema")
@click.argument("file")
@pull_options
@pass_session
def json_schema(
    session: Session, *, file: str, tree: str | None, output: str | None, init: bool, as_json: bool
) -> Exit:
    """Write a first schema from the JSON Schema in FILE.

    Draft 2020-12 and draft 7 are understood. Its objects become models and branches, with optional fields,
    enums, dates, sets and lists; an object inside of another is a field of type json. JSON Schema names no
    keys, so each is a doubt.

    \b
    dss pull json-schema student.schema.json --tree Api -o schema/api.yaml
    """
    from dss_generator.pull import PullError, pull
    from dss_generator.pull.json_schema import json_schema_tables

    place = find_place(session, Request(tree, output, init, as_json))
    path = session.folder / file
    name = path.name.removesuffix(".json").removesuffix(".schema") or "Record"
    try:
        text = _text(path)
        tables = json_schema_tables(text, str(path), name)
        pulled = pull(
            tables,
            command="dss pull json-schema",
            tree=place.tree(f"{name} api"),
            adapter="memory",
            taken=place.taken,
            hint=_HINT,
        )
    except PullError as error:
        raise CommandError(f"nothing was pulled:\n{error}") from error
    return place.finish(pulled)


def _text(path: Path) -> str:
    """Return the text of *path* (CommandError where there is none)."""
    try:
        if path.stat().st_size > _LARGEST:
            raise CommandError(f"{path}: is larger than {_LARGEST:,} bytes, which no schema is")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: the byte at {error.start} is not UTF-8, which JSON is") from error
