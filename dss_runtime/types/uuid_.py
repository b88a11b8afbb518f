"""Universally unique identifiers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types.bytes_ import octets_of

_LENGTH = 16
_TEXT = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UuidType(FieldType[UUID]):
    """A UUID: 32 hexadecimal digits of either case, with the four hyphens, without them, or as 16 bytes."""

    name: ClassVar[str] = "uuid"
    may_be_element: ClassVar[bool] = True

    @override
    def parse(self, value: object) -> UUID:
        if isinstance(value, UUID):
            return value
        if isinstance(value, str) and _TEXT.fullmatch(text := value.strip()) is not None:
            return UUID(hex=text)
        octets = octets_of(value)
        if octets is not None and len(octets) == _LENGTH:
            return UUID(bytes=octets)
        raise ValueError("expected a UUID, such as 6ba7b810-9dad-11d1-80b4-00c04fd430c8")

    @property
    @override
    def annotation(self) -> str:
        return "_UUID"

    @property
    @override
    def imports(self) -> tuple[str, ...]:
        return ("from uuid import UUID as _UUID",)

    @override
    def literal(self, value: UUID) -> str:
        return f'_UUID("{value}")'

    @property
    @override
    def strategy(self) -> str:
        return "_st.uuids()"

    @property
    @override
    def sql(self) -> str:
        """Text with hyphens on SQLite, which has no such type."""
        return '_sa.Uuid().with_variant(_sa.String(36), "sqlite")'

    @property
    @override
    def arrow(self) -> str:
        return "string"
