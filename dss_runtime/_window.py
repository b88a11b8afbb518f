"""Running calls a few at a time, and settling them in the order in which they were begun."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Window(Generic[T, R]):
    """Runs at most *size* calls at a time, and settles each in the thread that has begun them.

    *settle* gets what a call was begun for, and a function that gives its result or raises its error. With
    a size of 1 there is no other thread. When the block ends, everything that was begun is settled, also
    after an Exception; after a KeyboardInterrupt and the like it is only waited for.
    """

    def __init__(self, size: int, settle: Callable[[T, Callable[[], R]], None]) -> None:
        self._size = size
        self._settle = settle
        self._pool = ThreadPoolExecutor(size, "dss") if size > 1 else None
        self._open: deque[tuple[T, Future[R]]] = deque()

    def begin(self, item: T, call: Callable[[], R]) -> None:
        """Run *call*, once there is room."""
        if self._pool is None:
            self._settle(item, call)
            return
        if len(self._open) >= self._size:
            self._settle_first()
        self._open.append((item, self._pool.submit(call)))

    def settle(self) -> None:
        """Settle everything that was begun."""
        while self._open:
            self._settle_first()

    def _settle_first(self) -> None:
        item, future = self._open.popleft()
        self._settle(item, future.result)

    def __iter__(self) -> Iterator[T]:
        """Iterate over what is begun and not settled."""
        return (item for item, _ in self._open)

    def __enter__(self) -> Window[T, R]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None or issubclass(kind, Exception):
                self.settle()
        finally:
            wait([future for _, future in self._open])
            if self._pool is not None:
                self._pool.shutdown()
