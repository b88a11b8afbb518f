"""Forms as PHP reads them, and what Moodle makes of their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from tests.moodle.stand_in.errors import invalid

_PART = re.compile(r"\[([^\]]*)\]")
LANGUAGES = ("en",)


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the variables of a form as PHP nests them."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        head, rest = (name[:at], name[at:]) if (at := name.find("[")) > 0 else (name, "")
        keys = [head, *_PART.findall(rest)]
        place = found
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    return found


@dataclass(frozen=True)
class Value:
    """A value of one of Moodle's types; `default` None says that it may be left out."""

    kind: str = "text"
    required: bool = True
    default: Any = None


@dataclass(frozen=True)
class Many:
    """A list."""

    of: Structure | Value
    default: Any = None


@dataclass(frozen=True)
class Structure:
    """An object with known keys."""

    keys: Mapping[str, Structure | Many | Value]
    required: bool = True


Description = Structure | Many | Value


def cleaned(description: Description, given: Any, path: str = "") -> Any:
    """Return parameters as a function gets them (an error, as Moodle words it, where they do not fit)."""
    match description:
        case Structure():
            return _structure(description, given)
        case Many():
            items = cast("dict[str, Any]", given).values() if isinstance(given, dict) else given or ()
            return [cleaned(description.of, each) for each in cast("Iterable[Any]", items)]
        case Value():
            return _value(description, given)


def _structure(description: Structure, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise invalid("Only arrays accepted. The bad value is: ''")
    given = cast("dict[str, Any]", given)
    unexpected = [key for key in given if key not in description.keys]
    found: dict[str, Any] = {}
    for key, each in description.keys.items():
        if key in given:
            try:
                found[key] = cleaned(each, given[key])
            except type(invalid("")) as error:
                raise invalid(f"{key} => Invalid parameter value detected: {error.detail}") from error
        elif isinstance(each, Value) and not each.required:
            if each.default is not None:
                found[key] = each.default
        elif isinstance(each, Many) and each.default is not None:
            found[key] = each.default
        elif not isinstance(each, Structure) or each.required:
            raise invalid(f"Missing required key in single structure: {key}")
    if unexpected:
        raise invalid(f"Unexpected keys ({', '.join(unexpected)}) detected in parameter array.")
    return found


def _value(description: Value, given: Any) -> Any:
    text = str(given)
    kind = description.kind
    good = True
    if kind == "int":
        good = re.fullmatch(r"-?\d+", text) is not None
    elif kind == "bool":
        good = text in ("0", "1")
    elif kind == "username":
        good = re.fullmatch(r"[-.@_a-z0-9]*", text) is not None
    elif kind == "notags":
        good = re.search(r"<[^>]*>?", text) is None
    elif kind == "lang":
        good = text in ("", *LANGUAGES)
    if not good:
        raise invalid(
            f'Invalid external api parameter: the value is "{text}", the server was expecting "{kind}" type'
        )
    return int(text) if kind in ("int", "bool") else text
