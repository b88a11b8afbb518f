"""What generated wiring would hold for a shop: trees over JSON files, with faults that settings ask for.

`[trees.X] folder` holds `<tree>.json`: rows of products and prices, and unreadable ones as
[line, reason, key]; `fault`, or SHOP_FAULT in the environment where the system must stay the same, names what
goes wrong, and where it is `dated` the file's age and size are known.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, cast

from dss_runtime import (
    Action,
    Branch,
    DataStoreTree,
    DefaultImporter,
    DefaultTemplate,
    Guard,
    Limit,
    Outcome,
    Place,
    Record,
    SourceError,
    Unreadable,
    override,
)
from dss_runtime.codegen import Field, ModelInfo
from dss_runtime.types import DecimalType, SetType, StrType


@dataclass(kw_only=True, slots=True)
class Product(Record):
    """What a shop sells."""

    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Product",
        ("Product",),
        ("sku",),
        (
            Field("sku", StrType()),
            Field("name", StrType()),
            Field("pin", StrType(), optional=True, sensitive=True),
            Field("tags", SetType(of=StrType())),
        ),
    )
    sku: str
    name: str = ""
    pin: str | None = None
    tags: frozenset[str] = frozenset()


@dataclass(kw_only=True, slots=True)
class Price(Record):
    """What a product costs in a currency."""

    __dss__: ClassVar[ModelInfo] = ModelInfo(
        "Price",
        ("Price",),
        ("product", "currency"),
        (
            Field("product", StrType(), ref="Product"),
            Field("currency", StrType()),
            Field("amount", DecimalType(), optional=True),
        ),
    )
    product: str
    currency: str
    amount: Decimal | None = None


class ProductsBranch(Branch[str, Product]):
    """The products."""

    __branchname__ = "products"
    klass = Product
    guard = Guard({"old": Limit(3)})


class PricesBranch(Branch[tuple[str, str], Price]):
    """The prices."""

    __branchname__ = "prices"
    klass = Price


class NotesBranch(Branch[str, Product]):
    """What only the shop has."""

    __branchname__ = "notes"
    klass = Product


class FaultyError(Exception):
    """What a fault raises."""


@dataclass
class Store:
    """A system's file."""

    file: Path
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])

    def write(self, branch: Branch[Any, Any], records: list[Any]) -> None:
        """Replace the rows of a branch."""
        data = json.loads(self.file.read_text())
        data[branch.name] = [
            {each.name: _json(getattr(record, each.name)) for each in fields(record)} for record in records
        ]
        self.file.write_text(json.dumps(data))


def _json(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(cast("frozenset[str]", value))
    return str(value) if isinstance(value, Decimal) else value


class JsonImporter(DefaultImporter):
    """Reads a tree's file."""

    @override
    def init(self) -> None:
        if self.fault("read"):
            raise FaultyError(f"cannot log in with {self.settings['password']}")
        if self.fault("interrupt read"):
            raise KeyboardInterrupt

    def fault(self, name: str) -> bool:
        """Whether the settings ask for the fault."""
        return self.settings.get("fault") == name

    @property
    def file(self) -> Path:
        """The tree's file."""
        return Path(str(self.settings["folder"])) / f"{self.tree.name.casefold()}.json"

    @override
    def readin_branch(self, branch: Branch[Any, Any]) -> None:
        if not self.file.exists():
            raise SourceError(Place(str(self.file)), "there is no such file")
        data = json.loads(self.file.read_text())
        if self.settings.get("dated"):
            found = self.file.stat()
            branch.bytes_read, branch.rows_read = found.st_size, len(data.get(branch.name, ()))
            branch.modified = datetime.fromtimestamp(found.st_mtime, UTC)
        for row in data.get(branch.name, ()):
            if branch.name == "prices":
                price = Price(**row)
                price.amount = None if price.amount is None else Decimal(price.amount)
                branch.put((price.product, price.currency), price)
            else:
                product = Product(**row)
                product.tags = frozenset(product.tags)
                branch.put(product.sku, product)
        if branch.name == "products":
            for line, reason, key in data.get("unreadable", ()):
                branch.quarantine(
                    Unreadable(branch.fullname, Place(self.file.name, line, "name"), reason, tuple(key))
                )


class JsonTemplate(DefaultTemplate):
    """Writes the whole branch for every action, as it will be when the runtime has brought it up to date."""

    @override
    def __call__(self, action: Action, /) -> Outcome:
        fault = os.environ.get("SHOP_FAULT") or self.tree.settings.get("fault")
        if fault == "interrupt write":
            raise KeyboardInterrupt
        if fault == f"interrupt after {len(getattr(self.tree, action.branch))}":
            raise KeyboardInterrupt
        if fault == "log":
            logging.getLogger("dss_runtime").warning("the password is %s", self.tree.settings["password"])
        if fault == f"fail {action.kind}":
            raise FaultyError("the shop said no")
        if fault == f"missing {action.kind}":
            return super().__call__(action)
        if fault != "forget":
            self._write(action)
        return Outcome.applied()

    def _write(self, action: Action) -> None:
        branch: Branch[Any, Any] = getattr(self.tree, action.branch)
        after: dict[Any, Any] = dict(branch)
        if action.kind == "old":
            del after[action.key]
        else:
            after[action.key] = action.left
        if (os.environ.get("SHOP_FAULT") or self.tree.settings.get("fault")) == "mangle":
            after = {key: _mangled(record) for key, record in after.items()}
        file = Path(str(self.tree.settings["folder"])) / f"{self.tree.name.casefold()}.json"
        Store(file).write(branch, list(after.values()))
        if self.tree.settings.get("fault") == "vanish":
            file.unlink()


def _mangled(record: Any) -> Any:
    """Return a product as a shop holds it that trims texts and lower-cases tags."""
    if not isinstance(record, Product):
        return record
    pin = None if record.pin is None else record.pin.strip()
    tags = frozenset(tag.lower() for tag in record.tags)
    return Product(sku=record.sku, name=record.name.strip(), pin=pin, tags=tags)


class Supplier(DataStoreTree):
    """The left side."""

    __branches__ = (ProductsBranch, PricesBranch)
    __importer__ = JsonImporter


class Shop(DataStoreTree):
    """The right side."""

    __branches__ = (ProductsBranch, PricesBranch, NotesBranch)
    __importer__ = JsonImporter
    __template__ = JsonTemplate


class Notes(DataStoreTree):
    """A system that has nothing in common with the supplier."""

    __branches__ = (NotesBranch,)
    __importer__ = JsonImporter


@dataclass(frozen=True)
class Sync:
    """A sync, as generated wiring declares it."""

    left: str
    right: str
    branches: tuple[str, ...]


def _maker(tree: type[DataStoreTree]) -> Callable[[Mapping[str, object]], DataStoreTree]:
    return lambda settings: tree(settings=settings)


TREES = {tree.__name__: _maker(tree) for tree in (Supplier, Shop, Notes)}
SYNCS = {"nightly": Sync("Supplier", "Shop", ("products",))}
