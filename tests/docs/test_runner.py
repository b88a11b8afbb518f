from __future__ import annotations

import re
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.docs.blocks import run_document
from tests.docs.edits import apply_change, is_excerpt
from tests.docs.workspace import Command, read_console

ROOT = Path(__file__).parents[2]


def run(text: str, folder: Path) -> list[str]:
    """Run a document that holds *text*."""
    document = folder / "page.md"
    document.write_text(dedent(text), encoding="utf-8")
    work = folder / "work"
    work.mkdir()
    return run_document(document, work, ROOT)


def test_blocks_of_one_document_share_names_files_and_folder(tmp_path: Path) -> None:
    """A tutorial can be followed from block to block, across languages."""
    text = """
        <!-- file: shop/stock.py -->
        ```python
        from __future__ import annotations
        apples = 3
        ```

        ```console
        $ cd shop && ls
        stock.py
        ```

        ```python
        from stock import apples
        ```

        1. A block in a list is a block too:

           ```python
           >>> apples + 1
           4
           ```
        """
    assert [] == run(text, tmp_path)
    assert "stock" not in sys.modules


WRONG = {
    "python that raises": ("```python\n1 / 0\n```\n", "ZeroDivisionError"),
    "a doctest with another result": ("```python\n>>> 1 + 1\n3\n```\n", "Got:"),
    "other output": ("```console\n$ echo one\ntwo\n```\n", "the document shows:\ntwo"),
    "too little output": ("```console\n$ true\ntwo\n```\n", "the document shows:\ntwo"),
    "a failing command": ("```console\n$ (exit 3)\n```\n", "exit code 3"),
    "a command that ends the shell": ("```console\n$ exit 0\n$ echo on\n```\n", "ended the shell"),
    "output without a command": ("```console\nhello\n```\n", "begins with '$ '"),
    "broken yaml": ("```yaml\na: [\n```\n", "ParserError"),
    "broken toml": ("```toml\na =\n```\n", "TOMLDecodeError"),
    "broken json": ("```json\n{\n```\n", "JSONDecodeError"),
    "an unknown language": ("```perl\n1;\n```\n", "nothing runs a block of language 'perl'"),
    "no language": ("```\nx\n```\n", "nothing runs a block of language ''"),
    "a set-up command that no check runs": ("```sh\nmake install\n```\n", "no check runs 'make install'"),
    "a session that does not exist": ("```sh\nnox -s dance\n```\n", "no check runs 'nox -s dance'"),
    "an extra that does not exist": (
        "```sh\npython -m pip install 'datastoresync[moon]'\n```\n",
        "no check runs",
    ),
    "a schema with problems": ("```yaml\nmodels:\n  A: {fields: {a: text}}\n```\n", "[bad-value]"),
    "an excerpt that is none": (
        "<!-- excerpt: LICENSE -->\n```text\nAll rights reserved\n```\n",
        "LICENSE does not hold these lines",
    ),
    "a change of a file that is not there": (
        "<!-- file: a.txt -->\n```diff\n-a\n```\n",
        "FileNotFoundError",
    ),
    "an unknown workspace": ("<!-- workspace: mars -->\n", "no workspace is called 'mars'"),
}


@pytest.mark.parametrize(("text", "reason"), WRONG.values(), ids=WRONG.keys())
def test_a_block_that_does_not_hold_is_reported_with_its_place(
    text: str, reason: str, tmp_path: Path
) -> None:
    """A document that says what is not so fails, with the line of its block."""
    (problem,) = run(f"# Page\n\n{text}", tmp_path)
    assert re.match("page.md:[345]: ", problem)
    assert reason in problem


RIGHT = {
    "an ellipsis stands for anything": "```console\n$ echo one two three\none ... three\n```\n",
    "an exit code that is asked for": "```console\n$ (exit 3)\n$ echo $?\n3\n```\n",
    "a command over two lines": "```console\n$ echo one \\\n>  two\none two\n```\n",
    "errors are output": "```console\n$ echo oh >&2\noh\n```\n",
    "the project's set-up": "```sh\nnox -s lint tests-3.11  # both\npip install datastoresync\n```\n",
    "data": '```yaml\na: 1\n```\n```toml\na = 1\n```\n```json\n{"a": 1}\n```\n```text\nwhatever\n```\n',
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT.keys())
def test_a_block_that_holds_passes(text: str, tmp_path: Path) -> None:
    """What is as the document says gives no complaint."""
    assert [] == run(text, tmp_path)


def test_a_block_can_change_a_file(tmp_path: Path) -> None:
    """A page shows what to edit, and the rest of the page runs with the edit made."""
    text = """
        <!-- file: notes.txt -->
        ```text
        one
        two

        three
        ```

        <!-- file: notes.txt -->
        ```diff
        -one
        +eins
        @@
         two

        +zweieinhalb
         three
        ```

        ```console
        $ cat notes.txt
        eins
        two
        <BLANKLINE>
        zweieinhalb
        three
        ```
        """
    assert [] == run(text, tmp_path)


CHANGES = {
    "lines that are not there": ("a\nb\n", "-c\n", "0 times"),
    "lines that are there twice": ("a\na\n", "-a\n", "2 times"),
    "a line without a sign": ("a\n", "-a\nb\n", "begins with ' ', '\\+' or '-'"),
}


@pytest.mark.parametrize(("text", "change", "reason"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_that_does_not_fit_is_refused(text: str, change: str, reason: str) -> None:
    """A page whose edit no longer has its place fails instead of editing something else."""
    with pytest.raises(ValueError, match=reason):
        apply_change(text, change)


@pytest.mark.parametrize("block", ["b\n", "a:\n  b\n", "  a:\n    b\n"])
def test_an_excerpt_is_found_at_any_indentation(block: str) -> None:
    """A page may show a part of a file without the margin that it has there."""
    assert is_excerpt(block, "top:\n  a:\n    b\n")
    assert not is_excerpt(block, "top:\n  a:\n  - b\n")


def test_a_checkout_s_own_packages_come_first(tmp_path: Path) -> None:
    """A page that adds something to the project sees it at work."""
    text = """
        <!-- workspace: checkout -->
        <!-- file: dss_runtime/new_module.py -->
        ```python
        found = True
        ```

        ```console
        $ python -c "from dss_runtime.new_module import found; print(found)"
        True
        ```
        """
    assert [] == run(text, tmp_path)


def test_a_workspace_can_start_afresh(tmp_path: Path) -> None:
    """A how-to begins where its reader would, whatever an earlier part of the page left behind."""
    text = "```console\n$ touch a\n```\n<!-- workspace: empty -->\n```console\n$ ls | wc -l\n0\n```\n"
    assert [] == run(text, tmp_path)


def test_console_blocks_are_read_as_commands_with_their_output() -> None:
    """Each command keeps the output that follows it, up to the next command."""
    expected = [Command("echo a", "a\n> b\n"), Command("true", "")]
    assert expected == read_console("$ echo a\na\n> b\n$ true\n")
