"""Values that are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from dss_runtime._typing import override

T = TypeVar("T")


class Lazily(Mapping[str, T]):
    """A mapping of names to values, each made when it is first asked for, by a function without arguments.

    Generated packages describe every table of every tree in one: what a run does not touch costs it nothing.
    Threads that ask at the same time may each make a value; all of them get the one that was made first.
    """

    def __init__(self, makers: Mapping[str, Callable[[], T]]) -> None:
        self._makers = makers
        self._made: dict[str, T] = {}

    @override
    def __getitem__(self, name: str, /) -> T:
        if name not in self._made:
            self._made.setdefault(name, self._makers[name]())
        return self._made[name]

    @override
    def __contains__(self, name: object, /) -> bool:
        return name in self._makers

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    @override
    def __len__(self) -> int:
        return len(self._makers)
