"""A project whose supplier several shops follow, each with a file and with faults of its own."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from dss_runtime import DataStoreTree, Place, SourceError, override
from dss_runtime._extras import MissingExtraError
from tests.cli import fake_shop
from tests.cli.conftest import Shop
from tests.cli.fake_shop import Sync

SHOPS = ("Shop", "Market", "Kiosk")
SYNCS = {
    "shop": Sync("Supplier", "Shop", ("products",)),
    "market": Sync("Supplier", "Market", ("products",)),
    "kiosk": Sync("Supplier", "Kiosk", ("products",)),
    "stall": Sync("Kiosk", "Stall", ("products",)),
}


class Importer(fake_shop.JsonImporter):
    """Reads a tree's file, and counts how often in a file beside it."""

    @override
    def init(self) -> None:
        reads = self.file.with_suffix(".reads")
        reads.write_text(f"{int(reads.read_text()) + 1 if reads.exists() else 1}")
        if self.fault("lost"):
            raise SourceError(Place(str(self.file)), "there is no such file")
        if self.fault("exit"):
            raise SystemExit(0)
        super().init()


class Tree(DataStoreTree):
    """One of the systems."""

    __branches__ = (fake_shop.ProductsBranch,)
    __importer__ = Importer
    __template__ = fake_shop.JsonTemplate


def _tree(name: str, settings: Any) -> Tree:
    if settings.get("fault") == "no extra":
        raise MissingExtraError("ldap3 is not installed: python -m pip install 'datastoresync[ldap]'")
    return Tree(name=name, settings=settings)


TREES = {name: partial(_tree, name) for name in (*SHOPS, "Supplier", "Stall")}


def several(shop: Shop, *, runs: str = "", top: str = "", **faults: str) -> None:
    """Write settings for a run of all shops, of which some have faults: a line of settings each, by name."""
    shop.wiring("from tests.cli.run_shops import SYNCS, TREES\n\n__all__ = ['SYNCS', 'TREES']\n")
    trees = "".join(
        f'[trees.{name}]\nfolder = "data"\n{faults.get(name, "")}\n' for name in (*SHOPS, "Supplier", "Stall")
    )
    runs = runs or '[runs.nightly]\nsyncs = ["shop", "market", "kiosk"]\n'
    shop.settings(f'generated = "{shop.package}"\n{trees}\n{runs}\n{top}')
    for name in (*SHOPS, "Stall"):
        path = shop.folder / "data" / f"{name.casefold()}.json"
        if not path.exists() or not path.read_text():
            path.write_text(json.dumps({"products": []}))


def held(shop: Shop, name: str) -> list[str]:
    """Return the keys of what a system holds."""
    rows = json.loads(_file(shop, name, ".json").read_text())["products"]
    return sorted(row["sku"] for row in rows)


def reads(shop: Shop, name: str) -> int:
    """Return how often a system was read."""
    file = _file(shop, name, ".reads")
    return int(file.read_text()) if file.exists() else 0


def _file(shop: Shop, name: str, suffix: str) -> Path:
    return shop.folder / "data" / f"{name.casefold()}{suffix}"
