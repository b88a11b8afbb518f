"""The services of this folder's tests, started once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from dss_generator.schema.json_schema import path as json_schema
from tests.editors.server import Document, Editor
from tests.editors.services import ROOT, node, npm_file, puppeteer_file

Open = Callable[[str], Document]


@pytest.fixture(scope="session")
def editor() -> Iterator[Editor]:
    """An editor with the YAML language server."""
    made = Editor(node(), npm_file("yaml-language-server/bin/yaml-language-server"), ROOT)
    yield made
    made.quit()


@pytest.fixture
def opened(editor: Editor, tmp_path: Path) -> Iterator[Open]:
    """Opens a schema file with a text, which knows the language by the usual comment in its first line."""
    numbers = count()
    documents: list[Document] = []

    def open_text(text: str) -> Document:
        comment = f"# yaml-language-server: $schema={json_schema.as_uri()}\n"
        documents.append(editor.open(tmp_path / "schema" / f"{next(numbers)}.yaml", comment + text))
        return documents[-1]

    yield open_text
    for each in documents:
        each.close()


@pytest.fixture
def drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Puts the real `mmdc` on the PATH, and returns the file that tells it of the browser."""
    programs = [str(node().parent), str(npm_file(".bin/mmdc").parent)]
    monkeypatch.setenv("PATH", os.pathsep.join([*programs, os.environ["PATH"]]))
    return puppeteer_file(tmp_path)
