"""The reference says what the code says."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = runpy.run_path(str(FOLDER / "write.py"))["PAGES"]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!\w+:)(?P<target>[^)#]*)(?:#(?P<anchor>[^)]*))?\)")
HEADING = re.compile(r"^#+ (?P<text>.*)$", re.MULTILINE)
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/README.md")})


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_reference_is_what_the_code_gives(name: str) -> None:
    """Nobody reads of an option that is gone; `python docs/reference/write.py` brings the pages in step."""
    assert PAGES[name]() == (FOLDER / name).read_text(encoding="utf-8")


def test_every_page_of_the_reference_is_written() -> None:
    """No page of the reference is left behind, or kept by hand; the suite of the adapters writes its own."""
    assert sorted([*PAGES, "conformance.md"]) == sorted(path.name for path in FOLDER.glob("*.md"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_within_the_documents_leads_somewhere(document: Path) -> None:
    """A link to a file, or to a heading, finds it."""
    broken: list[str] = []
    for link in LINK.finditer(document.read_text(encoding="utf-8")):
        target = (document.parent / link["target"]).resolve() if link["target"] else document
        if not target.exists() or (link["anchor"] and link["anchor"] not in anchors(target)):
            broken.append(link[0])
    assert [] == broken


def test_every_decision_is_in_the_index() -> None:
    """A decision that the index does not name would not be found."""
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [] == [path.name for path in sorted(folder.glob("0*.md")) if f"({path.name})" not in index]


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of *document*."""
    texts = (match["text"].lower() for match in HEADING.finditer(document.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", text).replace(" ", "-") for text in texts}
