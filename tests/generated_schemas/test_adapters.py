"""The invariants over generated schemas and data, where the right side is a database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import exc

from dss_runtime import DataStoreTree
from tests.generated_schemas.variations import alternatives
from tests.generated_schemas.worlds import Data, World, canonical, legible, state, synced, without
from tests.services.databases import create_tables, new_database
from tests.strategies.runnable import BASE, FILES, LEFT

few = settings(max_examples=max(2, settings().max_examples // 12), phases=[Phase.explicit, Phase.generate])


def converged(world: World, left: DataStoreTree, right: DataStoreTree) -> None:
    """Sync, and check that nothing differs, that the database says so too, and that it holds the same."""
    synced(left, right)
    assert [] == list(left - right)
    anew = world.again(BASE, right.settings).load()
    assert [] == [str(row) for branch in anew.branches for row in branch.unreadable]
    assert [] == list(left - anew)
    assert 0 == len(synced(left, anew))
    # What is never written is, in a new row, as the database has it.
    unwritten = {
        name: {each for each, policy in held.sync if policy == "never"}
        for name, held in world.held(BASE).items()
    }
    assert without(state(right, world), unwritten) == without(state(anew, world), unwritten)


def values(world: World, tree: DataStoreTree) -> dict[str, dict[Any, Any]]:
    """Return the fields of all records that every tree holds and owns, in canonical form."""
    found: dict[str, dict[Any, Any]] = {}
    for branch in tree.branches:
        free = set(world.model_fields(branch.info.name))
        for name in (LEFT, FILES, BASE):
            held = world.held(name)[branch.name]
            free -= {*held.omitted, *(each for each, policy in held.sync if policy != "always")}
        found[branch.name] = {
            key: {name: value for name, value in canonical(record).items() if name in free}
            for key, record in branch.items()
        }
    return found


@few
@given(data=st.data())
def test_a_database_converges_again_and_again(world: World, data: st.DataObject) -> None:
    """Records come, change, go and return; each time the database holds what the left side holds."""
    with TemporaryDirectory() as place:
        world.create_tables(Path(place))
        check_terms(world, data, world.tree(BASE, {}, Path(place)))


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_server_converges_again_and_again(kind: str, world: World) -> None:
    """What holds for a file of SQLite holds for the databases of a server.

    MariaDB knows no names of columns beyond U+FFFF, so there can be no database for some of the schemas.
    """
    tables: Mapping[str, sa.Table] = world.module("tables").TABLES
    names = "".join(str(column.name) for table in tables.values() for column in table.columns)
    if kind == "mariadb" and max(names) > "\uffff":
        with pytest.raises(exc.OperationalError, match="Invalid utf8mb4 character string"):
            create_tables(new_database(kind), *tables.values())
        return

    @settings(max_examples=2, phases=[Phase.explicit, Phase.generate])
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        url = new_database(kind)
        create_tables(url, *tables.values())
        check_terms(world, data, world.tree(BASE, {}, url=url))

    check()


def check_terms(world: World, data: st.DataObject, right: DataStoreTree) -> None:
    """Sync records that come, change, go and return into a database, and compare each time."""
    first = data.draw(world.data(plain=True))
    second = alternatives(world, data, first)
    terms: list[Data] = [first, {name: list(map(legible, records)) for name, records in second.items()}]
    right.load()
    for term in (*terms, terms[0]):
        left = world.tree(LEFT, term).load()
        converged(world, left, right)
        assert values(world, left) == {
            name: {key: each for key, each in records.items() if key in left_keys(left, name)}
            for name, records in values(world, right).items()
        }


def left_keys(left: DataStoreTree, branch: str) -> set[Any]:
    """Return the keys of a branch."""
    return set(getattr(left, branch))


@few
@given(data=st.data())
def test_files_are_read_as_they_were_written(world: World, data: st.DataObject) -> None:
    """Records, written to files of any layout by hand, are read as they were, and sync into a database."""
    ours = data.draw(world.data(low=1, plain=True))
    with TemporaryDirectory() as place:
        folder = Path(place)
        world.create_tables(folder)
        left = world.tree(FILES, ours, folder).load()
        assert [] == [row for branch in left.branches for row in branch.unreadable]
        assert ours == {branch.name: list(branch.values()) for branch in left.branches}
        converged(world, left, world.tree(BASE, {}, folder).load())
