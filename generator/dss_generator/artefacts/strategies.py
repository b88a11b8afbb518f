"""strategies.py: Hypothesis strategies that make records of every model."""

from __future__ import annotations

from typing import Any

from ..code.fragments import Code, code, docstring, expression, ident, tuple_of
from ..code.skeleton import Skeleton
from ..fieldtypes import field_type
from ..naming import snake
from ..project import Context, Project
from ..schema.resolved import Field, Model, Schema
from .fields import imports_for


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    models = [model for model in schema.models if not model.abstract]
    lines = ["from hypothesis import strategies as _st"]
    lines += [f"from {project.package}.models import {model.name}" for model in models]
    return {
        "doc": docstring("Hypothesis strategies: records of every model, within what their fields can hold."),
        "imports": [*lines, *imports_for(models)],
        "models": [_model(model) for model in models],
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the functions that the file must consist of."""
    names = [snake(model.name) for model in schema.models if not model.abstract]
    return Skeleton(tuple(each for name in names for each in (f"{name}_record", f"{name}_records")), 0)


def _model(model: Model) -> dict[str, Any]:
    return {
        "name": ident(model.name),
        "function": ident(f"{snake(model.name)}_record"),
        "several": ident(f"{snake(model.name)}_records"),
        "fields": [
            code("{name}={value}", name=ident(field.name), value=_strategy(field)) for field in model.fields
        ],
        "key": tuple_of([code("record.{name}", name=ident(name)) for name in model.key]),
    }


def _strategy(field: Field) -> Code:
    inner = expression(field_type(field).strategy)
    return code("_st.none() | {inner}", inner=inner) if field.optional else inner
