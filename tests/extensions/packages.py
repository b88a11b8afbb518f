"""Packages as pip would have installed them, made of texts: modules, and metadata with entry points."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "packages"

TYPE = """
from dataclasses import dataclass
from typing import ClassVar

from dss_runtime.extending import FieldType

@dataclass(frozen=True, slots=True, kw_only=True)
class WordType(FieldType[str]):
    api: ClassVar[int] = 1
    name: ClassVar[str] = "word"
    def parse(self, value):
        if not isinstance(value, str) or not value.isalpha():
            raise ValueError("expected a word")
        return value
    annotation = "str"
    strategy = "_st.just('a')"
    sql = "_sa.Text()"
    arrow = "string"
"""
"""A field type `word`."""

ADAPTER = """
from dss_generator.extending import Adapter, Key, Text
from dss_runtime.extending import Importer

class PipeImporter(Importer): ...
class PipeSource: ...

adapter = Adapter(
    api=1, name="pipe", doc="A pipe.", can_write=False, maps_columns=True, needs=("command",),
    keys=(Key("command", Text(100, low=1), "What writes the rows."),),
    options=lambda node, problems: (("command", node.text("command")),),
    module=__name__, importer="PipeImporter", source="PipeSource",
)
"""
"""An adapter `pipe`."""

ARTEFACT = """
from dss_generator.extending import CustomArtefact

artefact = CustomArtefact(
    api=1, name="list", doc="A list.", path="list.md", package=__name__, template="list.md.jinja",
)
"""
"""An artefact `list`; its template is a file of the package."""


class Site:
    """A folder that packages are installed into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def install(self, name: str, source: str, points: Mapping[str, Mapping[str, str]], **files: str) -> None:
        """Install version 1.0 of *name*, a package of *source* and *files*, with entry points by group."""
        package = self.folder / name.replace("-", "_")
        package.mkdir()
        (package / "__init__.py").write_text(source, encoding="utf-8")
        for file, text in files.items():
            (package / file.replace("__", ".")).write_text(text, encoding="utf-8")
        info = self.folder / f"{package.name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8"
        )
        lines = [
            line
            for group, entries in points.items()
            for line in (f"[datastoresync.{group}]", *(f"{key} = {value}" for key, value in entries.items()))
        ]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A folder that packages can be imported from; what was imported from it is forgotten afterwards."""
    made = Site(tmp_path / "site")
    modules = set(sys.modules)
    monkeypatch.syspath_prepend(made.folder)  # pyright: ignore[reportUnknownMemberType]
    yield made
    for name in set(sys.modules) - modules:
        file = getattr(sys.modules[name], "__file__", None)
        if file is not None and Path(file).is_relative_to(made.folder):
            del sys.modules[name]
