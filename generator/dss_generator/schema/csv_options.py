"""What a tree's branch says of its CSV files."""

from __future__ import annotations

import codecs
import re

from ..problems import Problems, shown
from .compound_kinds import Key
from .file_options import file_keys, file_options
from .kinds import Flag, Pattern, Text
from .nodes import MapNode, ScalarNode

_character = (
    r"[^\sA-Za-z0-9\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)

keys = (
    *file_keys,
    Key(
        "delimiter",
        Pattern(f"{_character}|tab", "one character (no letter, digit or space) or the word tab"),
        "What stands between two cells (a comma when not given).",
    ),
    Key("encoding", Text(40, low=1, noun="an encoding"), "How the bytes are text (`utf-8` when not given)."),
    Key(
        "header",
        Flag(),
        "Whether the first line names the columns (true when not given); if not, `columns` gives positions.",
    ),
    Key(
        "quote",
        Pattern(f"{_character}|none", "one character (no letter, digit or space) or the word none"),
        'What a cell that holds the delimiter is put in (`"` when not given).',
    ),
    Key(
        "prefix",
        Flag(),
        "Whether names in the header may carry a table's prefix, such as `[01]Name` or `CC.Name`.",
    ),
)


def options(node: MapNode, problems: Problems) -> tuple[tuple[str, object], ...]:
    """Return every option of *node* with its value, given or not; what is wrong is noted.

    `path` is a tuple of texts, `delimiter` and `quote` one character each (`quote` "" for none).
    """
    prefix, header = node.flag("prefix"), node.flag("header", True)
    files = file_options(node, problems)
    if prefix and not header and (key := node.key("prefix")):
        problems.add(key.position, "csv-options", "'prefix' is about names in the header, and there is none")
    _check_encoding(node.scalar("encoding"), problems)
    delimiter = {"tab": "\t"}.get(node.text("delimiter", ","), node.text("delimiter", ","))
    quote = {"none": ""}.get(node.text("quote", '"'), node.text("quote", '"'))
    if delimiter == quote and (key := node.key("quote") or node.key("delimiter")):
        problems.add(
            key.position, "csv-options", f"{shown(quote)} cannot be both the delimiter and the quote"
        )
    return (
        *files,
        ("delimiter", delimiter),
        ("encoding", node.text("encoding", "utf-8")),
        ("header", header),
        ("quote", quote),
        ("prefix", prefix),
    )


def _check_encoding(node: ScalarNode | None, problems: Problems) -> None:
    if node is None:
        return
    try:
        found = re.fullmatch(r"[A-Za-z0-9._-]+", node.text) and codecs.lookup(node.text)
        "".encode(node.text)  # LookupError for codecs that are not encodings of text, such as rot13
    except (LookupError, UnicodeError):
        found = None
    if not found:
        message = (
            f"there is no encoding {shown(node.text)}; use one of Python's, such as utf-8, cp1252 or utf-16"
        )
        problems.add(node.position, "encoding", message)
