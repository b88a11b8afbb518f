"""What every field type says of itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar, Generic, TypeVar, cast

from dss_runtime.types._many import Parser, Remembering
from dss_runtime.types._source import quoted

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType(ABC, Generic[T]):
    """A type of field, with its options as dataclass fields: one subclass and one file each.

    The runtime uses `parse`, `format`, `canonical` and `check`. The generator, which writes source text,
    uses `annotation`, `imports`, `literal`, `construction`, `strategy`, `sql` and `arrow`: source text built
    from checked options only. Options of a wrong value raise ValueError when the type is made.

    Messages never hold the value: the caller knows whether it may be shown, and adds it.
    """

    name: ClassVar[str]
    """How the schema calls it."""
    may_be_key: ClassVar[bool] = True
    """Whether equal values of it are equal, hashable and stable enough to tell records apart."""
    may_be_element: ClassVar[bool] = False
    """Whether a set or a list may hold it: values are hashable, and the text of each stands for itself."""
    api: ClassVar[int] = 0
    """Of a type that a package adds: the version of `dss_runtime.extending` that it is made for."""

    @abstractmethod
    def parse(self, value: object) -> T:
        """Return the value that *value*, a cell's text or a driver's native value, stands for.

        Raises ValueError, whose text says what was expected, for anything else. Never sees None: whether
        a field may be absent is decided before.
        """

    def parser(self) -> Parser[T]:
        """Return what parses many texts at a time, as `parse` does each of them, for one bulk load."""
        shared = self.may_be_key or self.may_be_element  # else a value may be one that can be changed
        return Remembering(self.parse) if shared else lambda texts: list(map(self.parse, texts))

    def format(self, value: T) -> str:
        """Return the text of *value*, which `parse` turns back into an equal value."""
        return str(value)

    def canonical(self, value: T | None) -> Hashable:
        """Return what is compared in place of *value*: equal for values that the target cannot tell apart."""
        return value

    @property
    def exact(self) -> bool:
        """Whether two values are the same in canonical form just if `==` says so."""
        return True

    def check(self, value: T) -> str | None:
        """Return why the target cannot hold *value*, None when it can."""
        return None

    @property
    @abstractmethod
    def annotation(self) -> str:
        """The Python type as source text, such as `_date`."""

    @property
    def imports(self) -> tuple[str, ...]:
        """The import statements that `annotation`, `literal` and `strategy` need, as private aliases."""
        return ()

    def literal(self, value: T) -> str:
        """Return source text that evaluates, after `imports`, to a value equal to *value*.

        Raises ValueError for a value that `check` refuses and that has no such text.
        """
        return repr(value)

    @property
    def construction(self) -> str:
        """Source text that makes, after `construction_imports`, an equal type; defaults are left out.

        The types of this package are printed over `_types`, those of others over their own module.
        """
        options = (f"{name}={_option(value)}" for name, value in self._given.items())
        return f"{_module_of(self)[1]}.{type(self).__name__}({', '.join(options)})"

    @property
    def construction_imports(self) -> tuple[str, ...]:
        """The import statements that `construction` needs, as private aliases."""
        inner: list[FieldType[Any]] = [each for each in self._given.values() if isinstance(each, FieldType)]
        return (_module_of(self)[0], *(line for each in inner for line in each.construction_imports))

    @property
    def _given(self) -> dict[str, object]:
        """The options that differ from their defaults, by name."""
        found = {field.name: (field.default, getattr(self, field.name)) for field in fields(self)}
        return {
            name: value for name, (default, value) in found.items() if default is MISSING or value != default
        }

    @property
    @abstractmethod
    def strategy(self) -> str:
        """A Hypothesis strategy of values that `check` accepts, as source text over `_st`."""

    @property
    @abstractmethod
    def sql(self) -> str:
        """The SQLAlchemy column type as source text over `_sa`.

        A column whose type on the dialect at hand is a `_sa.String` (`_sa.Text` is) holds `format(value)`,
        every other the value itself. Where SQLite would lose something, the type has a text variant there.
        """

    @property
    @abstractmethod
    def arrow(self) -> str:
        """The Arrow type's name, as `pyarrow.type_for_alias` and the columnar engines take it."""


def _module_of(kind: FieldType[Any]) -> tuple[str, str]:
    """Return the statement that imports the module of a type's class, and the alias that it gets."""
    module = type(kind).__module__
    if module.startswith("dss_runtime.types."):
        return "from dss_runtime import types as _types", "_types"
    alias = f"_types_of_{module.replace('.', '_')}"
    return f"import {module} as {alias}", alias


def _option(value: object) -> str:
    """Return the source text of an option: a type, a tuple of options, text, a number, a bool or None."""
    match value:
        case FieldType():
            return value.construction
        case tuple():
            items = cast("tuple[object, ...]", value)
            return "(" + "".join(f"{_option(item)}, " for item in items).removesuffix(" ") + ")"
        case str():
            return quoted(value)
        case _:
            return repr(value)
