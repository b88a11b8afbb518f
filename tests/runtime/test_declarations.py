"""Trees declared by hand: import strings or classes, and errors that say what is wrong with them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import (
    DataStoreBranch,
    DataStoreTree,
    DeclarationError,
    DefaultImporter,
    DefaultTemplate,
    Model,
    SyncResult,
)
from dss_runtime._model import Derivations
from dss_runtime.engines.memory import MemoryEngine
from tests.runtime.people import Obedient
from tests.runtime.things import ThingsBranch, things

MODULE = '''\
from dss_runtime import DataStoreBranch, DefaultImporter, DefaultTemplate, Model

class Base(DataStoreBranch):
    order = 5

class One(Base):
    __branchname__ = "one"
    klass = "{name}/Record"

class Unnamed(Base):
    """In between."""

class Two(Unnamed):
    __branchname__ = "two"
    order = 1

class Alone(DataStoreBranch):
    __branchname__ = "alone"

class Empty(DataStoreBranch):
    pass

class Record(Model):
    pass

class Importer(DefaultImporter):
    def readin_branch(self, branch):
        return []

class Template(DefaultTemplate):
    pass

value = 3
'''


@pytest.fixture(name="module")
def _module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = "declared_by_hand"
    (tmp_path / f"{name}.py").write_text(MODULE.format(name=name))
    (tmp_path / "broken_by_hand.py").write_text("import nowhere_to_be_found\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield name
    sys.modules.pop(name, None)


def declare(**attributes: Any) -> DataStoreTree:
    """Return a tree with the given declarations."""
    tree = type("Declared", (DataStoreTree,), attributes)()
    assert isinstance(tree, DataStoreTree)
    return tree


def test_branches_are_the_subclasses_in_the_named_class_s_module(module: str) -> None:
    """A class without a name of its own stands for those below it that have one, by their order."""
    tree = declare(__branches__=f"{module}/Base")

    assert ["two", "one"] == [branch.name for branch in tree.branches]
    assert tree.branches == [tree.two, tree.one]  # type: ignore[attr-defined]
    assert "Record" == tree.one.klass.__name__  # type: ignore[attr-defined]
    assert "<tree Declared: two, one>" == repr(tree)


def test_a_list_of_strings_and_classes_is_a_declaration_too(module: str) -> None:
    """Each entry adds its branches; a class counts as much as a string, and twice as much as once."""
    tree = declare(__branches__=[f"{module}/Alone", ThingsBranch, f"{module}/Two", ThingsBranch])

    assert ["two", "alone", "things"] == [branch.name for branch in tree.branches]


def test_parts_are_named_or_given(module: str) -> None:
    """Importer and template are made once, from a string, a class or a function of the tree."""
    named = declare(__importer__=f"{module}/Importer", __template__=f"{module}/Template")
    classes = declare(__importer__=DefaultImporter, __template__=Obedient)
    given_ = DataStoreTree(importer=lambda tree: DefaultImporter(tree), template=lambda tree: Obedient(tree))

    assert ["Importer", "Template"] == [type(named.importer).__name__, type(named.template).__name__]
    for tree in (named, classes, given_):
        assert tree.importer is tree.importer
        assert tree.template is tree.template
        assert tree is tree.importer.tree is tree.template.tree
    assert isinstance(classes.template, Obedient)
    assert isinstance(declare(__engine__=MemoryEngine).engine, MemoryEngine)


def test_a_tree_has_the_name_it_is_given() -> None:
    """Unless told otherwise a tree is called like its class."""
    assert ("Declared", "other") == (declare().name, DataStoreTree(name="other").name)
    assert {"a": 1} == DataStoreTree(settings={"a": 1}).settings


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("no_slash", "Declared.__branches__: 'no_slash' is no import string; write \"package.module/Class\""),
        ("/Class", "'/Class' is no import string"),
        ("module/", "'module/' is no import string"),
        ("", "'' is no import string"),
        (".relative/Class", "'.relative/Class' is no import string"),
        ("a..b/Class", "'a..b/Class' is no import string"),
        ("nowhere_at_all/Class", "there is no module 'nowhere_at_all' for 'nowhere_at_all/Class'"),
        ("nowhere_at_all.deep/Class", "there is no module 'nowhere_at_all' for 'nowhere_at_all.deep/Class'"),
        ("{}.deep/Class", "there is no module '{}.deep'"),
        ("{}/Missing", "the module '{}' has no class 'Missing'"),
        ("{}/value", "the module '{}' has no class 'value'"),
        ("{}/a/b", "the module '{}' has no class 'a/b'"),
        ("{}/Record", "Declared.__branches__: Record is not a subclass of DataStoreBranch"),
        (
            "{}/Empty",
            "Declared.__branches__: neither Empty nor a subclass in its module has a __branchname__",
        ),
    ],
)
def test_a_wrong_import_string_says_what_is_wrong(module: str, declared: str, message: str) -> None:
    """The error names the tree, the attribute, and what was not found."""
    with pytest.raises(DeclarationError) as caught:
        declare(__branches__=declared.format(module))

    assert message.format(module) in str(caught.value)
    assert str(caught.value).startswith("Declared.__branches__: ")


def test_an_import_that_fails_inside_the_module_is_told_as_it_is(module: str) -> None:
    """A module that exists and cannot be imported is not reported as missing."""
    with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found"):
        declare(__branches__="broken_by_hand/Class")


@pytest.mark.parametrize("attribute", ["importer", "template"])
def test_a_part_that_is_not_declared_is_an_error_when_needed(attribute: str) -> None:
    """A tree without importer or template is fine until one is asked for."""
    with pytest.raises(DeclarationError, match=f"Declared declares no __{attribute}__: name a class"):
        getattr(declare(), attribute)


def test_a_class_of_a_branch_may_be_wrong_too() -> None:
    """The error names the branch class."""

    class Wrong(ThingsBranch):
        klass: Any = "nowhere_at_all/Student"

    with pytest.raises(DeclarationError, match=r"Wrong.klass: there is no module 'nowhere_at_all'"):
        declare(__branches__=Wrong)


@pytest.mark.parametrize(
    "name", ["load", "sync", "branches", "name", "settings", "datastore", "engine", "importer", "_branches"]
)
def test_a_branch_cannot_take_a_name_of_the_tree(name: str) -> None:
    """A branch that would hide a part of the tree, or be hidden by it, is an error."""
    cls = type("Taken", (ThingsBranch,), {"__branchname__": name})

    with pytest.raises(
        DeclarationError, match=f"Declared: a branch cannot be called '{name}', trees use that name"
    ):
        declare(__branches__=cls)


def test_two_branches_of_one_name_are_an_error() -> None:
    """A tree never has two branches of one name."""
    again = type("Again", (ThingsBranch,), {})

    with pytest.raises(DeclarationError, match=r"Declared\.things"):
        declare(__branches__=[ThingsBranch, again])


def test_only_common_branches_are_compared() -> None:
    """Branches that one side lacks are named and left alone; asking for one is an error."""

    class Other(DataStoreBranch):
        __branchname__ = "other"
        klass = Model

    both = declare(__branches__=[ThingsBranch, Other])
    both.other.make("1")  # type: ignore[attr-defined]

    for left, right in ((both, things()), (things(), both)):
        assert ("other",) == (left - right).unmatched
        assert SyncResult(()) == left >> right
        with pytest.raises(KeyError, match="have no common branch 'other'"):
            left.diff(right, branches=["other"])
        with pytest.raises(KeyError, match="have no common branch 'nothing'"):
            left.diff(right, branches=["things", "nothing"])


def test_a_derivation_that_nobody_bound_says_what_to_import() -> None:
    """Before the wiring is imported a derived property is an error that says so."""
    with pytest.raises(
        DeclarationError, match="no derivation of name is bound: import the generated package's wiring"
    ):
        _ = Derivations().name  # type: ignore[attr-defined]


def test_default_template_finds_nothing() -> None:
    """A tree with the default template carries nothing out and says what is missing."""
    result = things({"1": {"a": 1}, "2": {}}) >> things({"1": {"a": 2}, "3": {}}, template=DefaultTemplate)

    assert ("new_things", "changed_things_a", "old_things") == result.not_implemented
    assert {"skipped": 3} == {str(status): count for status, count in result.counts.items()}
