"""Random Python files in the manner of generated ones: for what must keep their meaning."""

from __future__ import annotations

from random import Random

_TOP = (
    "x = 1", "x: int = 2  # why", "# a comment", "import os", "from typing import Any, final",
    "from dss_runtime import (\n    Outcome,\n    override,\n)", "if x:\n    y = [\n        1,\n    ]",
    "def f(): pass", "@d\n@e(1)\ndef g(a, /, *, b=2) -> None:\n    return a", "class Other: pass",
    "s = 'class Thing(Base):'", "async def h():\n    await x", "try:\n    import z\nexcept E:\n    z = 0",
    "t = 'é😀\\\\\\'\"'  # é",
)  # fmt: skip
_BODY = (
    '"""Doc of the class."""', "attribute = 1", "annotated: int", "# a comment in the class",
    "@override\ndef mine(self): ...", "class Nested:\n    def new_things(self): ...",
    "def other(self, a: int = 1) -> str:\n    b = a\n\n    return f'{b!r}'  # end",
    "if True:\n    def conditional(self): ...", "x = (\n    1,\n  2,\n)", "async def also(self): ...",
    "@property\ndef prop(self): return 1",
)  # fmt: skip


def python_sources(rng: Random) -> str:
    """Return a file of a few statements and classes, with some blank lines."""
    parts = ['"""The file."""'] if rng.random() < 0.5 else []
    parts += [rng.choice(_TOP) for _ in range(rng.randint(0, 5))]
    parts += [_class_text(rng) for _ in range(rng.randint(0, 2))]
    parts += [rng.choice(_TOP) for _ in range(rng.randint(0, 2))]
    return "".join(part + "\n" * rng.randint(1, 3) for part in parts)


def _class_text(rng: Random) -> str:
    head = rng.choice(("", "@final\n", "@decorated(\n    1,\n)\n")) + "class Thing(Base):"
    parts = [rng.choice(_BODY) for _ in range(rng.randint(1, 4))]
    if all(part.startswith("#") for part in parts):
        parts.append("pass")
    lines = [line for part in parts for line in [*part.split("\n"), *[""] * rng.randint(0, 1)]]
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    return f"{head}\n{body.rstrip()}"
