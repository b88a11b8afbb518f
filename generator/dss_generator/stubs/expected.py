"""What the project's own files must define: a class per base class, and its methods without a body."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from ..artefacts.fields import imports_for
from ..artefacts.former_handlers import Names, derivation_names, importer_names, template_names
from ..artefacts.handlers import handlers
from ..artefacts.importers import abstract_methods, optional_methods
from ..artefacts.runtime import has_template
from ..code.fragments import Code, Fragment, code
from ..fieldtypes import derived_type
from ..naming import pascal, snake
from ..project import Project
from ..schema.resolved import Model, Schema, Tree

# A name inside of a text, such as a member of an enum, is passed over with the text.
_WORDS_AND_TEXTS = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|\w+')


@dataclass(frozen=True, slots=True)
class Method:
    """A method that a project's class may or must have; `imports` are the statements that its types need."""

    name: str
    parameters: Code
    returns: Fragment
    doc: str
    required: bool
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StubClass:
    """A class that the project writes, with the base that the generator writes for it.

    `names` are the names of all methods that the base has, each with those that it may have had before a
    rename; `formerly` are those that the class may have had.
    """

    name: str
    base: str
    base_module: str
    doc: str
    methods: tuple[Method, ...]
    names: Names
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StubFile:
    """A file of the project, by its name below the folder of handlers."""

    path: str
    doc: str
    classes: tuple[StubClass, ...]


def expected_files(schema: Schema, project: Project) -> list[StubFile]:
    """Return every file of handlers that the generated wiring imports."""
    files = [_tree_file(schema, tree, project) for tree in schema.trees]
    deriving = [model for model in schema.models if model.own_derived]
    if deriving:
        formerly = derivation_names(schema)
        classes = tuple(_derivation(model, project, formerly) for model in deriving)
        files.append(StubFile("derived.py", "The derived properties of the models.", classes))
    taken = {"Outcome", "actions", "final", "override", *(model.name for model in schema.models)}
    return [_with_plain_names(file, taken) for file in files]


def _with_plain_names(file: StubFile, taken: Collection[str]) -> StubFile:
    """Return *file* with `date` for `_date`: private aliases are for files that nobody writes by hand.

    A class that has a method of that name needs the alias. Methods that are not required are never written, so
    theirs are left as they are.
    """
    return replace(file, classes=tuple(_class_with_plain_names(each, taken) for each in file.classes))


def _class_with_plain_names(found: StubClass, taken: Collection[str]) -> StubClass:
    names = {*taken, *(each.name for each in found.methods)}
    methods = (_with_plain_imports(each, names) if each.required else each for each in found.methods)
    return replace(found, methods=tuple(methods))


def _with_plain_imports(method: Method, taken: Collection[str]) -> Method:
    plain: dict[str, str] = {}
    imports: list[str] = []
    for statement in method.imports:
        head, alias, private = statement.partition(" as ")
        name = head.rpartition(" ")[2]
        if alias and private == f"_{name}" and name not in taken:
            plain[private] = name
        imports.append(head if private in plain else statement)

    def renamed(match: re.Match[str]) -> str:
        return plain.get(match.group(), match.group())

    parameters, returns = (
        Code(_WORDS_AND_TEXTS.sub(renamed, each.text)) for each in (method.parameters, method.returns)
    )
    return replace(method, parameters=parameters, returns=returns, imports=tuple(imports))


def _tree_file(schema: Schema, tree: Tree, project: Project) -> StubFile:
    package, name = project.package, tree.name
    classes = [
        StubClass(
            f"{name}Importer", f"{name}ImporterBase", f"{package}.importers", f"Reads {name}.",
            _importer_methods(tree, project), importer_names(tree),
        )
    ]  # fmt: skip
    if has_template(schema, tree):
        classes.append(
            StubClass(
                f"{name}Template", f"{name}TemplateBase", f"{package}.templates",
                f"Carries out differences on {name}.", _template_methods(tree, project), template_names(tree),
            )
        )  # fmt: skip
    return StubFile(f"{snake(name)}.py", f"What is special about {name}.", tuple(classes))


def _importer_methods(tree: Tree, project: Project) -> tuple[Method, ...]:
    required = abstract_methods(tree)
    known = [*_known_names(tree, project), *_type_imports(tree)]
    return tuple(
        Method(
            each.name,
            each.parameters,
            each.returns,
            each.doc,
            at < len(required),
            tuple(_used(known, each.parameters, each.returns)),
        )
        for at, each in enumerate((*required, *optional_methods(tree)))
    )


def _known_names(tree: Tree, project: Project) -> list[str]:
    models = [held.branch.model.name for held in tree.branches]
    rows = [f"{tree.name}{pascal(held.branch.name)}Row" for held in tree.branches]
    lines = [
        "from collections.abc import Iterable as _Iterable",
        "from dss_runtime import Unclaimed as _Unclaimed",
    ]
    lines += [f"from {project.package}.models import {name}" for name in models]
    lines += [f"from {project.package}.importers import {name}" for name in rows]
    return list(dict.fromkeys(lines))


def _used(statements: Iterable[str], *signature: Fragment) -> list[str]:
    """Return those of *statements* that import a word of a signature."""
    words = {word for part in signature for word in re.findall(r"\w+", part.text)}
    return [line for line in statements if line.rpartition(" ")[2] in words]


def _type_imports(tree: Tree) -> list[str]:
    return imports_for(held.branch.model for held in tree.branches)


def _template_methods(tree: Tree, project: Project) -> tuple[Method, ...]:
    actions = f"from {project.package} import actions"
    imports = _type_imports(tree)
    found: list[Method] = []
    for each in handlers(tree):
        if each.optional:  # its name is known, and it is never written
            found.append(Method(each.name, Code(""), Code("Outcome"), each.doc, required=False))
            continue
        used = _used(imports, each.values)
        parameters = code(
            ", {parameter}: actions.{action}, /{values}",
            parameter=Code(each.parameter),
            action=Code(each.action),
            values=each.values,
        )
        outcome = "from dss_runtime import Outcome"
        found.append(
            Method(each.name, parameters, Code("Outcome"), each.doc, True, (actions, outcome, *used))
        )
    return tuple(found)


def _derivation(model: Model, project: Project, formerly: Names) -> StubClass:
    methods: list[Method] = []
    for each in model.own_derived:
        returns = Code(derived_type(each).annotation)
        typed = _used(derived_type(each).imports, returns)
        imports = (f"from {project.package}.models import {model.name}", *typed)
        parameters = code(", record: {model}, /", model=Code(model.name))
        doc = f"Return the {each.name} of *record*."
        methods.append(Method(each.name, parameters, returns, doc, True, imports))
    name = f"{model.name}Derivation"
    return StubClass(
        name,
        f"{name}Base",
        f"{project.package}.models",
        f"The derived properties of {model.name}.",
        tuple(methods),
        {method.name: () for method in methods},
        formerly[name],
    )
