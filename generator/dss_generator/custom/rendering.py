"""From the artefacts that a project declares to the text of every file: nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ..artefacts import ARTEFACTS
from ..artefacts.fields import imports_for
from ..code.imports import import_block, used_names
from ..extensions import ExtensionError, Table
from ..headers import SENTENCE, UNSTAMPED, stamped
from ..problems import GeneratorError, did_you_mean
from ..project import Project
from ..schema.resolved import Schema
from .declared import Declared
from .environment import TemplateError, render
from .formats import Format, format_of
from .rows import CustomArtefact, artefact_table, reason_against_path


class ArtefactError(GeneratorError):
    """Artefacts that a project declares cannot be made; a line for each reason, with its place."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The text of a file; `instead` is what somebody who wants it otherwise can edit, for messages."""

    text: str
    instead: str


@dataclass(frozen=True, slots=True)
class _Due:
    """A file that is to be printed. `source` is what somebody who wants it otherwise has to change."""

    path: str
    kind: Format
    template: str
    load: Callable[[str], str | None]
    context: Mapping[str, object]
    source: str


def render_custom(schema: Schema, project: Project) -> dict[str, Printed]:
    """Return every artefact that *project* declares, by its path in the generated package.

    Raises ArtefactError with everything that is wrong with any of them.
    """
    if not project.artefacts:
        return {}
    problems: list[str] = []
    rendered: dict[str, Printed] = {}
    for due in _due(schema, project, problems):
        try:
            own = f"the template {due.template} or " if due.source == due.template else ""
            rendered[due.path] = Printed(_text(due, schema, project), f"{own}the schema")
        except TemplateError as error:
            problems.append(str(error))
    if problems:
        raise ArtefactError("\n".join(problems))
    return rendered


def _due(schema: Schema, project: Project, problems: list[str]) -> Iterator[_Due]:
    """Yield what can be printed; what cannot is noted."""
    offered = artefact_table()
    taken = {each.path.casefold(): f"{each.path}, which the generator writes itself" for each in ARTEFACTS}
    file = project.json_schema
    if file is not None and file.is_relative_to(project.generated):
        name = file.relative_to(project.generated).as_posix()
        taken[name.casefold()] = f"{name}, which holds the JSON Schema (the setting json_schema)"
    for row in project.artefacts:
        found = _of_package(row, schema, offered) if row.use else _of_project(row, project)
        if isinstance(found, str):
            problems.append(found)
            continue
        if found is None:
            continue
        other = next((what for path, what in taken.items() if _in_the_way(path, found.path.casefold())), None)
        if other is not None:
            problems.append(f"{row.at('path')}: {found.path!r} is in the way of {other}; choose another path")
        else:
            taken[found.path.casefold()] = f"{found.path!r} at {row.at('path')}"
            yield found


def _in_the_way(one: str, other: str) -> bool:
    """Whether two paths cannot both be files: one is the other, or a folder, or package, that holds it."""
    one, other = one.removesuffix(".py"), other.removesuffix(".py")
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _of_project(row: Declared, project: Project) -> _Due | str:
    """Return the file that a template of the project prints, or what is wrong with the row."""
    if reason := reason_against_path(row.path):
        return f"{row.at('path')}: path: {row.path!r} {reason}"
    path = project.root / row.template
    inside = path.resolve().is_relative_to(project.root.resolve())
    if ".." in Path(row.template).parts or not inside or "\\" in row.template:
        return (
            f"{row.at('template')}: template: {row.template!r} leads out of the project; "
            "give its path below the project's root, with '/' between folders"
        )
    if not path.is_file():
        near = [each.relative_to(project.root).as_posix() for each in path.parent.glob("*") if each.is_file()]
        hint = did_you_mean(row.template, near) or "; paths begin at the project's root"
        return f"{row.at('template')}: template: there is no file {row.template!r}{hint}"
    kind = format_of(row.path)
    assert kind is not None  # else there is a reason against the path

    def load(name: str) -> str | None:
        file = project.root / name
        inside = ".." not in Path(name).parts and file.resolve().is_relative_to(project.root.resolve())
        return file.read_text(encoding="utf-8-sig") if inside and file.is_file() else None

    return _Due(row.path, kind, row.template, load, {}, row.template)


def _of_package(row: Declared, schema: Schema, offered: Table[CustomArtefact]) -> _Due | str | None:
    """Return the file that a package's artefact prints, None when it is not due, or what is wrong."""
    if row.use not in offered.names:
        hint = did_you_mean(row.use, offered.names) or f"; there are {', '.join(offered.names) or 'none'}"
        return f"{row.at('use')}: use: no installed package offers an artefact {row.use!r}{hint}"
    try:
        found = offered[row.use]
        if not found.applies(schema):
            return None
        context = dict(found.context(schema))
    except ExtensionError as error:
        return f"{row.at('use')}: use: {error}"
    except Exception as error:  # noqa: BLE001 - code of the package, which may raise anything
        package = offered.package_of(row.use)
        return f"{row.at('use')}: use: {row.use!r} of {package} fails: {type(error).__name__}: {error}"
    path = row.path or found.path
    if reason := reason_against_path(path):
        return f"{row.at('path')}: path: {path!r} {reason}"
    kind = format_of(path)
    if kind is None or kind is not format_of(found.path):
        return f"{row.at('path')}: path: {path!r} is no file such as the package prints: {found.path!r}"
    folder = files(found.package)

    def load(name: str) -> str | None:
        package, *parts = name.split("/")
        file = folder.joinpath(*parts)
        inside = package == found.package and all(part.strip(".") for part in parts)
        return file.read_text(encoding="utf-8") if inside and file.is_file() else None

    template = f"{found.package}/{found.template}"
    return _Due(path, kind, template, load, context, f"the artefact {row.use} of the package {found.package}")


def _text(due: _Due, schema: Schema, project: Project) -> str:
    seen = {
        "models": schema.models,
        "branches": schema.branches,
        "trees": schema.trees,
        "syncs": schema.syncs,
    }
    body = render(due.kind, due.template, due.load, {**seen, **due.context}).strip("\n") + "\n"
    try:
        due.kind.check(body)
        if due.kind.name == "Python":
            body = _with_imports(body, schema, project)
    except ValueError as error:
        raise TemplateError(due.template, f"what it prints is no {due.kind.name}: {error}") from error
    header = (
        f"{SENTENCE} Do not edit: change the schema or {due.source}, and run `dss generate`.",
        f"From {', '.join((*schema.files, due.source))}{UNSTAMPED}",
    )
    return stamped(due.kind.finish(due.kind, body, header))


def _with_imports(body: str, schema: Schema, project: Project) -> str:
    """Return *body* with the imports that annotations of fields need in place of `import _dss_imports`."""
    placeholder = "import _dss_imports\n"
    if placeholder not in body.splitlines(keepends=True):
        return body
    own = {"dss_runtime", project.package.partition(".")[0]}
    block = import_block(imports_for(schema.models), used_names(body), own)
    return body.replace(placeholder if block else f"{placeholder}\n", f"{block}\n" if block else "", 1)
