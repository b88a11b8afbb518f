"""One example or more of every rule: a change of one schema, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from dss_generator.evolution import RULES, compare
from tests.breaking.versions import version

FOLDER = Path(__file__).parent
BASE = (FOLDER / "base.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Example:
    """A change of the base, as texts that take the place of others, and the lines that are printed."""

    rule: str
    why: str
    change: tuple[tuple[str, str], ...]
    expected: tuple[str, ...]
    before: tuple[tuple[str, str], ...] = ()

    @property
    def base(self) -> str:
        """The old version: the base, with what the change needs and others would be in the way of."""
        return self._with(BASE, self.before)

    @property
    def changed(self) -> str:
        """The old version with the change."""
        return self._with(self.base, self.change)

    def _with(self, text: str, change: tuple[tuple[str, str], ...]) -> str:
        for old, new in change:
            assert old in text, f"{self.rule}: the base does not hold {old!r}"
            text = text.replace(old, new, 1)
        return text


def examples() -> list[Example]:
    """Return the examples in the file beside this one."""
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / "examples.yaml").read_text(encoding="utf-8"))
    return [
        Example(
            each["rule"],
            each.get("why", ""),
            tuple((old, new) for old, new in each["change"]),
            tuple(each["expect"]),
            tuple((old, new) for old, new in each.get("before", ())),
        )
        for each in found
    ]


EXAMPLES = examples()


@pytest.mark.parametrize(
    "example", [pytest.param(each, id=" ".join(filter(None, (each.rule, each.why)))) for each in EXAMPLES]
)
def test_an_example_says_what_changed_and_what_it_does(example: Example) -> None:
    """What is said of a change is, line by line, what the example expects, and nothing else."""
    found = compare(version("the old version", example.base), version("this version", example.changed))
    lines = [
        f"{str(each.place).removeprefix('schema/00.yaml:')}: {each.impact}: {each.text} [{each.rule}]"
        for each in found
        # The base has a marker that is done, in both versions of every example.
        if each.rule != "rename-done" or example.rule == "rename-done"
    ]
    assert list(example.expected) == lines


def test_every_rule_has_an_example() -> None:
    """The rules in the table are those that the examples are about, and each of those says so of its rule."""
    assert set(RULES) == {each.rule for each in EXAMPLES}
    assert [] == [
        each.rule for each in EXAMPLES if not any(line.endswith(f"[{each.rule}]") for line in each.expected)
    ]


def test_every_breaking_rule_has_an_example_that_breaks() -> None:
    """A rule's class is that of an example: none is softened in all of them."""
    shown = {
        (line.rpartition("[")[2].rstrip("]"), line.split(": ")[1])
        for each in EXAMPLES
        for line in each.expected
    }
    assert [] == [row.id for row in RULES.values() if (row.id, row.impact) not in shown]
