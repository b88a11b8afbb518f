"""The last step: what is written is loaded before anybody sees it.

Names are chosen so that they suit the language, but generated code makes further names of them, of which two
may be the same: a branch `a` with a field `b_c`, a branch `a_b` with a field `c`. Rather than foresee each
case, the real loader looks at the text, and what it cannot tell apart gets a number.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from ..names import branch_role, model_role
from ..naming import collisions
from ..problems import Problem, Problems, SchemaError
from ..schema.load import load_schema
from .draft import Draft
from .drafting import Taken
from .evidence import PullError
from .naming import Names
from .yaml_text import Owner, Written, written

_ABOUT_NAMES = ("generated-name", "handler-collision")
_MOST_ROUNDS = 20


def settled(draft: Draft, taken: Taken) -> tuple[Draft, str]:
    """Return *draft*, with names that the whole generator takes, and its text; *taken* are no names for it.

    Raises PullError when the text is no schema: it has more fields than the language allows, for one.
    """
    for _ in range(_MOST_ROUNDS):
        found = written(draft)
        problems = _problems(found.text)
        if not problems:
            return draft, found.text
        others = [problem for problem in problems if problem.rule not in _ABOUT_NAMES]
        if others:
            reasons = "\n".join(map(str, others))
            raise PullError(f"what would be written is no schema, so pull fewer tables at once:\n{reasons}")
        draft = _renamed(draft, found, problems, taken)
    raise PullError("no names were found that generated code can tell apart: pull fewer tables at once")


def _problems(text: str) -> tuple[Problem, ...]:
    """Return everything that the loader, and the generator's look at derived names, has against *text*."""
    with tempfile.TemporaryDirectory() as folder:
        schema = Path(folder) / "schema"
        schema.mkdir()
        (schema / "pulled.yaml").write_text(text, encoding="utf-8", newline="\n")
        try:
            loaded = load_schema(schema)
        except SchemaError as error:
            return error.problems
    problems = Problems()
    collisions(loaded, problems)
    return problems.found


def _renamed(draft: Draft, found: Written, problems: tuple[Problem, ...], taken: Taken) -> Draft:
    """Return *draft* with a number behind each name that a problem is about."""
    tables = list(draft.tables)
    tree = draft.tree
    models = Names.beside(model_role, (*taken.models, *(table.model for table in tables)))
    branches = Names.beside(branch_role, (*taken.branches, *(table.branch for table in tables)))
    for owner in sorted({_owner(found, problem) for problem in problems}):
        table = tables[owner.table]
        if owner.what == "tree":
            tree = f"{tree}2"
        elif owner.what == "model":
            tables[owner.table] = replace(table, model=models.give(table.model))
        else:
            tables[owner.table] = replace(table, branch=branches.give(table.branch))
    renamed = {old.model: new.model for old, new in zip(draft.tables, tables, strict=True)}
    tables = [
        replace(
            table,
            fields=tuple(replace(each, ref=renamed.get(each.ref, each.ref)) for each in table.fields),
        )
        for table in tables
    ]
    return replace(draft, tree=tree, tables=tuple(tables))


def _owner(found: Written, problem: Problem) -> Owner:
    """Return what the line of *problem*, or the nearest one above it, is about."""
    lines = [line for line in found.owners if line <= problem.position.line]
    return found.owners[max(lines)] if lines else Owner("tree")
