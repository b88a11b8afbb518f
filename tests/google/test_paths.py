"""Paths into resources: what is read, what a request says, and what stays."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime.adapters.google._paths import parse_path, put, value_at
from tests.google.directory import drop_empty, merge

USER: dict[str, Any] = {
    "name": {"givenName": "Ann"},
    "phones": [
        {"type": "home", "value": "1"},
        {"type": "work", "value": "2"},
        {"type": "work", "value": "3"},
    ],
    "organizations": [{"primary": True, "title": "Dr.", "department": "Maths"}],
    "externalIds": [{"type": "custom", "customType": "sis", "value": "7"}],
    "customSchemas": {"School": {"grade": 7}},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("name.givenName", "Ann"),
        ("name.familyName", None),
        ("phones[type=work].value", "2"),
        ("phones[type=fax].value", None),
        ("organizations[primary=true].title", "Dr."),
        ("externalIds[customType=sis].value", "7"),
        ("customSchemas.School.grade", 7),
        ("customSchemas.Other.grade", None),
        ("name.givenName.more", None),
    ],
)
def test_what_is_at_a_path(path: str, found: object) -> None:
    """The first entry counts; what leads nowhere holds nothing."""
    assert found == value_at(USER, path)


@pytest.mark.parametrize(
    "path", ["", "a.", ".a", "a[b]", "a[b=c]", "a[b=c].", "a..b", "a b", "a[=c].d", "a[b=].c", "a[b=c]d"]
)
def test_what_is_no_path(path: str) -> None:
    """It says so, and shows what one looks like."""
    with pytest.raises(ValueError, match="is no path such as"):
        parse_path(path)


@pytest.mark.parametrize(
    ("path", "value", "body"),
    [
        ("name.givenName", "B", {"name": {"givenName": "B"}}),
        (
            "organizations[primary=true].title",
            None,
            {"organizations": [{"primary": True, "department": "Maths"}]},
        ),
        ("externalIds[customType=sis].value", None, {"externalIds": None}),
        ("keywords[type=x].value", None, {"keywords": None}),
        (
            "keywords[customType=x].value",
            "v",
            {"keywords": [{"type": "custom", "customType": "x", "value": "v"}]},
        ),
        (
            "organizations[primary=true].name",
            "N",
            {"organizations": [{**USER["organizations"][0], "name": "N"}]},
        ),
        ("customSchemas.School.grade", None, {"customSchemas": {"School": {"grade": None}}}),
    ],
)
def test_what_a_request_says(path: str, value: object, body: dict[str, Any]) -> None:
    """Only what changes; of a list, all entries."""
    made: dict[str, Any] = {}
    before = copy.deepcopy(USER)
    put(made, USER, path, value)
    assert (body, before) == (made, USER)


_PATHS = st.sampled_from(
    [
        "name.givenName",
        "phones[type=work].value",
        "phones[type=home].value",
        "phones[type=work].note",
        "externalIds[type=organization].value",
        "customSchemas.School.grade",
        "customSchemas.School.clubs[type=work].value",
    ]
)
_ENTRIES = st.lists(
    st.fixed_dictionaries({"type": st.sampled_from(["work", "home", "other"]), "value": st.text(min_size=1)}),
    max_size=4,
)


@given(entries=_ENTRIES, changes=st.dictionaries(_PATHS, st.none() | st.text(min_size=1)))
def test_what_is_put_is_there_and_all_else_stays(
    entries: list[dict[str, Any]], changes: dict[str, str | None]
) -> None:
    """Whatever is put at several paths in one request: each holds it then, and no other entry changes."""
    held: dict[str, Any] = copy.deepcopy({**USER, "phones": entries})
    body: dict[str, Any] = {}
    for path, value in changes.items():
        put(body, held, path, value)
    others = [each for each in entries if each["type"] == "other"]
    after = copy.deepcopy(held)
    merge(after, body)
    drop_empty(after)
    for path, value in changes.items():
        if value is not None or sum(each["type"] in path for each in entries) < 2:
            assert value == value_at(after, path)
    assert others == [each for each in after.get("phones", ()) if each["type"] == "other"]
    assert USER["organizations"] == after["organizations"]
