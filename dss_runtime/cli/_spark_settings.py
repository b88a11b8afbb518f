"""The table [spark] of the settings: the cluster that `--engine spark` asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from dss_runtime.cli._keys import Key, read_keys
from dss_runtime.cli._suggest import listed
from dss_runtime.cli._sync_values import expected
from dss_runtime.cli._toml_file import TomlFile

MASTER = 'the address of a cluster, such as "local[4]", "spark://host:7077" or "yarn"'
OPTIONS = 'a table of texts, as {"spark.executor.memory" = "8g"}'


@dataclass(frozen=True, slots=True)
class SparkSettings:
    """Where Apache Spark runs, and how its application is configured."""

    master: str = "local[*]"
    options: Mapping[str, str] = field(default_factory=dict[str, str])


def _master(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise expected(MASTER, value)
    return value


def _options(value: object) -> Mapping[str, str]:
    """Return the properties; an error does not show them, since there may be a password among them."""
    if not isinstance(value, dict):
        raise ValueError(f"expected {OPTIONS}")
    found = cast("dict[str, object]", value)
    texts = {key: each for key, each in found.items() if isinstance(each, str)}
    others = [key for key in found if key not in texts]
    if others:
        raise ValueError(f"expected {OPTIONS}, found something else at {listed(others)}")
    return texts


SPARK_KEYS: Mapping[str, Key] = {
    "master": Key(_master, MASTER, 'Where Apache Spark runs; `"local[*]"`, this machine, when not given.'),
    "options": Key(_options, OPTIONS, "Whatever Spark's own documentation calls a property."),
}


def spark_settings(file: TomlFile, found: object, problems: list[str]) -> SparkSettings:
    """Return what the table says; what is wrong with it is added to *problems*, each with its line."""
    if not isinstance(found, dict):
        problems.append(f"{file.place(('spark',))}: spark: expected a table [spark]")
        return SparkSettings()
    table = cast("Mapping[str, object]", found)
    given: dict[str, Any] = read_keys(file, ("spark",), table, SPARK_KEYS, problems)
    return SparkSettings(**given)
