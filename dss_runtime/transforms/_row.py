"""What the table of transforms says of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Argument: TypeAlias = int | str | tuple[str, str]
"""An argument as the schema's pipeline gives it: a number, a text, or a pair `key=value`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter after the text: an int, a text, or all the `pairs`, which the function takes as a dict."""

    name: str
    kind: Literal["int", "text", "pairs"]
    default: int | str | None = None
    """What it is when left out; None when it must be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """One step of a pipeline: text in, text out, always the same; ValueError for text that it does not fit.

    `function` is called as `function(text, *arguments)`; it is public in `dss_runtime.transforms` under its
    `__name__`. `check` is called with the arguments alone, and raises ValueError where they fit no text.
    """

    name: str
    function: Callable[..., str]
    parameters: tuple[Parameter, ...] = ()
    doc: str
    check: Callable[..., object] | None = None

    @property
    def signature(self) -> str:
        """How it is written in a schema, such as `split-part(separator, n)`."""
        shown = ", ".join(map(_shown, self.parameters))
        return f"{self.name}({shown})" if shown else self.name

    def problem(self, arguments: tuple[Argument, ...]) -> str | None:
        """Return why *arguments* do not fit, with what would; None when they do."""
        try:
            values = self.call_arguments(arguments)
            if self.check is not None:
                self.check(*values)
        except ValueError as error:
            return f"{error}: write {self.signature}"
        return None

    def call_arguments(self, arguments: tuple[Argument, ...]) -> tuple[Any, ...]:
        """Return what to pass to `function` after the text: *arguments*, their pairs as one dict.

        Raises ValueError when their number or kinds do not fit.
        """
        if [parameter.kind for parameter in self.parameters] == ["pairs"]:
            return (_pairs(arguments),)
        required = sum(parameter.default is None for parameter in self.parameters)
        if not required <= len(arguments) <= len(self.parameters):
            raise ValueError("expected another number of arguments")
        for parameter, argument in zip(self.parameters, arguments, strict=False):
            if type(argument) is not (int if parameter.kind == "int" else str):
                kind = "a whole number" if parameter.kind == "int" else "quoted text"
                raise ValueError(f"{parameter.name}: expected {kind}")
        return arguments


def _pairs(arguments: tuple[Argument, ...]) -> dict[str, str]:
    pairs = [argument for argument in arguments if isinstance(argument, tuple)]
    if not pairs or len(pairs) != len(arguments):
        raise ValueError("expected pairs only")
    if len(dict(pairs)) != len(pairs):
        raise ValueError("expected each key once")
    return dict(pairs)


def _shown(parameter: Parameter) -> str:
    if parameter.kind == "pairs":
        return "key=value, …"
    return parameter.name if parameter.default is None else f"{parameter.name}={parameter.default!r}"
