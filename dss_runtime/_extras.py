"""Libraries that only some adapters need: what is not installed says how to get it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec


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
        raise _missing(error.name, name) from error


def check_extra(name: str, library: str) -> None:
    """Raise what `extra` does where *library* is not installed, without importing it."""
    if find_spec(library) is None:
        raise _missing(library, name)


def _missing(library: str | None, brought_by: str) -> MissingExtraError:
    return MissingExtraError(
        f"{library} is not installed: python -m pip install 'datastoresync[{brought_by}]'", name=library
    )
