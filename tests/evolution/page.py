"""The page `docs/reference/every-edit-is-caught.md`: the matrix as a table, and what is said of each edit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from dss_generator.file_rules import RULES
from tests.evolution.checkers import CHECKERS
from tests.evolution.mutations import FOLDER, Mutation, read_mutations
from tests.evolution.recordings import Recording, read_recording
from tests.evolution.trials import AGAIN, CHECK

_LEFT = {
    "checkers": "handlers",
    "dss": "see what `dss` says",
    "schema": "the schema",
    "nobody": "nothing",
}
"""What is left to do for a person, by who has to tell."""


def page_text() -> str:
    """Return the page below its title: `page.md`, each comment in it replaced by what it names."""
    rows = [(mutation, read_recording(mutation.name)) for mutation in read_mutations()]
    parts = {
        "matrix": _matrix(rows),
        "settings": f"```toml\n{_settings()}```",
        "misses": _misses(rows),
        "rules": _rules(),
        "said": "\n\n".join(_said(mutation, recording) for mutation, recording in rows),
    }
    text = (FOLDER / "page.md").read_text(encoding="utf-8")
    return re.sub(r"<!-- (\w+) -->", lambda match: parts[match[1]], text)


def _matrix(rows: Iterable[tuple[Mutation, Recording]]) -> str:
    heads = ["edit", "before", "after", *CHECKERS, "left to do"]
    lines = [f"| {' | '.join(heads)} |", f"|---|{'--:|' * (len(heads) - 2)}---|"]
    for group, members in groupby(rows, lambda row: row[0].group):
        lines.append(f"| **{group}** |{' |' * (len(heads) - 1)}")
        lines += [_row(mutation, recording) for mutation, recording in members]
    return "\n".join(lines)


def _row(mutation: Mutation, recording: Recording) -> str:
    counts = [recording.problems(CHECK)]
    counts.append(recording.problems(AGAIN) if AGAIN in recording.said else [])
    counts += [recording.diagnoses(checker) for checker in CHECKERS]
    cells = [str(len(each)) if each else "·" for each in counts]
    if mutation.told_by == "schema":
        cells[1:] = ["" for _ in cells[1:]]
    elif AGAIN not in recording.said:
        cells[1] = ""
    return (
        f"| [{mutation.edit}](#{_anchor(mutation.edit)}) | {' | '.join(cells)} | {_LEFT[mutation.told_by]} |"
    )


def _misses(rows: Iterable[tuple[Mutation, Recording]]) -> str:
    seen = [(mutation, recording) for mutation, recording in rows if mutation.told_by == "checkers"]
    lines = [f"Of the {len(seen)} edits above that a type checker can see:", ""]
    for checker in CHECKERS:
        missed = [mutation.edit for mutation, recording in seen if not recording.diagnoses(checker)]
        lines.append(f"- {checker} sees all{' but: ' if missed else ''}{'; '.join(missed)}.")
    return "\n".join(lines)


def _rules() -> str:
    rows = [f"| `{rule}` | {text} |" for rule, text in RULES.items()]
    return "\n".join(["| id | rule |", "|---|---|", *rows])


def _said(mutation: Mutation, recording: Recording) -> str:
    parts = [f"### {mutation.edit}"]
    changes = [f"{file}\n{text}" for file, text in mutation.diff.items()]
    changes += [f"{file} is deleted\n" for file in mutation.delete]
    parts.append(f"```diff\n{''.join(changes)}```")
    parts.append(f"```text\n{''.join(_transcript(recording)).strip()}\n```")
    parts.append(f"[All of it](../../tests/evolution/recorded/{mutation.name}.txt)")
    return "\n\n".join(parts)


def _transcript(recording: Recording) -> Iterator[str]:
    for command in (*recording.commands, "mypy"):
        stale = len(re.findall(r"\[stale-file\]$", recording.said[command], flags=re.MULTILINE))
        lines = [
            line
            for line in recording.said[command].splitlines(keepends=True)
            if not line.endswith("[stale-file]\n") and not line.startswith("wrote ")
        ]
        yield f"$ {command}\n"
        if stale:
            yield f"({stale} generated file{'s are' if stale > 1 else ' is'} stale)\n"
        yield from lines


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _settings() -> str:
    text = (FOLDER / "project" / "other_checkers.toml").read_text(encoding="utf-8")
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
