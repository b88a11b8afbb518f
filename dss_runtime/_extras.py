"""Libraries that only some adapters need: what is not installed says how to get it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


class MissingExtraError(ImportError):
    """A library is not installed that comes with an extra of datastoresync."""


@contextmanager
def extra(name: str) -> Generator[None]:
    """Around the imports of a library: where it is not installed, say which extra brings it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("dss_runtime", "dss_generator")):
            raise
        raise MissingExtraError(
            f"{error.name} is not installed: python -m pip install 'datastoresync[{name}]'", name=error.name
        ) from error
