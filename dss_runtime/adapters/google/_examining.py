"""What is found of a directory where it is looked at before it is trusted: nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dss_runtime import SettingsError
from dss_runtime._examining import Check, Topic
from dss_runtime.adapters.google._client import Call, Directory
from dss_runtime.adapters.google._kinds import Kind
from dss_runtime.adapters.google._settings import Settings
from dss_runtime.adapters.google._trouble import TROUBLE, refusal_of

MAX_SKEW = 300
"""Seconds by which clocks may differ: with more, Google takes no signature of a service account."""


def examined(settings: Settings, kind: Kind, *, write: bool) -> Iterator[Check]:
    """Yield whether resources of a *kind* are reached with the scopes for reading or writing them."""
    scopes = kind.scopes(write=write)
    headers: dict[str, str] = {}
    where: Mapping[str, object] = {**settings.whose, "maxResults": 1}
    if kind.collection == "orgunits":
        where = {"customerId": settings.customer, "type": "children"}
    try:
        directory = Directory(replace(settings, retries=0), scopes)  # who looks wants to know it now
    except SettingsError as error:
        yield Check("reachable", "error", str(error))
        return
    try:
        request = directory.request(kind.collection, Call("list", where))
        request.add_response_callback(headers.update)
        directory.read(request)
    except TROUBLE as error:
        refusal = refusal_of(error)
        topic: Topic = "rights" if refusal.meaning == "final" else "reachable"
        advice = f"allow {' and '.join(scopes)} to the service account, by domain-wide delegation"
        yield Check(topic, "error", f"{kind.collection}: {refusal.text}", advice if topic == "rights" else "")
        return
    finally:
        directory.close()
    done = "written" if write else "read"
    yield Check("rights", "ok", f"{kind.collection} can be {done}, as far as {', '.join(scopes)} allows")
    yield from _clock(headers.get("date", ""))


def _clock(date: str) -> Iterator[Check]:
    try:
        away = abs((parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return
    if away > MAX_SKEW:
        yield Check("clock", "error", f"it is {away:.0f} s from Google's", "set this machine's clock")
    else:
        yield Check("clock", "ok", f"it is {away:.0f} s from Google's")
