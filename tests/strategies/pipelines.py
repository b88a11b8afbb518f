"""Pipelines and conditions over the columns and fields that a branch has."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.strategies import texts

_STEPS = (
    "strip", "lower", "upper", "casefold", "ascii", "unescape-html", "split-part('-', 1)", "pad(8)",
    "pad(3, ' ')", "parse-date('%d.%m.%Y')", "parse-number(',')", "parse-number(',', '.')",
    "parse-datetime('%Y%m%d%H%M')", "parse-time('%H:%M')", "map(a=b, '*'='x y')", "map('\"'=\"\\\\\")",
)  # fmt: skip


def pipeline(rng: Random, own: str, names: Sequence[str]) -> str:
    """Return a pipeline for the field whose own column is called *own* ("" for none), over *names* too."""
    steps = [_step(rng) for _ in range(rng.randint(0, 3))]
    if own and rng.random() < 0.4:
        return " | ".join(steps or ["strip"])
    usable = [*names, own] if own else list(names)
    parts = [f"{{{rng.choice(usable)}}}"]
    for _ in range(rng.randint(0, 2)):
        parts.insert(rng.randint(0, len(parts)), rng.choice((_literal(rng), f"{{{rng.choice(usable)}}}")))
    return " | ".join(["".join(parts), *steps])


def _step(rng: Random) -> str:
    if rng.random() < 0.3:
        return f"replace({texts.quoted(rng, texts.line(rng, low=1))}, {texts.quoted(rng, texts.line(rng))})"
    return rng.choice(_STEPS)


def _literal(rng: Random) -> str:
    """A literal text of a template: never empty, never the name of a step."""
    text = texts.line(rng, high=20).replace("|", "").replace("{", "{{").replace("}", "}}")
    return f"-{text}"


def condition(rng: Random, names: Sequence[str], depth: int = 2) -> str:
    """Return a condition over columns called *names*."""
    roll = rng.random()
    if depth and roll < 0.3:
        parts = [condition(rng, names, depth - 1) for _ in range(rng.randint(2, 3))]
        return f"({rng.choice((' and ', ' or ')).join(parts)})"
    if depth and roll < 0.4:
        return f"not {condition(rng, names, depth - 1)}"
    column = f"`{rng.choice(list(names))}`"
    if rng.random() < 0.3:
        return (
            f"{column} in [{', '.join(texts.quoted(rng, texts.line(rng)) for _ in range(rng.randint(1, 3)))}]"
        )
    if rng.random() < 0.4:
        return f"{column} {rng.choice(('==', '!=', '<', '<=', '>', '>='))} {rng.choice(('0', '-1.50', '42'))}"
    return f"{column} {rng.choice(('==', '!=', '<'))} {texts.quoted(rng, texts.line(rng))}"
