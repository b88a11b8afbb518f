"""What is taken back on a system that disables records, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dss_runtime import DataStoreTree, DefaultTemplate, Outcome, override
from dss_runtime._actions import Action
from dss_runtime.journal import Journal, NewRun, Recording, Undoing
from dss_runtime.plans import Seal
from dss_runtime.plans._values import Values
from tests.cli.fake_shop import Product, ProductsBranch

VALUES = Values(Seal(b"k" * 32))


class Products(ProductsBranch):
    """Products that are never removed: a tag says that one is not for sale."""

    retires_old = True
    disabled_by = (("tags", frozenset({"off"})),)


class Obedient(DefaultTemplate):
    """Does whatever it is told, in memory."""

    @override
    def __call__(self, action: Action, /) -> Outcome:
        return Outcome.applied()


class Warehouse(DataStoreTree):
    """A system that disables old records."""

    __branches__ = (Products,)
    __template__ = Obedient


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    with closing(Journal(tmp_path / "journal.sqlite")) as opened:
        yield opened


def stock(product: Product, *, retired: Product | None = None) -> Warehouse:
    """Return a warehouse with a product, or with none and a disabled one."""
    tree = Warehouse()
    if retired is None:
        tree.branches[0].put(product.sku, product)
    else:
        tree.branches[0].retired[retired.sku] = retired
    return tree


def undoing(journal: Journal, left: Warehouse, right: Warehouse) -> tuple[Undoing, Warehouse]:
    """Sync, then take that back in memory; return what that tells, and what is wanted then."""
    new = NewRun(command="sync", left="L", right="R", branches=("products",), schema="s", target="t")
    number = journal.begin(new, {})
    branches = {branch.name: branch for branch in right.branches}
    left.sync(right, recorder=Recording(journal, number, branches, VALUES))
    wanted = Warehouse()
    found = Undoing(branches, {branch.name: branch for branch in wanted.branches}, VALUES)
    found.take_back(journal.works(number))
    return found, wanted


CUP = Product(sku="A", name="Cup")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Cup", []),
        ("Mug", ["it is disabled again, but with what the run has set: name"]),
    ],
)
def test_what_was_enabled_again_keeps_what_the_run_has_set(
    journal: Journal, name: str, kept: list[str]
) -> None:
    """It is disabled again; values that its return has replaced are listed, as they are not set back."""
    before = Product(sku="A", name=name, tags=frozenset({"off"}))
    found, wanted = undoing(journal, stock(CUP), stock(CUP, retired=before))
    assert (kept, []) == ([each.reason for each in found.kept], found.losses)
    assert 0 == len(wanted.branches[0])


def test_what_was_created_is_disabled_which_is_told(journal: Journal) -> None:
    """The system held nothing of it before, and will hold a disabled record."""
    found, wanted = undoing(journal, stock(CUP), Warehouse())
    assert ["it is disabled, not removed: this branch removes no record"] == [
        each.reason for each in found.losses
    ]
    assert ([], 0) == (found.kept, len(wanted.branches[0]))


def test_what_was_disabled_is_enabled_without_loss(journal: Journal) -> None:
    """The system still has the record."""
    found, wanted = undoing(journal, Warehouse(), stock(CUP))
    assert ([], []) == (found.kept, found.losses)
    assert [CUP] == list(wanted.branches[0].values())
