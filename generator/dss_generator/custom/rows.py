"""The artefacts that packages offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from ..extensions import Added, Table, added_to
from ..schema.resolved import Schema
from .formats import FORMATS, format_of


def _nothing(_schema: Schema) -> Mapping[str, object]:
    return {}


def _always(_schema: Schema) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomArtefact:
    """An artefact that a package offers: a template that prints the file at `path`, of a kind by its suffix.

    `template` is the path of the template in `package`. It sees `models`, `branches`, `trees` and `syncs`, as
    a project's own does, and what `context` returns beside them: fragments, and lists and dicts of them.
    `applies` says of a schema whether the file is due; `api` is the version of the interface that this is
    made for.
    """

    name: str
    doc: str
    path: str
    package: str
    template: str
    context: Callable[[Schema], Mapping[str, object]] = _nothing
    applies: Callable[[Schema], bool] = _always
    api: int = 0


def artefact_table() -> Table[CustomArtefact]:
    """Return the table of the artefacts that installed packages offer; nothing of them is imported yet."""
    return Table("artefact", (), _none, added_to("datastoresync.artefacts"), _checked)


def _none(name: str) -> CustomArtefact:
    raise KeyError(name)


def _checked(offer: Added, row: object) -> CustomArtefact:
    """Return *row*, which a package offers (ValueError, with the reason, when it is no artefact)."""
    if not isinstance(row, CustomArtefact):
        raise ValueError(f"expected a CustomArtefact of dss_generator.extending, found {row!r}")
    if row.name != offer.name:
        raise ValueError(f"the artefact calls itself {row.name!r}; the two must be equal")
    if reason := reason_against_path(row.path):
        raise ValueError(f"its path {row.path!r} {reason}")
    try:
        found = files(row.package).joinpath(row.template).is_file()
    except Exception as error:
        raise ValueError(f"importing {row.package} failed: {type(error).__name__}: {error}") from error
    if not found:
        raise ValueError(f"{row.package} holds no template {row.template!r}")
    return row


def reason_against_path(path: str) -> str | None:
    """Return why nothing can be generated at *path*, None when it can."""
    parts = path.split("/")
    if "\\" in path or ":" in path or not path.isprintable():
        return "is not plain: write '/' between folders, and no ':'"
    if ".." in parts or path.startswith(("/", "~")):
        return "leads out of the generated package; give it relative to that folder, without '..'"
    if not all(part.strip(". ") for part in parts):
        return "has an empty part; write it as plain as it can be"
    if format_of(path) is None:
        return f"ends in no known suffix; there are {', '.join(FORMATS)}"
    return None
