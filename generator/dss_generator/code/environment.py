"""The templates' environment: templates print, Python decides."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import jinja2

from ..marks import override
from .fragments import Fragment


def _finalize(value: object) -> str:
    """Let fragments through and refuse everything else, plain text above all."""
    if isinstance(value, Fragment):
        return value.text
    raise TypeError(f"a template printed {type(value).__name__}, which is no fragment")


class _Environment(jinja2.Environment):
    """An environment whose templates print dicts: there `handler.name` is `handler["name"]`."""

    @override
    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look into a dict first: Jinja looks for an attribute, which has to fail, and then for the key."""
        if isinstance(obj, dict) and attribute in obj:
            return cast("dict[str, Any]", obj)[attribute]
        return super().getattr(obj, attribute)


@cache
def environment() -> jinja2.Environment:
    """Return the environment of the templates that this package ships."""
    made = _Environment(
        loader=jinja2.PackageLoader("dss_generator", "templates"),
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.clear()
    made.globals.clear()
    return made


def render(template: str, context: dict[str, object]) -> str:
    """Return what *template* prints for *context*."""
    return environment().get_template(template).render(context)
