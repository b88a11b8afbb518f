"""Several elements in one text, such as the cell of a CSV file."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import Any, TypeVar, cast

from dss_runtime.types._many import Parser

T = TypeVar("T")
_LONGEST_SEPARATOR = 8
_EXPECTED = "expected several values, such as {}"


def check_separator(value: object) -> None:
    """Refuse a `separator` that would not let every element through."""
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST_SEPARATOR:
        raise ValueError(f"separator: expected text of 1 to {_LONGEST_SEPARATOR} characters")
    if not {'"', "[", "\0"}.isdisjoint(value) or not value.isascii():
        raise ValueError('separator: expected ASCII without ", [ and NUL')


def parse_elements(value: object, separator: str, parse: Callable[[object], T]) -> Iterator[T]:
    """Yield each element of *value*, a text, list, tuple, set or frozenset, through *parse*.

    Text is split at *separator*; an element may be quoted as in CSV (RFC 4180), and must be where it is
    empty, holds the separator, or begins with a quote or a bracket. Empty text holds no element; text in
    brackets is a JSON array. Raises ValueError for anything else, with the number of the element at fault.
    """
    for number, element in enumerate(_elements(value, separator), 1):
        if element is None:
            raise ValueError(f"in element {number}: expected a value, not null")
        try:
            yield parse(element)
        except ValueError as error:
            raise ValueError(f"in element {number}: {error}") from None


def cells_parser(
    gather: Callable[[Iterable[Any]], T], parse: Callable[[str], T], separator: str, elements: Parser[Any]
) -> Parser[T]:
    """Return what splits many texts, and makes what `gather` makes of the elements of each.

    All elements are parsed at a time; where one of the texts may hold a quote or an array, each text alone.
    """

    def parsed(texts: Sequence[str]) -> list[T]:
        whole = "".join(texts)
        if '"' in whole or "[" in whole:
            return list(map(parse, texts))
        split = [text.split(separator) if text else [] for text in texts]
        values = iter(elements(list(chain.from_iterable(split))))
        return [gather(islice(values, len(each))) for each in split]

    return parsed


def format_elements(texts: list[str], separator: str) -> str:
    """Return the text that holds *texts*, each quoted where it must be."""
    joined = separator.join(texts)
    is_plain = '"' not in joined and "[" not in joined and all(texts)
    if is_plain and len(separator) == 1 and joined.count(separator) < len(texts):
        return joined  # as nearly always
    special = set(separator) | {'"'}
    return separator.join(
        '"' + text.replace('"', '""') + '"'
        if not text or text.startswith("[") or not special.isdisjoint(text)
        else text
        for text in texts
    )


def _elements(value: object, separator: str) -> Iterator[object]:
    match value:
        case str() if value.startswith("[") and value.endswith("]"):
            return iter(_json_array(value))
        case str():
            return _split(value, separator)
        case list() | tuple() | set() | frozenset():
            return iter(cast("Collection[object]", value))
        case _:
            raise ValueError(_EXPECTED.format(f"a{separator}b"))


def _json_array(text: str) -> list[object]:
    try:
        array: list[object] = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise ValueError("expected a JSON array, because the text stands in brackets") from None
    return array


def _split(text: str, separator: str) -> Iterator[str]:
    position = 0
    while text:
        if text.startswith('"', position):
            element, position = _quoted_element(text, position + 1)
            if position < len(text) and not text.startswith(separator, position):
                raise ValueError("expected the separator after a closing quote")
            yield element
        else:
            end = text.find(separator, position)
            yield text[position:] if end < 0 else text[position:end]
            position = len(text) if end < 0 else end
        if position == len(text):
            return
        position += len(separator)


def _quoted_element(text: str, start: int) -> tuple[str, int]:
    """Return the element that starts at *start*, after its quote, and the position after the closing one."""
    position = start
    while (quote := text.find('"', position)) >= 0:
        if not text.startswith('"', quote + 1):
            return text[start:quote].replace('""', '"'), quote + 1
        position = quote + 2
    raise ValueError("expected a closing quote")
