"""The whole way of a pull: tables of a source, their evidence, a draft, its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..names import reason_against, tree_role
from ..schema.load import load_schema
from .draft import Draft
from .drafting import NOTHING, Taken, draft_of
from .evidence import PullError, SourceTable, Table
from .keys import choose_key
from .naming import Names, name_words
from .profile import profile
from .refs import judge_refs
from .settle import settled

__all__ = ["NOTHING", "Pulled", "Taken", "pull", "taken_in", "tree_name"]


@dataclass(frozen=True, slots=True)
class Pulled:
    """A schema that was pulled: its text, which loads without a problem, and what it was made from."""

    text: str
    draft: Draft
    empty: tuple[str, ...] = ()
    """The tables that could not be taken, each with the reason."""


def pull(
    tables: Sequence[SourceTable],
    *,
    command: str,
    tree: str,
    adapter: str,
    taken: Taken = NOTHING,
    hint: str = "",
) -> Pulled:
    """Return the schema of *tables*: a tree called *tree*, held by *adapter*, with a branch for each.

    *command* is what wrote it, *hint* a comment above the tree. Reads each table once, and once more for what
    has to be compared.
    Raises PullError when nothing can be taken.
    """
    profiled: list[Table] = []
    wrong: list[str] = []
    for table in tables:
        try:
            profiled.append(profile(table))
        except PullError as error:
            wrong.append(str(error))
    if wrong:
        raise PullError("\n".join(wrong))
    keys = {table.source.name: choose_key(table) for table in profiled}
    judged = judge_refs(profiled, keys)
    empty = tuple(
        f"{each.table.source.title}: {'; '.join(each.key.doubts)}" for each in judged if not each.key.columns
    )
    if len(empty) == len(judged):
        raise PullError("\n".join(empty) or "there is no table to take")
    draft = draft_of(judged, command=command, tree=tree, adapter=adapter, taken=taken, hint=hint)
    draft, text = settled(draft, taken)
    return Pulled(text, draft, empty)


def taken_in(folder: Path) -> Taken:
    """Return the names that the schema in *folder* has; none where there is no schema yet.

    Raises SchemaError for one that has problems: nobody could tell which names it has.
    """
    if not folder.is_dir() or not any(folder.rglob("*.yaml")):
        return Taken()
    schema = load_schema(folder)
    return Taken(
        tuple(each.name for each in schema.models),
        tuple(each.name for each in schema.branches),
        tuple(each.name for each in schema.trees),
    )


def tree_name(wish: str, taken: Taken) -> str:
    """Return a name for a tree, after *wish*, that the schema does not have yet."""
    return Names.beside(tree_role, taken.trees).give("".join(part.capitalize() for part in name_words(wish)))


def check_tree_name(name: str, taken: Taken) -> None:
    """Raise PullError where a tree cannot be called *name*."""
    reason = reason_against(name, tree_role)
    if reason is not None:
        raise PullError(f"--tree: {reason}")
    if name in taken.trees:
        raise PullError(f"--tree: the schema has a tree {name} already; choose another name")
