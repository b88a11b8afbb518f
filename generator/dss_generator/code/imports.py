"""The import statements of a generated file: only those in use, in sections, a module each."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable
from functools import lru_cache

from ..problems import GeneratorError


class ClashError(GeneratorError):
    """Two things that a generated file imports have one name."""


_WORD = re.compile(
    r"""
      \"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*\"""     # a docstring
    | "[^"\\\n]*(?:\\.[^"\\\n]*)*"                  # other texts; a prefix counts as a word of its own
    | '[^'\\\n]*(?:\\.[^'\\\n]*)*'
    | \#[^\n]*
    | \.\w+
    | ([A-Za-z_]\w*)(?!\w|:\ |=[^=])
    | \w+
    """,
    re.VERBOSE | re.DOTALL,
)


def used_names(source: str) -> set[str]:
    """Return the words of generated *source* that may be names in use, annotations included.

    Left out are texts and comments, what follows a dot, and what `: ` or `=` follows: parameters, keywords
    and annotated names. Keywords of Python and names that are defined are not told apart, which does no harm:
    no import binds them.
    """
    return set(_WORD.findall(source)) - {""}


def import_block(
    statements: Iterable[str], used: Collection[str], own: Collection[str], indent: int = 0
) -> str:
    """Return those of *statements* that bind a name in *used*, as a block indented by *indent* spaces.

    Each statement imports one name from a module. The standard library comes first, then libraries, then
    the packages in *own*; whole modules come before names.
    """
    sections: tuple[dict[str, list[str]], ...] = ({}, {}, {})
    for statement in sorted(set(statements)):
        module, name = _parsed(statement)
        if name.rpartition(" ")[2] in used:
            root = module.partition(".")[0]
            section = sections[2 if root in own else 0 if root in sys.stdlib_module_names else 1]
            section.setdefault(module, []).append(name)
    margin = " " * indent
    blocks: list[str] = []
    for section in filter(None, sections):
        modules = sorted(section, key=str.casefold)
        lines = [line for module in modules for line in _statements(module, section[module])]
        lines.sort(key=lambda line: not line.startswith("import "))
        blocks.append("\n".join(margin + line for line in lines))
    return "\n\n".join(blocks)


def check_distinct(statements: Iterable[str], used: Collection[str]) -> None:
    """Raise ClashError when two of *statements* bind one name in *used*, so that one would hide the other."""
    bound: dict[str, str] = {}
    for statement in sorted(set(statements)):
        name = _parsed(statement)[1].rpartition(" ")[2]
        if name in used and bound.setdefault(name, statement) != statement:
            raise ClashError(
                f"`{bound[name]}` and `{statement}` would hide each other in generated code: a field type "
                "that a package adds is imported under a name that is taken"
            )


@lru_cache(maxsize=10_000)
def _parsed(statement: str) -> tuple[str, str]:
    """Return the module and the name: `name as alias` where it has an alias, ` as alias` for a module."""
    node = ast.parse(statement).body[0]
    if isinstance(node, ast.Import):
        alias = node.names[0]
        return alias.name, f" as {alias.asname}"
    if isinstance(node, ast.ImportFrom) and node.module:
        alias = node.names[0]
        return node.module, f"{alias.name} as {alias.asname}" if alias.asname else alias.name
    raise ValueError(f"{statement!r} does not import one name")


def _statements(module: str, names: list[str]) -> list[str]:
    """Aliased names get a statement each, as import sorters write them; the others share one."""
    found = [
        f"import {module}{name}" if name.startswith(" ") else f"from {module} import {name}"
        for name in sorted(names, key=_order)
        if " " in name
    ]
    plain = sorted((name for name in names if " " not in name), key=_order)
    if not plain:
        return found
    single = f"from {module} import {', '.join(plain)}"
    if len(single) <= 106:
        return [*found, single]
    return [*found, f"from {module} import (", *(f"    {name}," for name in plain), ")"]


def _order(name: str) -> tuple[str, str]:
    """Constants, then classes, then the rest."""
    return ("0" if name.isupper() and len(name) > 1 else "1" if name[:1].isupper() else "2"), name
