"""From a schema to the text of every generated file: nothing is read or written here."""

from __future__ import annotations

from .artefacts import ARTEFACTS, Artefact
from .code.environment import render
from .code.fragments import Code, comment
from .code.imports import check_distinct, import_block, used_names
from .code.layout import laid_out
from .code.skeleton import check
from .headers import SENTENCE, UNSTAMPED, stamped
from .project import Project
from .schema.resolved import Schema


def render_all(schema: Schema, project: Project) -> dict[str, str]:
    """Return the text of every artefact that the schema asks for, by its path in the generated package.

    Each is parsed again and held against what was meant; BrokenOutputError when they differ.
    """
    return {each.path: _render(each, schema, project) for each in ARTEFACTS if each.applies(schema)}


def _render(artefact: Artefact, schema: Schema, project: Project) -> str:
    context = artefact.context(schema, project)
    imports: list[str] = context.pop("imports", [])
    typing_imports: list[str] = context.pop("typing_imports", [])
    printed = render(artefact.template, {**context, "header": Code("# header")})
    used = used_names(printed)
    check_distinct((*imports, *typing_imports), used)
    own = {"dss_runtime", project.package.partition(".")[0], project.handlers_package.partition(".")[0]}
    printed = printed.replace("import _dss_imports", import_block(imports, used, own), 1)
    typed = import_block(typing_imports, used, own, 4) or "    pass"
    printed = printed.replace("    import _dss_typing_imports", typed, 1)
    body = laid_out(printed)
    check(artefact.path, body, artefact.skeleton(schema, project))
    return stamped(body.replace("# header", _header(schema), 1))


def _header(schema: Schema) -> str:
    """Say where the file comes from."""
    sources = comment(", ".join(schema.files)).text.removeprefix("# ")
    return f"# {SENTENCE} Do not edit: change the schema and run `dss generate`.\n# From {sources}{UNSTAMPED}"
