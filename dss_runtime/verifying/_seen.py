"""What is known of one difference that is still there after it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from dss_runtime._fields import Field
from dss_runtime.types import FieldType, ListType, SetType

Fate: TypeAlias = Literal["written", "refused", "meanwhile"]
"""What the run did about a difference: applied its action, did not, or had none because there was none."""

Detail: TypeAlias = int | str | None
"""What is to be known beside a habit that explains a difference, such as a length; "" for nothing more.

None says that the habit does not explain it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A difference after a run: `wanted` is what the left side has, `found` what the target holds.

    `field` is None where a whole record is there or missing, and then so is whichever of both is not there.
    `kept` says that the target holds what it held before it was written to.
    """

    field: Field | None
    wanted: Any
    found: Any
    kept: bool = False
    fate: Fate = "written"

    def becomes(self, change: Callable[[Any], Any]) -> bool:
        """Whether *change*, done to the wanted value or to each of its members, gives the one that was found.

        Compared is in canonical form, as everywhere.
        """
        if self.field is None:
            return False
        kind = self.field.type
        return kind.canonical(_changed(kind, self.wanted, change)) == kind.canonical(self.found)

    def both(self, *kinds: type[Any]) -> bool:
        """Whether the field holds a value on either side, and all of them are of *kinds*."""
        return self.field is not None and all(
            isinstance(each, kinds) and not isinstance(each, bool)
            for value in (self.wanted, self.found)
            for each in self.members(value)
        )

    def members(self, value: Any) -> Iterable[Any]:
        """Return the members of a value of the field: of a set or list, else the value itself."""
        several = self.field is not None and isinstance(self.field.type, (SetType, ListType))
        return cast("Iterable[Any]", value) if several and value is not None else (value,)

    @property
    def scalar(self) -> FieldType[Any] | None:
        """The type of the values, of the members where the field holds several."""
        kind = None if self.field is None else self.field.type
        return kind.of if isinstance(kind, (SetType, ListType)) else kind


def _changed(kind: FieldType[Any], value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(kind, SetType):
        return frozenset(map(change, value))
    return tuple(map(change, value)) if isinstance(kind, ListType) else change(value)


Explains: TypeAlias = Callable[[Seen], Detail]
"""Says whether something that systems do explains a difference."""
