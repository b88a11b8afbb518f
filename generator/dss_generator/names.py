"""Which names a schema may give.

A name becomes an attribute, a class, a method or a part of one, on every Python that the project supports,
so the lists are written down here rather than asked of the Python that happens to run.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from .problems import shown

max_length = 64
"""The longest name."""

keywords = frozenset(
    """False None True and as assert async await break class continue def del elif else except finally for
    from global if import in is lambda nonlocal not or pass raise return try while with yield""".split()
)
"""Python's keywords; the soft ones (match, case, type, _) are no harm as attributes."""

builtins = frozenset(
    """ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
    BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError
    ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis
    EncodingWarning EnvironmentError Exception ExceptionGroup FileExistsError FileNotFoundError
    FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning
    IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt
    LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplemented
    NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError
    ProcessLookupError PythonFinalizationError RecursionError ReferenceError ResourceWarning
    RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning
    SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError UnicodeDecodeError
    UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError
    Warning WindowsError ZeroDivisionError abs aiter all anext any ascii bin bool breakpoint
    bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval
    exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance
    issubclass iter len list locals map max memoryview min next object oct open ord pow print
    property range repr reversed round set setattr slice sorted staticmethod str sum super tuple
    vars zip""".split()
)
"""Python's builtins, up to 3.14, but `type`: a frequent word for a field, and no harm as an attribute."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a name is for: `reserved` names and names that begin with one of `prefixes` are taken."""

    noun: str
    reserved: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    because: str = ""


field_role = Role("field", frozenset({"self"}), ("dss_",), "generated records give it a meaning of their own")
branch_role = Role(
    "branch",
    frozenset(
        "load clear diff preview sync plan branches datastore engine importer template settings name".split()
    ),
    because="every tree has an attribute of this name",
)
model_role, tree_role, sync_role = Role("model"), Role("tree"), Role("sync")
roles = (model_role, field_role, branch_role, tree_role, sync_role)

pattern = f"[A-Za-z][A-Za-z0-9_]{{0,{max_length - 1}}}"
"""The regular expression of a name, whatever its role."""


def reason_against(name: str, role: Role) -> str | None:
    """Return why *name* cannot be the name of a *role*, with what to do; None when it can."""
    if not name.isascii():
        return f"{shown(name)} is not ASCII; {_ascii_form(name)}"
    if len(name) > max_length:
        return f"{shown(name)} has {len(name)} characters; a name has at most {max_length}"
    if name.startswith("_"):
        return f"{shown(name)} begins with an underscore; such names are Python's and the runtime's own"
    if not re.fullmatch(pattern, name):
        return f"{shown(name)} is not a name; use letters, digits and underscores, and begin with a letter"
    if name in keywords:
        return f"{shown(name)} is a Python keyword; choose another name"
    if name in builtins:
        return f"{shown(name)} is a Python builtin; choose another name, such as {name + '_'!r}"
    if name in role.reserved or name.startswith(role.prefixes or ("\0",)):
        return f"{shown(name)} is reserved: {role.because}; choose another name"
    return None


def folded(name: str) -> str:
    """Return what two names of one kind must differ in: *name* without case and underscores."""
    return name.replace("_", "").casefold()


def taken(name: str, others: Iterable[str]) -> str | None:
    """Return the first of *others* that *name* would be confused with, None when there is none."""
    return next((other for other in others if folded(other) == folded(name)), None)


def _ascii_form(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name)
    stripped = "".join(
        each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each)
    )
    if plain.isascii() and re.fullmatch(pattern, plain):
        return f"its plain form is {plain!r}; did you mean that?"
    if re.fullmatch(pattern, stripped):
        return f"did you mean {stripped!r}?"
    return "use letters a to z, digits and underscores"
