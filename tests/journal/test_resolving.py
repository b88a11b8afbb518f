"""What runs have done that do not know it themselves is found out by reading, once, whatever has changed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Branch, DataStoreTree
from dss_runtime.codegen import Field, ModelInfo
from dss_runtime.journal import Journal, NewRun, RunState, WorkState, resolve
from dss_runtime.plans import Seal
from dss_runtime.plans._identity import schema_mark
from dss_runtime.plans._values import Values
from dss_runtime.types import IntType, StrType
from tests.cli.fake_shop import Product, ProductsBranch, Shop

VALUES = Values(Seal(b"k" * 32))
STATES: tuple[RunState, ...] = ("applied", "incomplete", "interrupted", "failed", "abandoned")
WORKS: tuple[WorkState, ...] = ("intended", "written", "unknown")
ROW: dict[str, Any] = {"sku": "A", "name": "Cup", "pin": None, "tags": "[]"}
MUG: dict[str, Any] = {**ROW, "name": "Mug"}

Branches = Mapping[str, Branch[Any, Any]]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with closing(Journal(tmp_path / "journal.sqlite")) as opened:
        yield opened


def holding(*names: Any) -> Branches:
    """Return a shop's products: one, called as the name says, or none."""
    tree = Shop()
    for name in names:
        tree.branches[0].put("A", Product(sku="A", name=name))
    return {"products": tree.branches[0]}


def begun(journal: Journal, schema: str) -> int:
    """Note a run that has begun."""
    return journal.begin(
        NewRun(command="sync", left="L", right="R", branches=("products",), schema=schema, target="t"), {}
    )


def run(
    journal: Journal,
    *,
    phase: str = "changed",
    state: WorkState = "intended",
    ended: RunState = "abandoned",
    schema: str | None = None,
    key: Any = None,
    before: Any = MUG,
    after: Any = ROW,
    reason: str = "",
) -> int:
    """Note a run that meant to make a cup of a mug, and return its number."""
    number = begun(journal, schema_mark(holding().values()) if schema is None else schema)
    actions = [[phase, "name" if phase == "changed" else None, "message"]]
    journal.add_works(
        [
            (
                number, 1, phase, "products", json.dumps(key or {"sku": "A"}), json.dumps(actions),
                json.dumps(before), json.dumps(after), state, reason, 1, "",
            )
        ]
    )  # fmt: skip
    if ended != "abandoned":
        journal.end(number, ended, {})
    return number


def settled(journal: Journal, right: Branches) -> list[tuple[str, str]]:
    """Settle all there is; return state and reason of the first run's works."""
    resolve(journal, "t", right, VALUES, begun(journal, ""))
    return [(work.state, work.reason) for work in journal.works(1)]


@pytest.mark.parametrize("ended", STATES)
@pytest.mark.parametrize("state", WORKS)
def test_every_run_is_settled_once(journal: Journal, ended: RunState, state: WorkState) -> None:
    """However it ended, and whatever it knows of its works; later runs do not look again."""
    run(journal, ended=ended, state=state)
    assert [("applied", "found out by reading: it is there")] == settled(journal, holding("Cup"))
    assert [("applied", "found out by reading: it is there")] == settled(journal, holding("Mug"))
    first = journal.run(1)
    assert first is not None
    assert 2 == first.settled


def test_what_stays_unknown_is_looked_at_once(journal: Journal) -> None:
    """The reason that the run itself gave is kept, before what reading has told."""
    run(journal, state="unknown", reason="no answer")
    told = "no answer; found out by reading: the record is neither as it was nor as it was to be"
    assert [("unknown", told)] == settled(journal, holding("Jug"))
    assert [("unknown", told)] == settled(journal, holding("Cup"))


@pytest.mark.parametrize(
    ("names", "state"), [(["Cup"], "applied"), (["Mug"], "skipped"), (["Jug"], "unknown"), ([], "unknown")]
)
def test_a_change_is_found_by_the_record(journal: Journal, names: list[str], state: str) -> None:
    """As it was to be, as it was, neither, or gone."""
    run(journal)
    assert [state] == [found for found, _ in settled(journal, holding(*names))]


def test_a_field_that_came_later_is_not_compared(journal: Journal) -> None:
    """The journal knows nothing of it: what both know decides."""
    then = {name: value for name, value in ROW.items() if name != "tags"}
    run(journal, phase="new", before=None, after=then, schema="another")
    assert ["applied"] == [state for state, _ in settled(journal, holding("Cup"))]


def test_a_changed_field_that_is_gone_leaves_it_unknown(journal: Journal) -> None:
    """What the run was to change cannot be read back."""
    then = {"sku": "A", "title": "Cup"}
    run(journal, before=then, after=then, schema="another")
    told = "found out by reading: what it was to change cannot be read back"
    assert [("unknown", told)] == settled(journal, holding("Cup"))


@pytest.mark.parametrize("phase", ["new", "changed", "old"])
def test_another_key_leaves_it_unknown(journal: Journal, phase: str) -> None:
    """A record that is not found by a key of another schema may be there all the same."""
    run(journal, phase=phase, key={"number": "A"}, schema="another")
    assert ["unknown"] == [state for state, _ in settled(journal, holding("Cup"))]


def test_a_value_of_no_type_of_today_leaves_it_unknown(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that became a number cannot be compared, and does not keep the next run from its work."""
    info = Product.__dss__
    fields = [Field("name", IntType()) if each.name == "name" else each for each in info.fields]
    monkeypatch.setattr(Product, "__dss__", replace(info, fields=tuple(fields)))
    run(journal, schema="another")
    told = "found out by reading: its values cannot be compared with those of today's schema"
    assert [("unknown", told)] == settled(journal, holding(7))


_stored = st.none() | st.text(max_size=3) | st.just({"mark": "0" * 32})
_records = st.none() | st.dictionaries(st.sampled_from(["sku", "name", "pin", "tags", "gone"]), _stored)


@given(
    phase=st.sampled_from(["new", "changed", "old"]),
    before=_records,
    after=_records,
    key=st.sampled_from([{"sku": "A"}, {"sku": {"mark": "1"}}, {"other": "A"}]),
    number=st.booleans(),
    sensitive=st.booleans(),
)
def test_settling_never_raises(
    phase: str, before: Any, after: Any, key: Any, number: bool, sensitive: bool
) -> None:
    """Whatever an earlier schema has left in the journal, the next run goes on."""
    name = Field("name", IntType() if number else StrType(), sensitive=sensitive)

    class Thing(Product):
        __dss__ = ModelInfo("Thing", ("Thing",), ("sku",), (Field("sku", StrType()), name))

    class Things(ProductsBranch):
        klass = Thing

    class Store(DataStoreTree):
        __branches__ = (Things,)

    branch: Branch[Any, Any] = Store().branches[0]
    value: Any = 7 if number else "7"
    branch.put("A", Thing(sku="A", name=value))
    with tempfile.TemporaryDirectory() as folder, closing(Journal(Path(folder, "j.sqlite"))) as journal:
        run(journal, phase=phase, before=before, after=after, key=key, schema="another")
        (found,) = settled(journal, {"products": branch})
    assert found[0] in ("applied", "skipped", "unknown")
