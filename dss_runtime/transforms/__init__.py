"""The steps that a pipeline of the schema may take: plain functions, one row of `TRANSFORMS` each.

They are few and simple so that an engine can run them outside of Python too. Empty text stays empty in those
that would make something of nothing (`pad`, `map`, `parse-…`): whether it is an absent value, the field says.
"""

from __future__ import annotations

from dss_runtime.transforms._calendar import (
    check_parse_date,
    check_parse_datetime,
    check_parse_time,
    parse_date,
    parse_datetime,
    parse_time,
)
from dss_runtime.transforms._number import check_parse_number, parse_number
from dss_runtime.transforms._row import Argument, Parameter, Transform
from dss_runtime.transforms._text import (
    ascii_,
    casefold,
    check_pad,
    check_replace,
    check_split_part,
    login,
    lower,
    map_text,
    pad,
    replace,
    split_part,
    strip,
    unescape_html,
    upper,
)

__all__ = [
    "TRANSFORMS",
    "Argument",
    "Parameter",
    "Transform",
    "ascii_",
    "casefold",
    "login",
    "lower",
    "map_text",
    "pad",
    "parse_date",
    "parse_datetime",
    "parse_number",
    "parse_time",
    "replace",
    "split_part",
    "strip",
    "unescape_html",
    "upper",
]

_FORMAT = (Parameter(name="format", kind="text"),)

TRANSFORMS: dict[str, Transform] = {
    row.name: row
    for row in (
        Transform(name="strip", function=strip, doc="without outer white space"),
        Transform(name="lower", function=lower, doc="in lower case"),
        Transform(name="upper", function=upper, doc="in upper case"),
        Transform(
            name="casefold", function=casefold, doc="case-folded, for comparing without regard to case"
        ),
        Transform(
            name="ascii",
            function=ascii_,
            doc="in ASCII: accents dropped, ß as ss; an error where it has no such form",
        ),
        Transform(
            name="login",
            function=login,
            doc="without what is no letter, digit, dot, hyphen or underscore, for a user name",
        ),
        Transform(
            name="unescape-html", function=unescape_html, doc="with character references resolved: &amp; is &"
        ),
        Transform(
            name="replace",
            function=replace,
            parameters=(Parameter(name="old", kind="text"), Parameter(name="new", kind="text")),
            doc="with every old replaced by new",
            check=check_replace,
        ),
        Transform(
            name="split-part",
            function=split_part,
            parameters=(Parameter(name="separator", kind="text"), Parameter(name="n", kind="int")),
            doc="its part n, from 1, when split at the separator; empty when there is none",
            check=check_split_part,
        ),
        Transform(
            name="pad",
            function=pad,
            parameters=(
                Parameter(name="width", kind="int"),
                Parameter(name="char", kind="text", default="0"),
            ),
            doc="filled up at the left to the width",
            check=check_pad,
        ),
        Transform(
            name="map",
            function=map_text,
            parameters=(Parameter(name="pairs", kind="pairs"),),
            doc="the value of the pair whose key it is, or of the key *; an error where there is none",
        ),
        Transform(
            name="parse-date",
            function=parse_date,
            parameters=_FORMAT,
            doc="the day that it means in the format (%Y %m %d …), as YYYY-MM-DD",
            check=check_parse_date,
        ),
        Transform(
            name="parse-datetime",
            function=parse_datetime,
            parameters=_FORMAT,
            doc="the point in time that it means in the format, as YYYY-MM-DDTHH:MM:SS",
            check=check_parse_datetime,
        ),
        Transform(
            name="parse-time",
            function=parse_time,
            parameters=_FORMAT,
            doc="the time of day that it means in the format, as HH:MM:SS",
            check=check_parse_time,
        ),
        Transform(
            name="parse-number",
            function=parse_number,
            parameters=(
                Parameter(name="decimal", kind="text"),
                Parameter(name="thousands", kind="text", default=""),
            ),
            doc="the number that it means with these signs: 1.234,56 is 1234.56",
            check=check_parse_number,
        ),
    )
}
"""Each transform by the name that the schema calls it."""
