"""How a custom template is run: it sees the resolved schema and prints only fragments."""

from __future__ import annotations

import functools
import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, ParamSpec, TypeVar, cast

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace, missing

from ..code.fragments import Code, Fragment
from ..marks import override
from ..naming import action, handler, pascal, snake
from ..problems import did_you_mean
from .formats import Format

P = ParamSpec("P")
R = TypeVar("R")

_CHOOSING = (
    "first", "groupby", "last", "length", "list", "map", "reject", "rejectattr", "reverse", "select",
    "selectattr", "sort", "unique",
)  # fmt: skip
"""The filters of Jinja that choose and order values, and print nothing."""


class TemplateError(Exception):
    """A template that fails: `place` is its file and line, or the file alone."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: error: {reason}")


class _Undefined(jinja2.StrictUndefined):
    """What a template names and nobody has given; `known` are the names that there are."""

    __slots__ = ()
    known: ClassVar[tuple[str, ...]] = ()

    @property
    @override
    def _undefined_message(self) -> str:
        name, owner = str(self._undefined_name), self._undefined_obj
        if self._undefined_hint:
            return self._undefined_hint
        if owner is missing:
            hint = did_you_mean(name, self.known) or f"; there are {', '.join(self.known)}"
            return f"there is no {name!r} here{hint}"
        names = [each for each in dir(owner) if not each.startswith("_")]
        return f"a {type(owner).__name__} has no {name!r}{did_you_mean(name, names)}"


def render(
    kind: Format, template: str, load: Callable[[str], str | None], context: Mapping[str, object]
) -> str:
    """Return what the template called *template* prints, as a file of *kind*, for *context*.

    *load* returns the text of that template, and of those that it includes, None where there is none. Raises
    TemplateError with the place in the template for whatever goes wrong.
    """
    environment = _environment(kind, load, tuple(sorted(context)))
    try:
        return environment.get_template(template).render(context)
    except jinja2.TemplateSyntaxError as error:
        message = (error.message or "").removesuffix(".")
        place = f"{error.name or template}:{error.lineno}"
        raise TemplateError(place, message + _hint(message, environment)) from error
    except Exception as error:
        place, reason = _place(error, environment, template), str(error)
        if isinstance(error, jinja2.TemplateNotFound):
            reason = f"there is no template {error.name!r}; give its path as messages show that of this one"
        elif not isinstance(error, (jinja2.TemplateError, ValueError, TypeError)):
            reason = f"{type(error).__name__}: {error}"
        raise TemplateError(place, reason) from error


class _Source(jinja2.BaseLoader):
    """Gives templates the names that messages have, and keeps those that were loaded."""

    def __init__(self, load: Callable[[str], str | None]) -> None:
        self._load = load
        self.loaded: set[str] = set()

    @override
    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, None]:
        found = self._load(template)
        if found is None:
            raise jinja2.TemplateNotFound(template)
        self.loaded.add(template)
        return found, template, None


def _environment(
    kind: Format, load: Callable[[str], str | None], names: tuple[str, ...]
) -> jinja2.Environment:
    made = ImmutableSandboxedEnvironment(
        loader=_Source(load),
        undefined=type("_Undefined", (_Undefined,), {"__slots__": (), "known": names}),
        finalize=_finalize,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        cache_size=0,
    )
    choosing = {name: made.filters[name] for name in _CHOOSING}
    made.filters.clear()
    ours: dict[str, Callable[..., object]] = {
        "join": _join,
        "pascal": pascal,
        "snake": snake,
        **kind.all_filters,
    }
    made.filters |= {**choosing, **{name: _of_known(each) for name, each in ours.items()}}
    made.globals.clear()
    cast("dict[str, Any]", made.globals).update(
        action=_of_known(action), handler=_of_known(handler), namespace=Namespace
    )
    return made


def _of_known(function: Callable[P, R]) -> Callable[P, R]:
    """Return *function* so that what a template has misspelt is told as that, not as a wrong value."""

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        for each in args:
            if isinstance(each, jinja2.Undefined):
                str(each)  # raises
        return function(*args, **kwargs)

    return checked


def _finalize(value: object) -> str:
    if isinstance(value, Fragment):
        return value.text
    if isinstance(value, jinja2.Undefined):
        str(value)  # raises, with the place
    raise TypeError(
        f"this prints a plain {type(value).__name__}: put a filter behind it that writes it for this kind of "
        "file, such as `| lit`"
    )


def _join(fragments: Iterable[Fragment], separator: str = ", ") -> Fragment:
    """Return *fragments* with a separator between them, which says nothing by itself."""
    if re.fullmatch(r"[\s,;|&+]*", separator) is None:
        raise ValueError(f"{separator!r} separates nothing: use blanks, commas, semicolons, |, & or +")
    parts = list(fragments)
    if not all(isinstance(each, Fragment) for each in parts):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("`join` takes fragments: put `| map('lit')` or the like before it")
    return Code(separator.join(each.text for each in parts))


def _hint(message: str, environment: jinja2.Environment) -> str:
    found = re.search("No filter named '([^']*)'", message)
    if found is None:
        return ""
    known = sorted(environment.filters)
    return did_you_mean(found[1], known) or f" here; there are {', '.join(known)}"


def _place(error: Exception, environment: jinja2.Environment, template: str) -> str:
    """Return the innermost line of a template that *error* came through; Jinja has it in the traceback."""
    loader = environment.loader
    loaded = loader.loaded if isinstance(loader, _Source) else set[str]()
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename in loaded]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else template
