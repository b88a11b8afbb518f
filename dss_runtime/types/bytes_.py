"""Bytes."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import ClassVar, cast

from dss_runtime._typing import override
from dss_runtime.types._base import FieldType
from dss_runtime.types._options import check_max_length


def octets_of(value: object) -> bytes | None:
    """Return the bytes of a driver's binary value, None for anything else."""
    match value:
        case bytes() | bytearray():
            return bytes(value)
        case memoryview():
            return cast("memoryview[int]", value).tobytes()
        case _:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class BytesType(FieldType[bytes]):
    """Bytes. As text they are base64 (RFC 4648, section 4), padded and in one line."""

    name: ClassVar[str] = "bytes"
    max_length: int | None = None

    def __post_init__(self) -> None:
        check_max_length(self.max_length)

    @override
    def parse(self, value: object) -> bytes:
        native = octets_of(value)
        if native is not None:
            octets = native
        elif isinstance(value, str):
            try:
                octets = b64decode(value.strip(), validate=True)
            except (binascii.Error, ValueError):
                raise ValueError("expected bytes in base64, such as aGVsbG8=") from None
        else:
            raise ValueError("expected bytes, or their base64 text, such as aGVsbG8=")
        reason = self.check(octets)
        if reason is not None:
            raise ValueError(reason)
        return octets

    @override
    def format(self, value: bytes) -> str:
        return b64encode(value).decode("ascii")

    @override
    def check(self, value: bytes) -> str | None:
        if self.max_length is not None and len(value) > self.max_length:
            return f"longer than {self.max_length} bytes"
        return None

    @property
    @override
    def annotation(self) -> str:
        return "bytes"

    @property
    @override
    def strategy(self) -> str:
        limit = "" if self.max_length is None else f"max_size={self.max_length}"
        return f"_st.binary({limit})"

    @property
    @override
    def sql(self) -> str:
        return f"_sa.LargeBinary({'' if self.max_length is None else self.max_length})"

    @property
    @override
    def arrow(self) -> str:
        return "binary"
