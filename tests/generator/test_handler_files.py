"""Files of users: whatever is in them stays as it is, byte for byte, but for stubs and renamed names."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterable, Iterator
from io import BytesIO

import pytest
from hypothesis import event, given, seed, settings

from dss_generator.code.fragments import Code, code
from dss_generator.stubs.edits import moved
from dss_generator.stubs.expected import Method, StubClass, StubFile
from dss_generator.stubs.mending import Mended, mend, never, remarks
from dss_generator.stubs.source import HandlerFileError, Source
from tests.strategies.python_files import TEXTS, files, is_valid, traits


def _method(name: str) -> Method:
    imports = ("from dss_runtime import Outcome", "from generated import actions")
    parameters = code(", action: actions.Some, /")
    return Method(name, parameters, Code("Outcome"), "Do it.", name in REQUIRED, imports)


REQUIRED = {"new_things", "old_things", "added_things_tags"}
NAMES = {
    "new_things": (),
    "old_things": ("old_stuff",),
    "changed_things_name": ("changed_things_title",),
    "added_things_tags": (),
}
OLD_NAMES = {old: new for new, olds in NAMES.items() for old in olds}
FILE = StubFile(
    "shop.py",
    "What is special about Shop.",
    (
        StubClass(
            "ShopTemplate",
            "ShopTemplateBase",
            "generated.templates",
            "Carries out differences on Shop.",
            tuple(map(_method, NAMES)),
            NAMES,
        ),
    ),
)
REFUSALS = (
    r"handlers/shop\.py:\d+:\d+: error: class ShopTemplate stands on one line, .+ \[handler-file\]",
    r"handlers/shop\.py:\d+:\d+: error: \w+ cannot be renamed to \w+, since .+ \[rename-refused\]",
)


def mended(content: bytes, *, apply_renames: bool = False) -> Mended:
    """Return the file with everything done that has to be."""
    return mend(Source("handlers/shop.py", content), FILE, never, apply_renames=apply_renames)


@given(files())
def test_no_byte_outside_of_the_stubs_changes(content: bytes) -> None:
    """Stubs come in and all else stays: bytes, encoding, program; nothing is missing; again is nothing."""
    _test(content, apply_renames=False)


@given(files())
def test_no_byte_outside_of_stubs_and_renamed_names_changes(content: bytes) -> None:
    """The same where renames are followed: of what was there, only names of methods are others."""
    _test(content, apply_renames=True)


def _test(content: bytes, *, apply_renames: bool) -> None:
    before = ast.parse(content)
    olds = list(_classes(before.body))
    refused = ""
    try:
        done = mended(content, apply_renames=apply_renames)
    except HandlerFileError as error:
        refused = str(error)
        done = Mended(Source("handlers/shop.py", content))
    assert all(any(re.fullmatch(each, line) for each in REFUSALS) for line in refused.splitlines())
    assert bool(refused) == any(_is_refused(content, each, apply_renames) for each in olds)
    if refused:
        event("refused")
        return
    event("changed" if done.edits else "as it was")
    after = done.source.content
    assert content == _taken_back(content, done)
    assert is_valid(after)
    assert _encoding(content) == _encoding(after)
    tree = ast.parse(after)
    news = list(_classes(tree.body))
    if not olds and not any("ShopTemplate" in _names(each) for each in _reachable(before.body)):
        assert tree.body.pop() is news.pop()
    for old, new in zip(olds, news, strict=True):
        renames = _renames(old) if apply_renames else {}
        expected = {renames.get(name, name) for name in _bound(old)}
        waiting = {new for name, new in OLD_NAMES.items() if name in expected}
        added = [_name_of(each) for each in new.body[len(old.body) :]]
        assert sorted(REQUIRED - expected - waiting) == sorted(added)
        del new.body[len(old.body) :]
        _rename(old, renames)
    imports, others = _came_in(before.body, tree.body)
    assert [] == others
    assert all(each < min(node.lineno for node in _classes(ast.parse(after).body)) for each in imports)
    again = mended(after, apply_renames=apply_renames)
    assert (after, ()) == (again.source.content, again.edits)
    _test_places(done)


def _test_places(done: Mended) -> None:
    """Every line that tells what was done names the place where it now stands."""
    lines = done.source.plain_text.split("\n")
    for text in done.done:
        place = re.fullmatch(r"handlers/shop\.py:(\d+)(?::(\d+))?: (?:inserted|renamed \w+ to) (\w+)", text)
        assert place is not None
        line = lines[int(place[1]) - 1]
        if place[2]:
            assert line[int(place[2]) - 1 :].startswith(place[3])
        else:
            assert re.match(rf"\s*(def|class) {place[3]}\(", line)


@given(files())
def test_what_is_stale_is_told_with_its_place(content: bytes) -> None:
    """Each definition of a name of before has a line that leads to it, and what it is called today."""
    source = Source("handlers/shop.py", content)
    found = "\n".join(map(str, remarks(source, FILE)))
    for node in _classes(ast.parse(content).body):
        for name in OLD_NAMES.keys() & _bound(node).keys():
            assert f"ShopTemplate.{name} handles nothing in the schema; it was renamed" in found
    for line in found.splitlines():
        place = re.match(r"handlers/shop\.py:(\d+):(\d+): error: ShopTemplate\.(\w+) ", line)
        assert place is not None
        rest = source.plain_text.split("\n")[int(place[1]) - 1 :]
        assert re.match(rf"(async|def|{place[3]})\b", rest[0][int(place[2]) - 1 :])


SEEN: set[str] = set()


@settings(max_examples=100)
@given(files())
def _gather(content: bytes) -> None:
    SEEN.update(traits(content))


@pytest.mark.slow
def test_the_files_are_as_odd_as_they_claim() -> None:
    """Statements, line ends, encodings and places of the class of all kinds come up in a thousand files."""
    encodings = {f"encoding {each}" for each in ("utf-8", "utf-8-sig", "iso-8859-1", *TEXTS)} - {
        "encoding latin-1"
    }
    ends = {f"ends {each}" for each in (r"'\n'", r"'\r'", r"'\r\n'", r"'\n'+'\r'+'\r\n'")}
    nodes = {
        *("AsyncFunctionDef in a class", "FunctionDef in a class", "ClassDef in a class", "If in a class"),
        *(
            "Try in a class",
            "TryStar",
            "Assign in a class",
            "With",
            "While",
            "For",
            "Match",
            "Lambda",
            "NamedExpr",
        ),
        *("Constant of several lines", "JoinedStr of several lines", "class on one line"),
        *("class that ends in a statement of several lines", "decorator", "semicolon", "type comment"),
        *("form feed", "tabs", "backslash", "lone backslash", "empty line after backslash", "not ASCII"),
        *("comment", "comment ends in backslash", "keyword and name on two lines", "no end"),
        *("blanks at the end", "comment at the end"),
    }
    classes = {f"{each} in all" for each in ("0 at the top, 0", "1 at the top, 1", "0 at the top, 2")}
    wanted = encodings | ends | nodes | classes
    rounds = iter(range(10))
    while not wanted <= SEEN and (number := next(rounds, None)) is not None:
        seed(number)(_gather)()
    assert set() == wanted - SEEN


def _is_refused(content: bytes, node: ast.ClassDef, apply_renames: bool) -> bool:
    """Whether a class leaves no room for a stub, or has two of what can have one name only."""
    names = _bound(node)
    if REQUIRED - names.keys() and not _has_block(content, node):
        return True
    return apply_renames and any(old in names and old not in _renames(node) for old in OLD_NAMES)


def _has_block(content: bytes, node: ast.ClassDef) -> bool:
    """Whether what follows the first line of a class is indented, as Python's tokenizer sees it."""
    lines = BytesIO(re.sub(rb"\r\n?", b"\n", content))
    skipped = (tokenize.COMMENT, tokenize.NL)
    before = 0
    for token in tokenize.tokenize(lines.readline):
        if token.start[0] >= node.lineno and token.type not in skipped:
            if before == tokenize.NEWLINE:
                return token.type == tokenize.INDENT
            before = token.type
    raise AssertionError("a class has no end")


def _renames(node: ast.ClassDef) -> dict[str, str]:
    """What can be renamed in a class: defined once, and nothing has its new name."""
    names = _bound(node)
    return {old: new for old, new in OLD_NAMES.items() if names.get(old) == 1 and new not in names}


def _rename(node: ast.ClassDef, renames: dict[str, str]) -> None:
    for statement in _reachable(node.body):
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            statement.name = renames.get(statement.name, statement.name)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            for name in ast.walk(statement):
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                    name.id = renames.get(name.id, name.id)


def _taken_back(content: bytes, done: Mended) -> bytes:
    """The new file without what came in, and with what went out."""
    rest = bytearray(done.source.content)
    for edit, start in reversed(list(moved(done.edits))):
        assert rest[start : start + len(edit.content)] == edit.content
        rest[start : start + len(edit.content)] = content[edit.start : edit.end]
    return bytes(rest)


def _came_in(before: list[ast.stmt], after: list[ast.stmt]) -> tuple[list[int], list[str]]:
    """The lines of imports that only the second of two blocks has, and what else only one of them has."""
    rest = [ast.dump(each) for each in before]
    imports: list[int] = []
    others: list[str] = []
    for node in after:
        if rest and ast.dump(node) == rest[0]:
            del rest[0]
        elif isinstance(node, ast.ImportFrom):
            imports.append(node.lineno)
        else:
            others.append(ast.dump(node))
    return imports, others + rest


def _classes(body: Iterable[ast.stmt]) -> Iterator[ast.ClassDef]:
    for node in _reachable(body):
        if isinstance(node, ast.ClassDef) and node.name == "ShopTemplate":
            yield node


def _reachable(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The statements of a block, and of blocks in it that are no functions or classes."""
    for node in body:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inner = ast.iter_child_nodes(node)
            yield from _reachable(
                each for each in inner if isinstance(each, (ast.stmt, ast.ExceptHandler, ast.match_case))
            )


def _bound(node: ast.ClassDef) -> dict[str, int]:
    """How often each name is bound in a class."""
    found: dict[str, int] = {}
    for statement in _reachable(node.body):
        for name in _names(statement):
            found[name] = found.get(name, 0) + 1
    return found


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [each.asname or each.name for each in node.names]
    if isinstance(node, ast.Assign) or (isinstance(node, ast.AnnAssign) and node.value):
        return [
            each.id
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        ]
    return []


def _name_of(node: ast.stmt) -> str:
    assert isinstance(node, ast.FunctionDef)
    return node.name


def _encoding(content: bytes) -> str:
    return tokenize.detect_encoding(BytesIO(re.sub(rb"\r\n?", b"\n", content)).readline)[0]
