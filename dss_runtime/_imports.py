"""Import strings: "package.module/Class", as trees declared by hand use them."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from dss_runtime._errors import DeclarationError


def load_class(declared: str | type, *, what: str) -> type:
    """Return the class that *declared* names; a class is returned as it is.

    Raises DeclarationError, naming *what* asked for it, when the module or the class cannot be had.
    """
    if isinstance(declared, type):
        return declared
    module_name, slash, class_name = declared.partition("/")
    if not slash or not all(module_name.split(".")) or not class_name:
        raise DeclarationError(f'{what}: {declared!r} is no import string; write "package.module/Class"')
    found: object = getattr(_module(module_name, declared, what), class_name, None)
    if not isinstance(found, type):
        raise DeclarationError(f"{what}: the module {module_name!r} has no class {class_name!r}")
    return found


def module_of(cls: type) -> ModuleType:
    """Return the module in which *cls* was defined."""
    return sys.modules[cls.__module__]


def _module(name: str, declared: str, what: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # An import that fails inside the module is the module's fault, not the string's: let it through.
        if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
            raise
        raise DeclarationError(f"{what}: there is no module {error.name!r} for {declared!r}") from error
