"""What `dss check` has to tell: as lines, and as one JSON object.

The object of `check --json`; keys are added in later versions, and never change or go while
`schema_version` stays the same:

- `schema_version`: 1
- `command`: "check"
- `against`: null, or {"asked": what `--against` was given, "version": which version that is}
- `exit_code`: what the command exits with
- `problems`: of the schema as it is, each with `file`, `line`, `column` (both from 1), `severity` ("error"),
    `message`, `rule`; where there are any, nothing is compared
- `counts`: how many changes there are of each class: "breaking", "review", "safe", "off"
- `changes`: by their place, each with
    `rule`, `class` (after the settings' [[check.rules]]), `class_by_rule` (before), `reason` (of the setting
    that decided, or null), `path` and `old_path` (of the element by today's names and by those of the old
    version; null where it was not there), `place` and `old_place` ({"file", "line", "column"}; in the new
    version the definition around it where it is gone; null where it was not there), `message`, `effect`,
    `hint` (or null)
- `unmatched_rules`: entries of [[check.rules]] that match no change, each with `rule`, `path`, `reason`

After any other error (exit code 1) there is no object, only a message on standard error.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dss_runtime.cli._exits import Exit
from dss_runtime.cli._json import Json, masked
from dss_runtime.cli._problem_json import place_json, problem_json
from dss_runtime.cli._secrets import Secrets
from dss_runtime.cli._suggest import counted

if TYPE_CHECKING:
    from dss_generator.evolution import Judged, Judgement, Switch
    from dss_generator.problems import Problem

SCHEMA_VERSION = 1
STYLES = {"breaking": "red", "review": "yellow", "safe": "green", "off": "dim"}
"""The classes, and the colour of each on a terminal."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """One run of `dss check`: the problems of the schema, or what changed where something is compared.

    `asked` is what `--against` was given, `version` what that is, `judgement` what changed since.
    """

    problems: tuple[Problem, ...] = ()
    asked: str | None = None
    version: str = ""
    judgement: Judgement | None = None

    @property
    def changes(self) -> tuple[Judged, ...]:
        """All changes, in the order of their places."""
        return self.judgement.changes if self.judgement is not None else ()

    @property
    def unmatched(self) -> tuple[Switch, ...]:
        """The entries of the settings that were written for a change which is not there."""
        return self.judgement.unmatched if self.judgement is not None else ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many changes there are of each class."""
        found = Counter[str](each.impact for each in self.changes)
        return {name: found[name] for name in STYLES}

    @property
    def exit(self) -> Exit:
        """The exit code that tells how it ended."""
        if self.problems:
            return Exit.ERROR
        return Exit.DIFFERENT if self.counts["breaking"] or self.counts["review"] else Exit.OK

    @property
    def summary(self) -> str:
        """How it went, in one line."""
        if self.judgement is None:
            return "the schema is sound"
        if not self.changes:
            return f"no change from {self.version}"
        words = {"review": "to review", "off": "switched off"}
        counts = [f"{number} {words.get(name, name)}" for name, number in self.counts.items() if number]
        return f"{counted(len(self.changes), 'change')} from {self.version}: {', '.join(counts)}"

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield a line for each change, with its style."""
        for each in self.changes:
            change, why = each.change, ""
            if each.switch is not None:
                decided = "switched off" if each.impact == "off" else f"{change.impact} by its rule"
                why = f" ({decided}: {each.switch.reason})"
            text = f"{change.place}: {each.impact}: {change.text} [{change.rule}]{why}"
            yield text, STYLES[each.impact]


def json_text(report: CheckReport, secrets: Secrets) -> str:
    """Return *report* as the JSON object that this module describes, masked."""
    found: dict[str, Json] = {
        "schema_version": SCHEMA_VERSION,
        "command": "check",
        "against": None if report.judgement is None else {"asked": report.asked, "version": report.version},
        "exit_code": int(report.exit),
        "problems": [problem_json(each) for each in report.problems],
        "counts": dict(report.counts),
        "changes": [_change(each) for each in report.changes],
        "unmatched_rules": [
            {"rule": each.rule, "path": each.path, "reason": each.reason} for each in report.unmatched
        ],
    }
    return json.dumps(masked(found, secrets), indent=2)


def _change(judged: Judged) -> Json:
    change = judged.change
    return {
        "rule": change.rule,
        "class": judged.impact,
        "class_by_rule": change.impact,
        "reason": judged.switch.reason if judged.switch is not None else None,
        "path": ".".join(change.path),
        "old_path": None if change.old_path is None else ".".join(change.old_path),
        "place": place_json(change.place),
        "old_place": None if change.old_place is None else place_json(change.old_place),
        "message": change.message,
        "effect": change.effect,
        "hint": change.hint or None,
    }
