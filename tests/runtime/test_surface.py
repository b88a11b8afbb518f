"""What the package gives to the world: its names, each documented, and operators that are named methods."""

from __future__ import annotations

import inspect
import types
from typing import Any

import pytest

import dss_runtime
import dss_runtime.codegen
from dss_runtime import Branch, DataStoreTree, DefaultImporter, DefaultTemplate, Diff, Guard, SyncResult

ALIASES = {"Action", "Key", "Kind", "Phase"}
DOCUMENTED = sorted(set(dss_runtime.__all__) - ALIASES)


@pytest.mark.parametrize("module", [dss_runtime, dss_runtime.codegen], ids=lambda module: module.__name__)
def test_all_is_every_public_name(module: types.ModuleType) -> None:
    """`__all__` lists, sorted, just the names that do not begin with an underscore."""
    modules = {name for name, value in vars(module).items() if isinstance(value, types.ModuleType)}
    public = (
        {name for name in vars(module) if not name.startswith("_")}
        - modules
        - {"annotations", "TYPE_CHECKING"}
    )

    assert sorted(public) == sorted(module.__all__)
    assert sorted(set(module.__all__)) == sorted(module.__all__)


def members_of(found: object) -> dict[str, object]:
    """Return what a class defines itself."""
    return dict(getattr(found, "__dict__", {}))


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_public_name_is_documented(name: str) -> None:
    """Each class and function has a docstring of its own, and so has each of its public methods."""
    found: Any = getattr(dss_runtime, name)

    assert inspect.getdoc(found)
    assert not str(found.__doc__).startswith(f"{name}("), "a dataclass's generated text is no docstring"
    for method, value in members_of(found).items():
        if method.startswith("_") or not (inspect.isroutine(value) or isinstance(value, property)):
            continue
        assert inspect.getdoc(getattr(found, method)), f"{name}.{method}"


def test_what_is_no_class_is_an_alias() -> None:
    """Besides classes and functions the package exports type aliases only."""
    exported = [getattr(dss_runtime, name) for name in DOCUMENTED]

    assert set(dss_runtime.__all__) >= ALIASES
    assert [] == [each for each in exported if not isinstance(each, (type, types.FunctionType))]


def test_a_diff_has_a_length_and_no_truth_of_its_own() -> None:
    """`__bool__` is not defined, so that nobody asks twice for what a length says."""
    assert "__len__" in vars(Diff)
    assert not hasattr(Diff, "__bool__")


@pytest.mark.parametrize(
    ("operator", "method"),
    [
        ("__pos__", "load"), ("__neg__", "clear"),
        ("__sub__", "diff"), ("__gt__", "preview"), ("__rshift__", "sync"),
    ],
)  # fmt: skip
def test_operators_are_the_named_methods(operator: str, method: str) -> None:
    """Each operator calls the method of that name and returns what it returns."""
    calls: list[tuple[Any, ...]] = []

    def named(self: DataStoreTree, *arguments: Any) -> str:
        calls.append(arguments)
        return "result"

    tree = type("Tree", (DataStoreTree,), {method: named})()
    arguments = () if operator in ("__pos__", "__neg__") else (DataStoreTree(),)

    result = getattr(tree, operator)(*arguments)

    assert [arguments] == calls
    assert ("result" if operator != "__neg__" else None) == result


def test_defaults_do_nothing() -> None:
    """Hooks that nobody overrides return nothing and change nothing."""
    tree = DataStoreTree(importer=DefaultImporter, template=DefaultTemplate)

    assert [] == tree.branches
    assert tree is +tree
    assert SyncResult(()) == tree >> DataStoreTree()
    assert 0 == len(tree - tree)
    assert "<tree DataStoreTree: >" == repr(tree)
    assert None is tree.template.begin("new")  # type: ignore[func-returns-value]
    assert {} == Guard().limits
    assert issubclass(dss_runtime.DataStoreBranch, Branch)
