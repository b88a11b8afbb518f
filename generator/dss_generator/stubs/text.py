"""The text of stubs: what is inserted into the user's files, and a whole file where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..code.imports import import_block
from .expected import Method, StubClass, StubFile

_MARKS = ("from typing import final", "from dss_runtime import override")


def file_text(stub: StubFile, own: Iterable[str]) -> str:
    """Return a new file: its docstring, imports and classes with the stubs that are required."""
    statements = [line for each in stub.classes for line in class_imports(each)]
    names = {line.split()[-1] for line in statements}
    block = import_block(statements, names, set(own))
    classes = "\n\n\n".join(class_text(each) for each in stub.classes)
    return f'"""{stub.doc}"""\n\nfrom __future__ import annotations\n\n{block}\n\n\n{classes}\n'


def class_imports(stub: StubClass) -> list[str]:
    """Return the statements that the class with its required stubs needs."""
    required = [method for method in stub.methods if method.required]
    return [
        f"from {stub.base_module} import {stub.base}",
        *_MARKS[:1],
        *(_MARKS[1:] if required else ()),
        *(line for method in required for line in method.imports),
    ]


def class_text(stub: StubClass) -> str:
    """Return the class with its docstring and the stubs that are required."""
    head = f'@final\nclass {stub.name}({stub.base}):\n    """{stub.doc}"""'
    methods = [method_text(method, "    ") for method in stub.methods if method.required]
    return "\n\n".join([head, *methods])


def method_text(method: Method, indent: str) -> str:
    """Return the stub of a method: a docstring and nothing else, which no type checker accepts as filled."""
    step = "\t" if indent.startswith("\t") else "    "
    return f'{indent}@override\n{_signature(method, indent, step)}\n{indent}{step}"""{method.doc}"""'


def _signature(method: Method, indent: str, step: str) -> str:
    """Return the `def` on one line, or, where that would be long, with a line for each parameter."""
    line = f"{indent}def {method.name}(self{method.parameters.text}) -> {method.returns.text}:"
    if len(line) <= 110:
        return line
    # The values are keyword-only and of one type, so the text splits at its own separators.
    parameters = ["self"]
    for part in method.parameters.text.removeprefix(", ").split(", "):
        if part in ("/", "*") or re.match(r"\w+: ", part):
            parameters.append(part)
        else:
            parameters[-1] += f", {part}"
    lines = "".join(f"{indent}{step}{parameter},\n" for parameter in parameters)
    return f"{indent}def {method.name}(\n{lines}{indent}) -> {method.returns.text}:"
