"""The straight-line code that makes a record from a row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from ..code.fragments import Code, Fragment, Ident, code, expression, ident, joined, lit
from ..fieldtypes import construction, transforms
from ..naming import pascal, snake
from ..schema.resolved import (
    Comparison,
    Condition,
    Field,
    FieldSource,
    Part,
    Pipeline,
    Step,
    Tree,
    TreeBranch,
)
from .fields import annotation, default, literal


def parser_constant(tree: Tree, held: TreeBranch, source: FieldSource) -> Ident:
    """Return the name of the constant that parses a field's cells: one for all trees that read them alike."""
    if _has_own_parser(source):
        return ident(f"_{snake(tree.name)}__{held.branch.name}__{source.field.name}")
    return ident(f"_{held.branch.model.name}__{source.field.name}")


def row_lines(tree: Tree, held: TreeBranch) -> list[Code]:
    """Return the statements that check `where` and give every field of a row its local variable."""
    lines: list[Code] = []
    if held.where is not None:
        lines += [
            code("_at = {name}", name=lit("where")),
            code("if not {test}:", test=condition(held.where)),
            code("    return None"),
        ]
    computed = [source for source in held.sources if source.computed]
    if computed:
        row = ident(row_class(tree, held))
        lines.append(code("_row = {row}(_c)", row=row))
    for source in held.sources:
        if source.const is None:
            lines.append(code("_at = {name}", name=lit(source.field.name)))
        lines += field_lines(tree, held, source)
    return lines


def key_lines(tree: Tree, held: TreeBranch) -> list[Code]:
    """Return the statements that give the fields of the key, and what they need, their local variables."""
    needed = set(held.branch.model.key)
    wanted: list[FieldSource] = []
    for source in reversed(held.sources):
        if source.field.name in needed:
            wanted.insert(0, source)
            parts = source.pipeline.template if source.pipeline is not None else ()
            needed.update(part.field for part in parts if part.field)
    lines: list[Code] = []
    if any(source.computed for source in wanted):
        lines.append(code("_row = {row}(_c)", row=ident(row_class(tree, held))))
    return [*lines, *(line for source in wanted for line in field_lines(tree, held, source))]


def row_class(tree: Tree, held: TreeBranch) -> str:
    """Return the name of the class through which computed fields see a row."""
    return f"{tree.name}{pascal(held.branch.name)}Row"


def field_lines(tree: Tree, held: TreeBranch, source: FieldSource) -> list[Code]:
    """Return the statements that give one field its local variable."""
    field, name = source.field, ident(source.field.name)
    if source.const is not None:
        constant, typed = literal(field, source.const), annotation(field)
        return [code("{name}: {type} = {value}", name=name, type=typed, value=constant)]
    if source.computed:
        method = ident(computed_method(held, field))
        return [code("{name} = self.{method}(_row)", name=name, method=method)]
    lines: list[Code] = []
    if source.pipeline is not None:
        lines.append(code("_text_of = {text}", text=pipeline(source.pipeline)))
        cell: Fragment = ident("_text_of")
    else:
        cell = code("_c[{at}]", at=lit(source.column))
    parse = parser_constant(tree, held, source)
    value = default(field)
    if field.name in held.branch.model.key:
        lines.append(code("{name} = {parse}(_present({cell}))", name=name, parse=parse, cell=cell))
    elif value is None:
        lines.append(code("{name} = {parse}({cell})", name=name, parse=parse, cell=cell))
    else:
        # The annotation gives a default of brackets, which alone would be of any type, the field's own.
        parts = {"name": name, "type": annotation(field), "value": value, "cell": cell, "parse": parse}
        lines.append(code("{name}: {type} = {value} if _blank({cell}) else {parse}({cell})", **parts))
    return lines


def computed_method(held: TreeBranch, field: Field) -> str:
    """Return the name of the importer's method for a computed field."""
    return f"computed_{held.branch.name}_{field.name}"


def pipeline(given: Pipeline) -> Code:
    """Return the expression of a pipeline's text."""
    return _stepped([_part(part) for part in given.template], given.steps)


def pattern(given: Pipeline, record: Ident) -> Code:
    """Return the expression of a name that a pattern makes of *record*."""
    return _stepped([_field_of(record, part) for part in given.template], given.steps)


def _field_of(record: Ident, part: Part) -> Code:
    if not part.field:
        return Code(lit(part.text).text)
    parts = {"name": lit(part.field), "record": record, "field": ident(part.field)}
    return code("_filled({name}, {record}.{field})", **parts)


def _stepped(parts: list[Code], steps: Iterable[Step]) -> Code:
    text = parts[0] if len(parts) == 1 else code("({parts})", parts=joined(parts, " + "))
    for step in steps:
        text = _step(step, text)
    return text


def _part(part: Part) -> Code:
    if part.column is not None:
        return code("_text(_c[{at}])", at=lit(part.column))
    if part.field:
        return code("_text({name})", name=ident(part.field))
    return Code(lit(part.text).text)


def _step(step: Step, text: Code) -> Code:
    row = transforms()[step.name]
    arguments = [_argument(argument) for argument in row.call_arguments(step.arguments)]
    return code(
        "_{function}({arguments})",
        function=ident(row.function.__name__),
        arguments=joined([text, *arguments]),
    )


def _argument(argument: object) -> Fragment:
    if isinstance(argument, dict):
        given = cast("dict[str, str]", argument)
        pairs = [code("{key}: {value}", key=lit(key), value=lit(value)) for key, value in given.items()]
        return Code(f"{{{joined(pairs).text}}}")
    return lit(argument)


def _has_own_parser(source: FieldSource) -> bool:
    """Whether a tree separates the values in a field's cells by a text of its own."""
    return source.field.type in ("set", "list") and source.separator != ","


def used_transforms(branches: Iterable[TreeBranch]) -> set[str]:
    """Return the names of the functions that the pipelines of *branches* call."""
    return functions_of(
        source.pipeline for held in branches for source in held.sources if source.pipeline is not None
    )


def functions_of(pipelines: Iterable[Pipeline]) -> set[str]:
    """Return the names of the functions that the steps of *pipelines* call."""
    return {transforms()[step.name].function.__name__ for each in pipelines for step in each.steps}


def condition(where: Condition) -> Code:
    """Return the expression of a `where`."""
    if isinstance(where, Comparison):
        return _comparison(where)
    operands = [condition(operand) for operand in where.operands]
    if where.operator == "not":
        return code("(not {operand})", operand=operands[0])
    if where.operator == "and":
        return code("({operands})", operands=joined(operands, " and "))
    return code("({operands})", operands=joined(operands, " or "))


_OPERATORS = {"==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "in": "in"}


def _comparison(where: Comparison) -> Code:
    read = ident("_number" if where.numeric else "_text")
    literals = [_literal(text, numeric=where.numeric) for text in where.literals]
    right: Fragment = literals[0]
    if where.operator == "in":
        right = code("({literals},)", literals=joined(literals))
    # The operator is one of the seven of the language, printed from our own table.
    operator = Code(_OPERATORS[where.operator])
    return code(
        "{read}(_c[{at}]) {operator} {right}", read=read, at=lit(where.column), operator=operator, right=right
    )


def _literal(text: str, *, numeric: bool) -> Fragment:
    return code("_Decimal({text})", text=lit(text)) if numeric else lit(text)


def parser_value(held: TreeBranch, source: FieldSource) -> Code:
    """Return the expression of a field's parser: its type's own, or one with the tree's separator."""
    if _has_own_parser(source):
        return code("{type}.parse", type=expression(construction(source.field, source.separator)))
    model = ident(held.branch.model.name)
    return code("{model}.__dss__[{name}].type.parse", model=model, name=lit(source.field.name))
