"""A project with a fake generated package, and a way to call `dss` in it."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dss_runtime.cli import app

_NUMBERS = itertools.count()


@dataclass
class Shop:
    """A project with data for both sides. Its generated package has a name of its own, as imports last."""

    folder: Path
    package: str = field(default_factory=lambda: f"made{next(_NUMBERS)}")

    def __post_init__(self) -> None:
        (self.folder / "schema").mkdir(parents=True)
        (self.folder / self.package).mkdir()
        (self.folder / self.package / "__init__.py").write_text("")
        self.wiring("from tests.cli.fake_shop import SYNCS, TREES\n\n__all__ = ['SYNCS', 'TREES']\n")
        (self.folder / "data").mkdir()
        self.left(products=[])
        self.right(products=[])
        self.settings()

    def wiring(self, source: str) -> None:
        """Write the module that a generated package is entered by."""
        (self.folder / self.package / "wiring.py").write_text(source)

    def settings(self, text: str = "", *, shop: str = "", top: str = "") -> None:
        """Write dss.toml: *text*, or a plain one with *shop* in [trees.Shop] and *top* above all tables."""
        tables = f'[trees.Supplier]\nfolder = "data"\n\n[trees.Shop]\nfolder = "data"\n{shop}\n'
        (self.folder / "dss.toml").write_text(text or f'generated = "{self.package}"\n{top}\n{tables}')

    def left(self, **data: Any) -> None:
        """Write what the supplier has."""
        (self.folder / "data" / "supplier.json").write_text(json.dumps(data))

    def right(self, **data: Any) -> None:
        """Write what the shop has."""
        (self.folder / "data" / "shop.json").write_text(json.dumps(data))

    @property
    def held(self) -> Any:
        """What the shop has now."""
        return json.loads((self.folder / "data" / "shop.json").read_text())

    def dss(self, *arguments: str) -> Result:
        """Call `dss` on the project."""
        return CliRunner().invoke(app, ["-C", str(self.folder), *arguments])


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A project whose two sides are empty."""
    path, modules = list(sys.path), set(sys.modules)
    yield Shop(tmp_path / "shop")
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("made"):
            del sys.modules[name]


@pytest.fixture
def dss() -> Callable[..., Result]:
    """`dss` called in the current folder."""

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments)

    return call
