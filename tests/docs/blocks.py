"""Which block of a document is run how: a Sybil parser over the fences of one Markdown file.

| language | what happens |
|---|---|
| python | runs; blocks of one document share their names; a block of `>>>` lines is a doctest |
| console | lines after `$ ` run in bash; the output that follows is compared, `...` stands for any text |
| sh | must be set-up commands that the checks themselves carry out |
| yaml | must parse; with `models` or `trees` at the top it must be a whole schema without problems |
| toml, json | must parse |
| text, diff | shown only |

On the line before a fence, `<!-- file: PATH -->` writes the block to that file instead of running it, where
the block is a diff changes that file, and `<!-- excerpt: PATH -->` has it be a part of that file of the
checkout. `<!-- workspace: NAME -->` starts afresh: `empty`, with the `school` example, or in a `checkout`.
"""

from __future__ import annotations

import json
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from sybil import Document, Example, Lexeme, Region
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.markdown.lexers import DirectiveInHTMLCommentLexer, FencedCodeBlockLexer

from dss_generator.schema.load import load_schema
from tests.docs.edits import is_excerpt
from tests.docs.setup_commands import unknown_setup_commands
from tests.docs.workspace import Workspace

COMMENT = re.compile(r"<!-- (?P<what>file|excerpt): (?P<path>\S+) -->[ \t]*\n[ \t]*\Z")
WHOLE_SCHEMA = re.compile(r"^(?:models|trees):", re.MULTILINE)


def parse_yaml(source: str) -> None:
    """Raise yaml.YAMLError where *source* is not YAML, SchemaError where it is a schema with problems."""
    yaml.compose(source, Loader=yaml.SafeLoader)
    if WHOLE_SCHEMA.search(source):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "schema.yaml").write_text(source, encoding="utf-8")
            load_schema(Path(folder))


PARSED: dict[str, Callable[[str], object]] = {"yaml": parse_yaml, "toml": tomllib.loads, "json": json.loads}
SHOWN = frozenset({"text", "diff"})


class BlockParser:
    """Gives every fence of a document, in order, to what runs its language in *workspace*."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._fences = FencedCodeBlockLexer(language=r"[^\n]*")
        self._directives = DirectiveInHTMLCommentLexer("workspace", arguments=r"\S+")
        self._doctests = DocTestStringParser(DocTestEvaluator())

    def __call__(self, document: Document) -> Iterator[Region]:
        for region in self._directives(document):
            region.parsed = str(region.lexemes["arguments"])
            region.evaluator = self._start_afresh
            yield region
        for region in self._fences(document):
            yield from self._block(document, region)

    def _block(self, document: Document, region: Region) -> Iterator[Region]:
        language = str(region.lexemes["language"]).strip()
        source = region.lexemes["source"]
        assert isinstance(source, Lexeme)
        region.parsed = source
        comment = COMMENT.search(document.text, 0, region.start)
        if comment is not None:
            region.evaluator = self._about_a_file(comment["what"], comment["path"], language)
        elif language == "python" and source.startswith(">>>"):
            for one in self._doctests(source, document.path):
                one.evaluator = self._workspace.run_doctest
                one.adjust(region, source)
                yield one
            return
        elif language == "python":
            region.evaluator = self._workspace.run_python
        elif language == "console":
            region.evaluator = lambda example: self._workspace.run_console(str(example.parsed))
        elif language == "sh":
            region.evaluator = lambda example: unknown_setup_commands(str(example.parsed))
        elif language in PARSED:
            region.evaluator = lambda example: _discard(PARSED[language](str(example.parsed)))
        elif language not in SHOWN:
            known = ", ".join(sorted({"python", "console", "sh", *PARSED, *SHOWN}))
            region.evaluator = lambda _: f"nothing runs a block of language {language!r}; use one of: {known}"
        yield region

    def _about_a_file(self, what: str, path: str, language: str) -> Callable[[Example], str | None]:
        workspace = self._workspace

        def check(example: Example) -> str | None:
            text = workspace.original(path).read_text(encoding="utf-8")
            return None if is_excerpt(str(example.parsed), text) else f"{path} does not hold these lines"

        def write(example: Example) -> None:
            put = workspace.change if language == "diff" else workspace.write
            put(path, str(example.parsed))

        return check if what == "excerpt" else write

    def _start_afresh(self, example: Example) -> None:
        self._workspace.start(str(example.parsed))


def _discard(_: object) -> None:
    """An evaluator's result is its complaint: that a text parsed is none."""


def run_document(path: Path, folder: Path, root: Path) -> list[str]:
    """Run every block of the document at *path* and return what went wrong, each as `file:line: reason`.

    *folder* is an empty folder for what the blocks write, *root* the checkout.
    """
    workspace = Workspace(folder, root)
    document = Document.parse(str(path), BlockParser(workspace))
    problems: list[str] = []
    with workspace.entered():
        for example in document.examples():
            try:
                example.evaluate()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a block raises is its result
                problems.append(f"{path.name}:{example.line}: {type(error).__name__}: {error}")
    return problems
