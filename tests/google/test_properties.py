"""What holds for any people: a sync converges, a second run is silent, and what is others' is kept."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.google.faults import AWAY, RATE, Fault
from tests.google.school import School, furnish, reasons
from tests.google.stand_in import StandIn

_NAMES = st.text(st.characters(codec="utf-8", exclude_characters="<>\x00"), min_size=1, max_size=60).filter(
    str.strip
)
_NUMBERS = st.sampled_from(["0042", "1", "é2", "a b", "👩‍🏫"])
_UNITS = st.sampled_from(["/Pupils", "/Pupils/7", "/Pupils/7/ä b"])
_FIELDS = st.fixed_dictionaries(
    {"first": _NAMES, "last": _NAMES, "unit": _UNITS, "visible": st.booleans()},
    optional={
        "phone": st.text(
            st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20
        ).filter(str.strip),
        "grade": st.integers(-(2**53), 2**53),
    },
)
_PEOPLE = st.dictionaries(_NUMBERS, _FIELDS)
_FAULTS = st.lists(
    st.builds(
        Fault,
        method=st.sampled_from(["users.insert", "users.update", "users.get", "orgunits.insert", "batch"]),
        error=st.sampled_from([RATE, AWAY, None]),
        times=st.integers(1, 2),
        done=st.booleans(),
        skip=st.integers(0, 3),
    ),
    max_size=3,
)
_OTHERS = ["jobs", "externalIds", "phones"]


def records(school: School, people: dict[str, dict[str, Any]]) -> list[Any]:
    """Return the records of *people*, and the org units."""
    addresses = {
        number: f"p{at}@school.example" for at, number in enumerate(["0042", "1", "é2", "a b", "👩‍🏫"])
    }
    pupils = [school.pupil(number, email=addresses[number], **fields) for number, fields in people.items()]
    units = [school.record("units", path=path) for path in ("/Pupils/7", "/Pupils/7/ä b")]
    return [*units, *pupils]


@settings(max_examples=30)
@given(before=_PEOPLE, after=_PEOPLE)
def test_any_people_converge(school: School, before: dict[str, Any], after: dict[str, Any]) -> None:
    """From any state to any other: then nothing differs, and a run writes nothing."""
    with StandIn() as server:
        furnish(server.directory)
        assert {} == reasons(school.sync(server, *records(school, before)))
        assert {} == reasons(school.sync(server, *records(school, after)))
        server.forget()
        assert 0 == len(school.sync(server, *records(school, after)))
        assert all(name.endswith(".list") for name in server.methods())
        held: Any = school.google(server).load()
        assert after.keys() == held.pupils.keys()
        assert [] == server.state.bad


@settings(max_examples=30)
@given(before=_PEOPLE, after=_PEOPLE, entry=st.text(min_size=1, max_size=5))
def test_what_others_wrote_is_kept(
    school: School, before: dict[str, Any], after: dict[str, Any], entry: str
) -> None:
    """Whatever is in entries and properties that the schema does not name."""
    with StandIn() as server:
        furnish(server.directory)
        school.sync(server, *records(school, before))
        kept: dict[str, Any] = {}
        for user in server.directory.users.values():
            for name in ("externalIds", "phones"):
                user.setdefault(name, []).append({"type": "home", "value": entry})
            user["notes"] = {"value": entry, "contentType": "text_plain"}
            user.setdefault("customSchemas", {}).setdefault("School", {})["locker"] = entry
            kept[user["id"]] = copy.deepcopy(user)
        assert {} == reasons(school.sync(server, *records(school, after)))
        for user in (server.directory.users[number] for number in kept):
            assert all({"type": "home", "value": entry} in user[name] for name in ("externalIds", "phones"))
            assert (entry, entry) == (user["notes"]["value"], user["customSchemas"]["School"]["locker"])


@settings(max_examples=40)
@given(before=_PEOPLE, after=_PEOPLE, faults=_FAULTS)
def test_faults_cost_nothing_but_time(
    school: School, before: dict[str, Any], after: dict[str, Any], faults: list[Fault]
) -> None:
    """Whatever is lost or refused on the way, all is as it should be, and nobody is there twice."""
    with StandIn() as server:
        furnish(server.directory)
        school.sync(server, *records(school, before))
        server.state.faults += [copy.copy(each) for each in faults]
        school.sync(server, *records(school, after))
        server.state.faults.clear()
        assert {} == reasons(school.sync(server, *records(school, after)))
        assert 0 == len(school.sync(server, *records(school, after)))
        assert len({*before, *after}) + 1 == len(server.directory.users)
        assert [] == server.state.bad
