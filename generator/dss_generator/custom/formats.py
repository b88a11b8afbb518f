"""The kinds of files that a template can print, by suffix: adding one is a row here.

A kind says how a comment is written, of which the header and the mark of our own files are made, what its
templates print values with, and how its text is checked before it is written.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeAlias, cast

import yaml

from ..artefacts.fields import annotation
from ..code.fragments import Code, Fragment, comment, docstring, ident, lit
from ..headers import SENTENCE
from .literals import (
    json_literal,
    markdown_code,
    markdown_text,
    sql_literal,
    sql_name,
    toml_literal,
    yaml_literal,
)

Filter: TypeAlias = Callable[..., Fragment]


def _with_comments(kind: Format, body: str, header: tuple[str, ...]) -> str:
    lines = "\n".join(kind.comment(line).text for line in header)
    return f"{lines}\n\n{body}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Format:
    """A kind of file. A comment is a line that stands between `opens` and `closes`.

    `filters` are what its templates print values with; `check` raises ValueError for a text that is no such
    file, and `finish` puts the lines of the header in front of one that is.
    """

    name: str
    suffixes: tuple[str, ...]
    opens: str
    closes: str = ""
    filters: Mapping[str, Filter] = field(default_factory=dict[str, Filter])
    check: Callable[[str], object] = str
    finish: Callable[[Format, str, tuple[str, ...]], str] = _with_comments

    @property
    def mark(self) -> str:
        """How a file of this kind begins that the generator owns."""
        return f"{self.opens}{SENTENCE}"

    @property
    def all_filters(self) -> Mapping[str, Filter]:
        """The filters of its templates; `comment` is one, where there are comments."""
        return self.filters if self.finish is _with_member else {**self.filters, "comment": self.comment}

    def comment(self, text: str) -> Fragment:
        """Return *text* as a comment on one line, which nothing in it can end."""
        line = comment(text).text.removeprefix("# ")
        if self.closes:
            line = re.sub("-(?=-)", "- ", line)
        return Code(f"{self.opens}{line}{self.closes}")


def _check_python(text: str) -> None:
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from error


def _check_yaml(text: str) -> None:
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):  # pyright: ignore[reportUnknownMemberType]
            pass
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"line {line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the members of an object (ValueError where one is there twice)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(
            f"the member {next(name for name in names if names.count(name) > 1)!r} is there twice"
        )
    return found


def _with_member(kind: Format, body: str, header: tuple[str, ...]) -> str:
    """JSON has no comments: the header is the first member of the object, which is laid out anew."""
    data = _object(body)
    return json.dumps({"$comment": " ".join(header), **data}, indent=2, ensure_ascii=False) + "\n"


def _object(body: str) -> dict[str, object]:
    data: object = json.loads(body, object_pairs_hook=_distinct)
    if not isinstance(data, dict) or "$comment" in data:
        raise ValueError("expected an object without a member '$comment', which will hold the header")
    return cast("dict[str, object]", data)


FORMATS: dict[str, Format] = {
    suffix: row
    for row in (
        Format(
            name="Python",
            suffixes=(".py",),
            opens="# ",
            filters={"ident": ident, "lit": lit, "docstring": docstring, "annotation": annotation},
            check=_check_python,
        ),
        Format(
            name="SQL",
            suffixes=(".sql",),
            opens="-- ",
            filters={"ident": sql_name, "lit": sql_literal},
        ),
        Format(
            name="Markdown",
            suffixes=(".md",),
            opens="<!-- ",
            closes=" -->",
            filters={"text": markdown_text, "code": markdown_code},
        ),
        Format(
            name="YAML",
            suffixes=(".yaml", ".yml"),
            opens="# ",
            filters={"lit": yaml_literal},
            check=_check_yaml,
        ),
        Format(
            name="TOML",
            suffixes=(".toml",),
            opens="# ",
            filters={"lit": toml_literal},
            check=tomllib.loads,
        ),
        Format(
            name="JavaScript or TypeScript",
            suffixes=(".js", ".mjs", ".ts"),
            opens="// ",
            filters={"ident": ident, "lit": json_literal},
        ),
        Format(
            name="JSON",
            suffixes=(".json",),
            opens='{\n  "$comment": "',
            closes='"\n}',
            filters={"lit": json_literal},
            check=_object,
            finish=_with_member,
        ),
    )
    for suffix in row.suffixes
}
"""Each kind by the suffixes of its files."""


def format_of(path: str) -> Format | None:
    """Return the kind of the file at *path*, None when nothing of that kind can be generated."""
    return FORMATS.get(PurePosixPath(path).suffix)
