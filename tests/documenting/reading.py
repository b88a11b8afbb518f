"""Markdown read back, as GitHub has it: what a person sees in headings, tables and blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_parser = MarkdownIt("commonmark").enable("table")
Table = list[list[str]]


def tokens(page: str) -> list[Token]:
    """Return the block tokens of *page*."""
    return _parser.parse(page)


def seen(inline: Token) -> str:
    """Return the text that a person sees of an inline token; links and code give their text."""
    parts: list[str] = []
    for each in inline.children or []:
        if each.type in ("text", "code_inline"):
            parts.append(each.content)
        elif each.type == "softbreak":
            parts.append(" ")
        elif each.type == "html_inline":
            assert each.content in ("<code>", "</code>"), each.content
        else:
            assert each.type in ("link_open", "link_close"), each.type
    return "".join(parts)


def tables(page: str) -> list[Table]:
    """Return the tables of *page*, each row as the texts of its cells; the head is the first row."""
    found: list[Table] = []
    for token in tokens(page):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and found and token.level > 2:
            found[-1][-1].append(seen(token))
    return found


def headings(page: str) -> list[str]:
    """Return the texts of the headings of *page*."""
    found = tokens(page)
    return [seen(found[at + 1]) for at, token in enumerate(found) if token.type == "heading_open"]


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of *language* in *page*."""
    return [each.content for each in tokens(page) if each.type == "fence" and each.info == language]


def anchors(page: str) -> set[str]:
    """Return the anchors of the headings of *page*, as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings(page)}


def links(page: str) -> Iterator[str]:
    """Yield where the links of *page* lead."""
    for token in tokens(page):
        for each in token.children or []:
            if each.type == "link_open":
                yield str(each.attrs["href"])
