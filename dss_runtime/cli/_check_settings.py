"""`[[check.rules]]` of the settings: which changes of the schema a project lets pass, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, cast

from dss_runtime import SettingsError
from dss_runtime.cli._suggest import did_you_mean, listed
from dss_runtime.cli._toml_file import TomlFile, Way, shown_key

if TYPE_CHECKING:
    from dss_generator.evolution import Class, Switch

_WAY = ("check", "rules")
_KEYS = {
    "rule": "the id of a rule, as it stands in brackets at the end of a line",
    "path": "a pattern of paths of elements, such as models.Student.fields.*",
    "class": "what such a change counts as: breaking, review, safe or off",
    "reason": "why, for whoever reads the report",
}
_OPTIONAL = ("path",)


def read_switches(file: TomlFile) -> tuple[Switch, ...]:
    """Return what [[check.rules]] of *file* says (SettingsError with every problem, each with its line)."""
    problems: list[str] = []
    switches: list[Switch] = []
    for number, entry in enumerate(_entries(file, problems)):
        reader = _Entry(file, (*_WAY, number), entry)
        found = list(reader.problems())
        problems += found
        if not found:
            switches.append(reader.switch())
    if problems:
        raise SettingsError("\n".join(problems))
    return tuple(switches)


def place_of(file: TomlFile, number: int) -> str:
    """Return "file:line" of the entry *number* of [[check.rules]]."""
    return file.place((*_WAY, number, "rule"))


def _entries(file: TomlFile, problems: list[str]) -> list[Mapping[str, object]]:
    check = (file.table or {}).get("check", {})
    if not isinstance(check, dict):
        problems.append(_problem(file, ("check",), "expected [[check.rules]]"))
        return []
    table = cast("dict[str, object]", check)
    for key in table:
        if key != "rules":
            hint = did_you_mean(key, ["rules"]) or "; known is rules"
            problems.append(_problem(file, ("check", key), f"unknown key{hint}"))
    rules = table.get("rules", [])
    items = cast("list[object]", rules) if isinstance(rules, list) else []
    if not isinstance(rules, list) or not all(isinstance(each, dict) for each in items):
        problems.append(_problem(file, _WAY, "expected tables [[check.rules]]"))
        return []
    return cast("list[Mapping[str, object]]", items)


def _problem(file: TomlFile, way: Way, text: str) -> str:
    return f"{file.place(way)}: {shown_key((*file.inside, *way))}: {text}"


class _Entry:
    """One entry: its problems, or its values."""

    def __init__(self, file: TomlFile, way: Way, entry: Mapping[str, object]) -> None:
        self._file = file
        self._way = way
        self._entry = entry

    def switch(self) -> Switch:
        """Return what an entry without problems says."""
        from dss_generator.evolution import Switch

        texts = {name: str(self._entry.get(name, "")).strip() for name in _KEYS}
        return Switch(texts["rule"], texts["path"], cast("Class", texts["class"]), texts["reason"])

    def problems(self) -> Iterator[str]:
        """Yield what is wrong."""
        from dss_generator.evolution import RULES, classes

        for key in self._entry:
            if key not in _KEYS:
                yield self._at(key, f"unknown key{did_you_mean(key, _KEYS) or _known(_KEYS)}")
        for key, doc in _KEYS.items():
            value = self._entry.get(key)
            if value is None:
                if key not in _OPTIONAL:
                    yield self._lacks(key, doc)
            elif not isinstance(value, str) or not value.strip():
                found = "an empty text" if value == "" or isinstance(value, str) else f"{value!r}"
                yield self._at(key, f"expected {doc}; found {found}")
            elif key == "rule" and value not in RULES:
                hint = did_you_mean(value, RULES) or "; docs/reference/changes.md lists them"
                yield self._at(key, f"there is no rule {value!r}{hint}")
            elif key == "class" and value not in classes:
                yield self._at(key, f"expected {doc}; found {value!r}{did_you_mean(value, classes)}")

    def _at(self, key: str, text: str) -> str:
        return _problem(self._file, (*self._way, key), text)

    def _lacks(self, key: str, doc: str) -> str:
        """Return that *key* is missing, at the first line of the entry that has one."""
        given: Way = (*self._way, next(iter(self._entry))) if self._entry else _WAY
        text = f"{self._file.place(given)}: {shown_key((*self._file.inside, *self._way))}"
        return f"{text}: needs {key!r}: {doc}"


def _known(names: Iterable[str]) -> str:
    return f"; known are {listed(names)}"
