"""Strategies of what a schema file may hold, drawn from the grammar's table, right and wrong."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import strategies as st

from dss_generator.schema.compound_kinds import Cases, Either, Entries, Items, Record
from dss_generator.schema.kinds import Amount, Choice, Flag, Kind, Name, NewName, Pattern, Text, Whole

Json = Any

names = st.sampled_from(
    ["A", "B", "C", "code", "title", "things", "pairs", "_raw", "class", "id", "a b", "ｎ", ""]
)
texts = st.sampled_from([
    "a", "1", "", "lower", "{code} | lower", "{title}-{code}", "| pad(3)", "map(a='b')", "code == 1",
    "not (title in ['a'])", "a.txt", "../x", "b*.txt", "utf-8", "Europe/Vienna", "2026-09-01", "x\ny", "\x07",
])  # fmt: skip
junk: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2_000_000_000),
    st.sampled_from([0.5, -1.25, 1e300]),
    st.text(max_size=5),
    names,
    st.just([]),
    st.just({}),
    st.just({"model": "A"}),
    st.lists(st.integers(0, 3), max_size=2),
)


def as_yaml(value: Json) -> bytes:
    """Return *value* as JSON, which is YAML as well: texts in quotes, numbers and booleans bare."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


@cache
def values(kind: Kind, wrong: bool = True) -> st.SearchStrategy[Json]:
    """Return a strategy of JSON values of *kind*; with *wrong*, some at any depth are something else."""
    right = _right(kind, wrong)
    return st.integers(0, 14).flatmap(lambda roll: right if roll or not wrong else junk)


def _right(kind: Kind, wrong: bool) -> st.SearchStrategy[Json]:
    match kind:
        case Text():
            return texts | st.integers(0, 99) | st.booleans()
        case Name() | NewName():
            return names if wrong else names.filter(str.isidentifier)
        case Choice(values=words):
            return st.sampled_from(words)
        case Flag():
            return st.booleans()
        case Whole(low=low, high=high):
            return st.integers(low, high)
        case Pattern():
            return st.sampled_from(["tab", "none", ";", "|", "ab", "x", "\n", ";\n"])
        case Amount():
            return st.sampled_from(["10%", "5", 7, 0, "100%", "99.5%", "101%", "-1", 1_000_000_000])
        case Items(of=of, single=single):
            many = st.lists(values(of, wrong), min_size=0 if wrong else 1, max_size=3)
            return values(of, wrong) | many if single else many
        case Entries(key=key, value=value):
            return st.dictionaries(_right(key, wrong).map(str), values(value, wrong), max_size=3)
        case Either(kinds=kinds):
            return st.one_of([values(each, wrong) for each in kinds])
        case Cases(cases=cases):
            return st.one_of([values(record, wrong) for _, record in cases])
        case Record():
            return _record(kind, wrong)
        case _:
            raise AssertionError(f"no strategy for {kind}")


def _record(record: Record, wrong: bool) -> st.SearchStrategy[Json]:
    required = {
        key.name: values(key.kind, wrong)
        for key in record.keys
        if key.required or key.name in record.needs[:1]
    }
    optional = {key.name: values(key.kind, wrong) for key in record.keys if key.name not in required}
    known = st.fixed_dictionaries(required, optional=optional)
    if not wrong:
        return known
    dropped = st.tuples(known, st.sampled_from([*required, "typo"])).map(
        lambda pair: {name: value for name, value in pair[0].items() if name != pair[1]}
    )
    return st.integers(0, 9).flatmap(
        lambda roll: (
            dropped if roll == 0 else known.map(lambda each: {**each, "tpo": 1}) if roll == 1 else known
        )
    )
