"""models.py: the records as dataclasses, their methods written out."""

from __future__ import annotations

from typing import Any

from ..code.fragments import (
    Code,
    Fragment,
    code,
    docstring,
    expression,
    ident,
    joined,
    lit,
    tuple_of,
)
from ..code.skeleton import Skeleton
from ..fieldtypes import construction, derived_type
from ..naming import snake
from ..project import Context, Project
from ..schema.resolved import Field, Model, Schema
from .comparison import comparison, derived_comparison, type_constants
from .fields import (
    annotation,
    compared,
    default,
    derived_annotation,
    doc_of,
    imports_for,
    is_members,
    model_kinds,
    type_imports_for,
)

_OWN = ("__init__", "__dss_records__", "__eq__", "__hash__", "__repr__", "__sub__")


def context(schema: Schema, project: Project) -> Context:
    """Return what the template prints."""
    parents = {model.name: model for model in schema.models}
    ordered = _parents_first(schema)
    views = [_model(schema, model, parents) for model in ordered]
    derivations = [view for view in views if view["derived"]]
    return {
        "doc": docstring("The models: one dataclass per kind of record."),
        "imports": _imports(schema),
        "models": views,
        "derivations": derivations,
    }


def skeleton(schema: Schema, project: Project) -> Skeleton:
    """Return the classes and methods that the file must consist of."""
    names: list[str] = []
    for model in _parents_first(schema):
        names.append(model.name)
        if not model.abstract:
            names.extend(f"{model.name}.{method}" for method in _OWN if model.fields or method != _OWN[1])
        names.extend(f"{model.name}.{derived.name}" for derived in model.own_derived)
    deriving = [model for model in _parents_first(schema) if model.own_derived]
    for model in deriving:
        names.append(f"{model.name}DerivationBase")
        names.extend(f"{model.name}DerivationBase.{derived.name}" for derived in model.own_derived)
    if deriving:
        names.append("Derivations")
    constants = sum(len(model.own_fields) for model in schema.models)
    return Skeleton(tuple(names), constants + (1 if deriving else 0))


def _parents_first(schema: Schema) -> list[Model]:
    """Return the models so that each comes after the one that it extends."""
    by_name = {model.name: model for model in schema.models}
    done: dict[str, Model] = {}

    def add(model: Model) -> None:
        if model.name not in done:
            if model.extends:
                add(by_name[model.extends])
            done[model.name] = model

    for model in schema.models:
        add(model)
    return list(done.values())


def _imports(schema: Schema) -> list[str]:
    concrete = [model for model in schema.models if not model.abstract]
    has_members = any(is_members(field) for model in concrete for field in compared(model))
    deriving = any(model.own_derived for model in schema.models)
    names = ["Field as _Field", "ModelInfo as _ModelInfo", "Record as _Record", "model_dataclass as _model"]
    names += ["Difference as _Difference", "override as _override"] if concrete else []
    names += ["member_differences as _member_differences"] if has_members else []
    names += ["Derivations as _Derivations"] if deriving else []
    names += ["bare as _bare"] if concrete else []
    lines = [f"from dss_runtime.codegen import {name}" for name in sorted(names)]
    lines += ["from typing import ClassVar as _ClassVar"]
    lines += ["from collections.abc import Iterable as _Iterable"] if concrete else []
    lines += ["from typing import Any as _Any"] if concrete else []
    lines += (
        ["from abc import ABC as _ABC", "from abc import abstractmethod as _abstractmethod"]
        if deriving
        else []
    )
    return [*imports_for(schema.models), *lines, *type_imports_for(schema.models)]


def _model(schema: Schema, model: Model, parents: dict[str, Model]) -> dict[str, Any]:
    own = {field.name for field in model.own_fields}
    constants = type_constants(model, parents)
    concrete = [name for name in model_kinds(schema, model)[1:] if not parents[name].abstract]
    right = ident("_theirs" if concrete else "_right")
    return {
        "name": ident(model.name),
        "name_text": lit(model.name),
        "base": ident(model.extends or "_Record"),
        "doc": doc_of(model.doc, f"A record of the model {model.name}."),
        "slots": lit(tuple(field.name for field in model.own_fields)),
        "kinds": lit(model_kinds(schema, model)),
        "key": lit(model.key),
        "constants": [
            code(
                "{name} = {type}",
                name=constants[field.name],
                type=expression(construction(field)),
            )
            for field in model.own_fields
        ],
        "infos": [_info(field, constants[field.name]) for field in model.fields]
        + [_derived_info(each.name, derived_type(each).construction) for each in model.derived],
        "own": [
            {
                "name": ident(field.name),
                "annotation": annotation(field),
                "doc": docstring(field.doc, 4) if field.doc else None,
            }
            for field in model.fields
            if field.name in own
        ],
        "fields": [_field(field, first=at == 0) for at, field in enumerate(model.fields)],
        "row": tuple_of([ident(field.name) for field in model.fields]) if model.fields else None,
        "hashed": tuple_of([code("self.{name}", name=ident(name)) for name in model.key]),
        "shown": list(_shown(model)),
        "comparisons": [
            comparison(field, constants[field.name], ident("self"), right) for field in compared(model)
        ]
        + [derived_comparison(each.name, ident("self"), right) for each in model.derived],
        "derived": [
            {"name": ident(each.name), "annotation": derived_annotation(each)} for each in model.own_derived
        ],
        "derivation": ident(f"{model.name}DerivationBase"),
        "attribute": ident(snake(model.name)),
        "concrete": not model.abstract,
        "extends_concrete": bool(concrete),
        # What the first concrete model of a line accepts, all that extend it accept too.
        "compared_with": ident(concrete[-1] if concrete else model.name),
    }


def _field(field: Field, *, first: bool) -> dict[str, Fragment]:
    value = default(field)
    name = ident(field.name)
    typed = annotation(field)
    return {
        "name": name,
        "parameter": code("{name}: {type}", name=name, type=typed)
        if value is None
        else code("{name}: {type} = {value}", name=name, type=typed, value=value),
        "equal": code("self.{name} == _other.{name}", name=name)
        if first
        else code("and self.{name} == _other.{name}", name=name),
    }


def _info(field: Field, constant: Fragment) -> Code:
    parts: list[Fragment] = [lit(field.name), constant]
    if field.optional:
        parts.append(code("optional={true}", true=lit(True)))
    if field.sensitive:
        parts.append(code("sensitive={true}", true=lit(True)))
    if field.ref:
        parts.append(code("ref={ref}", ref=lit(field.ref)))
    return code("_Field({parts})", parts=joined(parts))


def _derived_info(name: str, construction: str) -> Code:
    return code("_Field({name}, {type}, derived=True)", name=lit(name), type=expression(construction))


def _shown(model: Model) -> list[Code]:
    """The parts of the repr: literal text beside f-strings, sensitive values masked."""
    parts = [Code(lit(f"{model.name}({'' if model.fields else ')'}").text)]
    for at, field in enumerate(model.fields):
        end = ")" if at == len(model.fields) - 1 else ", "
        if field.sensitive:
            parts.append(Code(lit(f"{field.name}='***'{end}").text))
        else:
            name = ident(field.name).text
            parts.append(Code(f'f"{name}={{self.{name}!r}}{end}"'))
    return parts
