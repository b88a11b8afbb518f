"""The stand-in answers every recorded call as the real Moodle did."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from dss_runtime.adapters.moodle._encoding import pairs
from tests.moodle.stand_in.server import PATH, TOKEN, StandIn

CALLS: list[dict[str, Any]] = [
    json.loads(line)
    for line in Path(__file__).with_name("transcript.jsonl").read_text(encoding="utf-8").splitlines()
]
OF_THE_MACHINE = (
    "profileimageurlsmall",
    "profileimageurl",
    "courseimage",
    "timecreated",
    "timemodified",
    "cacherev",
)
"""Keys whose values name the recorded server's address, its files, or the second of the call."""
RACE = "race same username"


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """A new site, which all calls are played against, in their order."""
    with StandIn() as made:
        yield made


def answered(stand_in: StandIn, call: Mapping[str, Any]) -> Any:
    """Return the answer to a recorded call, as the transcript holds one."""
    stand_in.debug = call["debug"] == "developer"
    token = "wrong" if "token" in json.dumps(call["body"]) and "invalidtoken" in str(call["body"]) else TOKEN
    form = {**dict(pairs(call["params"])), "wstoken": token, "wsfunction": call["function"]}
    if call["format"]:
        form["moodlewsrestformat"] = call["format"]
    answer = httpx2.post(f"{stand_in.url}{PATH}", data=form)
    assert (call["status"], call["content_type"]) == (answer.status_code, answer.headers["Content-Type"])
    if call["format"] is None:
        return {"_raw": answer.text}
    return answer.json()


def comparable(body: Any) -> Any:
    """Return an answer without what depends on the machine, the second, or PostgreSQL's own words.

    Of a statement that the database refuses only PostgreSQL's first line is kept, and of a deleted account's
    user name the second of its deletion is left out.
    """
    if isinstance(body, list):
        return [comparable(each) for each in cast("Iterable[Any]", body)]
    if isinstance(body, dict):
        items = cast("dict[str, Any]", body).items()
        found = {key: comparable(value) for key, value in items if key not in OF_THE_MACHINE}
        if found.get("errorcode") == "dmlwriteexception" and "debuginfo" in found:
            found["debuginfo"] = found["debuginfo"].partition("\n")[0]
        return found
    return re.sub(r"(@example\.org)\.\d+$", r"\1.TIME", body) if isinstance(body, str) else body


def test_every_recorded_call_is_answered_as_it_was(stand_in: StandIn) -> None:
    """All 156 calls, in order: ids, texts and warnings are those of the real Moodle.

    The four equal calls at once are made one after the other here, so that the first of them wins.
    """
    differ: list[tuple[int, str, Any, Any]] = []
    for number, call in enumerate(CALLS):
        if call["label"] == RACE:
            continue
        given, expected = comparable(answered(stand_in, call)), comparable(call["body"])
        if given != expected:
            differ.append((number, call["label"], expected, given))
    assert [] == differ
    assert 156 == len(CALLS)


def test_of_equal_calls_one_wins() -> None:
    """Four equal creates make one account, and the others are refused, as they were."""
    calls = [call for call in CALLS if call["label"] == RACE]
    with StandIn() as stand_in:
        given = [answered(stand_in, call) for call in calls]
    for answers in (given, [call["body"] for call in calls]):
        assert 1 == sum(isinstance(answer, list) for answer in answers)
        assert 3 == sum("exception" in answer for answer in answers)
