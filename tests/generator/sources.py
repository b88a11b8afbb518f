"""Random Python files, as people write them: for what must not be touched, or must keep its meaning."""

from __future__ import annotations

from random import Random

_TOP = (
    "x = 1", "x: int = 2  # why", "# a comment", "import os", "from typing import Any, final", "import a.b as c",
    "from dss_runtime import (\n    Outcome,\n    override,\n)", "if x:\n    y = [\n        1,\n    ]", "def f(): pass",
    "@d\n@e(1)\ndef g(a, /, *, b=2) -> None:\n    '''Doc.\n\n    More.\n    '''", "class Other: pass", "\x0c",
    "s = '''class Handlers(Base):\n    pass\n'''", "async def h():\n    await x", "try:\n    import z\nexcept E:\n    z = 0",
    "t = 'é😀\\\\\\'\"'  # é", "\\\n", "class Deco(metaclass=M):\n    class Handlers:\n        def inner(self): ...",
)  # fmt: skip
_BODY = (
    '"""Doc of the class."""', "attribute = 1", "annotated: int", "# a comment in the class", "@override\ndef mine(self): ...",
    "def other(self, a: int = 1) -> str:\n    '''Multi\n\n  line.\n    '''\n    return f'{a!r}'  # end",
    "class Nested:\n    def new_things(self): ...", "if True:\n    def conditional(self): ...", "x = (\n    1,\n  2,\n)",
    "async def also(self): ...", "changed_things = other = None", "@property\ndef prop(self): return 1",
)  # fmt: skip


def python_sources(rng: Random) -> str:
    """Return a file of a few statements and classes, with line feeds and spaces."""
    parts = ['"""The file."""'] if rng.random() < 0.5 else []
    parts += [rng.choice(_TOP) for _ in range(rng.randint(0, 5))]
    parts += [class_text(rng, "Thing", "    ")] if rng.random() < 0.5 else []
    parts += [rng.choice(_TOP) for _ in range(rng.randint(0, 2))]
    return joined(rng, [part for part in parts if "'''" not in part and part not in ("\x0c", "\\\n")])


def joined(rng: Random, parts: list[str]) -> str:
    """Return *parts* with some blank lines between them."""
    return "".join(part + "\n" * rng.randint(1, 3) for part in parts)


def handler_file(rng: Random, class_name: str) -> str:
    """Return a file that defines the class *class_name* with some content, among other things."""
    indent = rng.choice(["    ", "  ", "\t"])
    parts = ['"""The file."""'] if rng.random() < 0.5 else []
    if rng.random() < 0.5:
        parts.append("from __future__ import annotations")
    parts += [rng.choice(_TOP) for _ in range(rng.randint(0, 3))]
    parts.append(class_text(rng, class_name, indent))
    parts += [rng.choice(_TOP) for _ in range(rng.randint(0, 3))]
    return joined(rng, parts)


def class_text(rng: Random, name: str, indent: str) -> str:
    """Return a class with some content."""
    head = rng.choice(("", "@final\n", "@decorated(\n    1,\n)\n")) + f"class {name}(Base):"
    parts = [rng.choice(_BODY) for _ in range(rng.randint(1, 4))]
    if all(part.startswith("#") for part in parts):
        parts.append("pass")
    lines = [line for part in parts for line in [*part.split("\n"), *[""] * rng.randint(0, 1)]]
    body = "\n".join(indent + line.replace("    ", indent, 1) if line else "" for line in lines)
    return f"{head}{rng.choice(('', '  # the class'))}\n{body.rstrip()}"
