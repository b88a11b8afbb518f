"""How a row becomes a record, as plain values: what `parsing` says as code."""

from __future__ import annotations

from typing import cast

from ..code.fragments import Code, Fragment, code, joined, lit, tuple_of
from ..fieldtypes import transforms
from ..schema.resolved import Comparison, Condition, FieldSource, Part, Step, Tree, TreeBranch
from .fields import default, literal
from .sql_columns import lookups_of


def recipe(tree: Tree, held: TreeBranch) -> Code:
    """Return the expression of a branch's recipe, or the text that says why it has none."""
    reason = _reason_against(tree, held)
    if reason is not None:
        return Code(lit(reason).text)
    fields = "".join(f"\n                        {_field(held, source).text}," for source in held.sources)
    arguments = [Code(f"fields=({fields}\n                    )")]
    if held.where is not None:
        arguments.append(code("where={where}", where=_condition(held.where)))
    if held.old.kind == "set":
        at = len(held.columns)
        pairs = tuple((at + number, value) for number, (_, value) in enumerate(held.old.set))
        arguments.append(code("retired={pairs}", pairs=lit(pairs)))
    lines = "".join(f"\n                    {argument.text}," for argument in arguments)
    return Code(f"_Recipe({lines}\n                )")


def _reason_against(tree: Tree, held: TreeBranch) -> str | None:
    for source in held.sources:
        if source.computed:
            return f"{source.field.name} is computed by a method of the importer"
    for name, _ in lookups_of(tree, held):
        return f"{name} is looked up in another table"
    return None


def _field(held: TreeBranch, source: FieldSource) -> Code:
    field = source.field
    arguments: list[Fragment] = [lit(field.name)]
    if source.column is not None:
        arguments.append(lit(source.column))
    if source.pipeline is not None:
        parts = tuple_of(map(_part, source.pipeline.template))
        arguments.append(code("template={parts}", parts=parts))
        if source.pipeline.steps:
            arguments.append(code("steps={steps}", steps=tuple_of(map(_step, source.pipeline.steps))))
    if source.const is not None:
        arguments.append(code("constant=({value},)", value=literal(field, source.const)))
        return code("_FieldRecipe({arguments})", arguments=joined(arguments))
    absent = default(field)
    if absent is not None and field.name not in held.branch.model.key:
        arguments.append(code("absent=({value},)", value=absent))
    if source.separator != ",":
        arguments.append(code("separator={text}", text=lit(source.separator)))
    return code("_FieldRecipe({arguments})", arguments=joined(arguments))


def _part(part: Part) -> Fragment:
    if part.column is not None:
        return lit(part.column)
    return code("_FieldText({name})", name=lit(part.field)) if part.field else lit(part.text)


def _step(step: Step) -> Code:
    arguments = transforms()[step.name].call_arguments(step.arguments)
    given = tuple(
        tuple(cast("dict[str, str]", each).items()) if isinstance(each, dict) else each for each in arguments
    )
    if not given:
        return code("_Step({name})", name=lit(step.name))
    return code("_Step({name}, {arguments})", name=lit(step.name), arguments=lit(given))


def _condition(where: Condition) -> Code:
    if isinstance(where, Comparison):
        parts = [lit(where.column), lit(where.operator), lit(where.literals)]
        parts += [lit(True)] if where.numeric else []
        return code("_Comparison({parts})", parts=joined(parts))
    operands = tuple_of(map(_condition, where.operands))
    return code("_Junction({operator}, {operands})", operator=lit(where.operator), operands=operands)
