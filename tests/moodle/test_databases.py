"""A Moodle's own kinds of databases are read as SQLite is."""

from __future__ import annotations

from typing import Any

import pytest

from dss_runtime import DataStoreTree, SyncResult
from tests.moodle.academy import SCHOOL, academy, outcomes, person, registry, sync
from tests.moodle.stand_in.server import StandIn
from tests.moodle.stand_in.site import Site
from tests.services.databases import new_database

GUEST = person("Zoë-🎓", given="Zoë 🎓", family="שלום", login="zoe")
"""Somebody whose names are none of ASCII."""


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_school_goes_and_comes_back(kind: str) -> None:
    """All kinds of records are made, read back equal, set aside or removed, and brought back."""
    url = new_database(kind)
    address = url.render_as_string(hide_password=False)
    whole: dict[str, list[Any]] = {**SCHOOL, "people": [*SCHOOL["people"], GUEST]}
    nothing: dict[str, list[Any]] = {name: [] for name in SCHOOL}
    with StandIn(Site(url)) as stand_in:

        def right() -> DataStoreTree:
            return academy(stand_in, database=address)

        for records in (whole, nothing, whole):
            result: SyncResult = sync(registry(**records), right())
            assert {} == {what: how for what, how in outcomes(result).items() if how[0] != "applied"}
            assert len(result) > 15
            assert 0 == len(sync(registry(**records), right()))
