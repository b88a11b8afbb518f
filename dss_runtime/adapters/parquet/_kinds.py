"""The types of Arrow whose values a field can hold."""

from __future__ import annotations

import pyarrow as pa
from pyarrow import types


def is_readable(kind: pa.DataType) -> bool:
    """Return whether values of *kind* are scalars, or lists of scalars."""
    kind = stored(kind)
    return is_scalar(stored(kind.value_type)) if is_list(kind) else is_scalar(kind)


def stored(kind: pa.DataType) -> pa.DataType:
    """Return the type of the values themselves: a dictionary's, or what an extension type is stored as."""
    while True:
        if isinstance(kind, pa.BaseExtensionType):
            kind = kind.storage_type
        elif types.is_dictionary(kind):
            kind = kind.value_type
        else:
            return kind


def is_list(kind: pa.DataType) -> bool:
    """Return whether a value is a list of values, of any of Arrow's layouts but a map."""
    return (
        types.is_list(kind)
        or types.is_large_list(kind)
        or types.is_fixed_size_list(kind)
        or types.is_list_view(kind)
        or types.is_large_list_view(kind)
    )


def is_text(kind: pa.DataType) -> bool:
    """Return whether a value is text, in any of Arrow's layouts."""
    return types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)


def is_octets(kind: pa.DataType) -> bool:
    """Return whether a value is bytes, in any of Arrow's layouts."""
    return (
        types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_binary_view(kind)
        or types.is_fixed_size_binary(kind)
    )


def is_scalar(kind: pa.DataType) -> bool:
    """Return whether a value is one that a field can hold; a duration is none."""
    return (
        is_text(kind)
        or is_octets(kind)
        or types.is_boolean(kind)
        or types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_decimal(kind)
        or types.is_date(kind)
        or types.is_time(kind)
        or types.is_timestamp(kind)
        or types.is_null(kind)
    )
