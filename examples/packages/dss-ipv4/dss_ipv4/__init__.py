"""Addresses of the internet protocol, version 4, as a field type of datastoresync."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import ClassVar

from dss_runtime.extending import FieldType, override

__all__ = ["Ipv4Type"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ipv4Type(FieldType[IPv4Address]):
    """An address such as 192.0.2.1; leading zeros are refused, since some systems read them as octal."""

    api: ClassVar[int] = 1
    name: ClassVar[str] = "ipv4"
    may_be_element: ClassVar[bool] = True

    @override
    def parse(self, value: object) -> IPv4Address:
        if isinstance(value, IPv4Address):
            return value
        if isinstance(value, str):
            try:
                return IPv4Address(value.strip())
            except ValueError:
                pass
        raise ValueError("expected an IPv4 address, such as 192.0.2.1")

    @property
    @override
    def annotation(self) -> str:
        return "_IPv4Address"

    @property
    @override
    def imports(self) -> tuple[str, ...]:
        return ("from ipaddress import IPv4Address as _IPv4Address",)

    @override
    def literal(self, value: IPv4Address) -> str:
        return f"_IPv4Address({str(value)!r})"

    @property
    @override
    def strategy(self) -> str:
        return "_st.ip_addresses(v=4)"

    @property
    @override
    def sql(self) -> str:
        return "_sa.String(15)"

    @property
    @override
    def arrow(self) -> str:
        return "string"
