"""Renames in the user's files: the name and nothing else, and never two methods for one."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path
from typing import cast

import pytest

from dss_generator import GeneratorError, Project, check, generate
from dss_generator.artefacts.former_handlers import importer_names, template_names
from dss_generator.generating import load
from dss_generator.stubs.mending import remarks, uses_left
from dss_generator.stubs.source import HandlerFileError, Source
from tests.generator import golden_cases
from tests.generator.projects import change, project_in
from tests.generator.stub_files import PATH, mended, stub_class, stub_file

FILE = stub_file(stub_class({"new_things": ("new_stuff",), "old_things": ("old_stuff",)}, required=set()))


def renamed(content: bytes) -> bytes:
    """Return the file with renames followed."""
    return mended(content, FILE, apply_renames=True).source.content


@pytest.mark.parametrize(
    "line",
    [
        "def NAME(self): ...",
        "def\tNAME (self): ...",
        "async def NAME(self): ...",
        "async \\\n  def \\\n\\\n NAME(self): ...",
        "@made(\n  'new_stuff')\n    # new_stuff\n    def NAME(self): ...",
        "if x:\n        def NAME(self): ...",
        "try: pass\n    except A:\n\t    def NAME(self): ...",
        "NAME = made",
        "x = 'ü'; y, (NAME, *z) = new_stuff_ = made",
        "NAME: 'new_stuff' = made",
        "class NAME: pass",
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
def test_only_the_name_is_replaced(line: str, ending: str, encoding: str) -> None:
    """However a method is defined, and whatever bytes stand before it, its name token alone is another."""
    head = "# new_stuff\n" if encoding.startswith("utf-8") else f"# coding: {encoding}\n"
    text = f"{head}class ShopTemplate(B):\n    x = 'ü new_stuff'\n    {line}\n    def f(self): new_stuff"
    before, after = (
        text.replace("NAME", name).replace("\n", ending).encode(encoding)
        for name in ("new_stuff", "new_things")
    )
    assert after == renamed(before)


def test_a_name_in_other_letters_is_refused() -> None:
    """Python takes full-width letters for the same name; their bytes are not ours to replace."""
    with pytest.raises(
        HandlerFileError, match="2:5: error: new_stuff cannot be renamed to new_things, since its"
    ):
        renamed("class ShopTemplate(B):\n    def new_stuﬀ(self): ...\n".encode())


def test_an_imported_method_is_refused() -> None:
    """What is imported under the name of before has that name elsewhere too."""
    with pytest.raises(
        HandlerFileError, match=r"2:29: error: new_stuff cannot be renamed .* its name is imported"
    ):
        renamed(b"class ShopTemplate(B):\n    x = 1; from mine import new_stuff\n")


def test_every_refusal_is_told_at_once() -> None:
    """Each name that cannot be followed has a line with its place and what to do; nothing is done."""
    content = (
        b"class ShopTemplate(B):\n    def new_stuff(self): ...\n    def new_things(self): ...\n"
        b"    def old_stuff(self): ...\n    if x:\n        def old_stuff(self): ...\n"
    )
    with pytest.raises(HandlerFileError) as caught:
        renamed(content)
    assert [
        "handlers/shop.py:2:5: error: new_stuff cannot be renamed to new_things, since new_things is in "
        "line 3 already; put it right by hand [rename-refused]",
        "handlers/shop.py:6:9: error: old_stuff cannot be renamed to old_things, since it is defined in "
        "line 4 too; put it right by hand [rename-refused]",
    ] == str(caught.value).splitlines()
    assert content == mended(content, FILE).source.content
    assert ["put it right by hand, since new_things is in line 3 already", "put it right by hand"] == [
        line.partition("'? ")[2].partition(", since it")[0].removesuffix(" [stale-handler]")
        for line in map(str, remarks(Source(PATH, content), FILE))
    ]


def test_calls_by_the_old_name_are_named_and_kept() -> None:
    """Only the definition is renamed; where the class calls it, a line says so with its place."""
    content = (
        b"class ShopTemplate(B):\n    def new_stuff(self, action):\n"
        b"        x = '\xc3\xbc', super().new_stuff(action)\n        return self . \\\n  new_stuff (action)\n"
        b"class Other:\n    def new_things(self): self.new_stuff()\n"
    )
    done = mended(content, FILE, apply_renames=True)
    assert content.replace(b"def new_stuff", b"def new_things") == done.source.content
    assert ("handlers/shop.py:2:9: renamed new_stuff to new_things",) == done.done
    told = "warning: new_stuff is called new_things now; change it here too [renamed-use]"
    assert [f"{PATH}:3:26: {told}", f"{PATH}:5:3: {told}"] == [str(each) for each in uses_left(done, FILE)]


def test_names_in_the_class_itself_are_named_too() -> None:
    """Where the class, or for a class the file, uses a name of before as such, a line says so."""
    content = (
        b"class ShopTemplate(B):\n    def new_stuff(self): new_stuff\n    x = new_stuff\n"
        b"    @new_stuff.made\n    def y(self, z=new_stuff): return new_stuff()\n    new_stuff.doc = ''\n"
    )
    found = uses_left(mended(content, FILE, apply_renames=True), FILE)
    assert ["3:9", "4:6", "5:19", "6:5"] == [f"{each.position.line}:{each.position.column}" for each in found]
    file = stub_file(stub_class({}, name="HumanDerivation", formerly=("PersonDerivation",)))
    content = b"class PersonDerivation(B):\n    x = 1\nmade = PersonDerivation()\n"
    (line,) = map(str, uses_left(mended(content, file, apply_renames=True), file))
    assert line.startswith(f"{PATH}:3:8: warning: PersonDerivation is called HumanDerivation now")


def test_no_stub_is_inserted_beside_what_waits_to_be_renamed() -> None:
    """Generating first and renaming then ends in one method, as renaming at once does."""
    file = stub_file(stub_class({"new_things": ("new_stuff",), "old_things": ()}))
    content = b"class ShopTemplate(B):\n    def new_stuff(self): ...\n"
    first = mended(content, file).source.content
    assert b"new_things" not in first
    assert b"def old_things(" in first
    both = mended(first, file, apply_renames=True).source.content
    assert both == mended(content, file, apply_renames=True).source.content
    assert 1 == both.count(b"def new_things(")
    assert b"new_stuff" not in both


def test_a_class_is_followed_with_its_methods() -> None:
    """The derivations of a model that was renamed: the class gets its name, and methods what they lack."""
    file = stub_file(
        stub_class({"label": (), "name": ()}, name="HumanDerivation", formerly=("PersonDerivation",))
    )
    content = b"import os\nclass PersonDerivation(PersonDerivationBase):\n    def label(self, record): ...\n"
    (line,) = map(str, remarks(Source(PATH, content), file))
    assert line.startswith(
        "handlers/shop.py:2:1: error: PersonDerivation handles nothing in the schema; it was"
    )
    first = mended(content, file)
    assert b"class HumanDerivation" not in first.source.content
    assert b"    def name(" in first.source.content
    done = mended(content, file, apply_renames=True)
    assert first.source.content.replace(b"class Person", b"class Human") == done.source.content
    assert "handlers/shop.py:5:7: renamed PersonDerivation to HumanDerivation" == done.done[0]


SCHEMA = """\
models:
  Person:
    {key: code, fields: {code: str, first: str, last: str, both: {type: set, of: str}}, derived: [label]}
branches: {people: {model: Person}}
trees:
  Files: {adapter: csv, branches: {people: {path: people.csv, computed: [first, last]}}}
  Own: {adapter: custom, branches: {people: {}}}
syncs: {nightly: {from: Files, to: Own}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose handlers are all there, and in step."""
    made = project_in(tmp_path, SCHEMA)
    generate(made)
    return made


def _methods(project: Project, file: str) -> list[str]:
    tree = ast.parse((project.handlers / file).read_bytes())
    return [each.name for each in ast.walk(tree) if isinstance(each, (ast.FunctionDef, ast.ClassDef))]


def test_a_renamed_branch_field_and_model_are_followed_together(project: Project) -> None:
    """Every kind of method that their names are part of is renamed at once, and nothing is missing then."""
    before = {file: _methods(project, file) for file in ("files.py", "own.py", "derived.py")}
    change(project, "Person", "Human")
    change(project, "{key", "{renamed_from: Person, key")
    change(project, "people: {model: Human}", "folk: {model: Human, renamed_from: people}")
    change(project, "{people: {", "{folk: {")
    change(project, "first: str", "given: {type: str, renamed_from: first}")
    change(project, "both: {", "names: {renamed_from: both, ")
    change(project, "[first", "[given")
    assert not [line for line in generate(project).stubs if "inserted" in line]
    report = generate(project, apply_renames=True)
    assert () == report.stale
    assert check(project).ok
    names = {"people": "folk", "first": "given", "both": "names", "Person": "Human"}

    def today(name: str) -> str:
        for old, new in names.items():
            name = name.replace(old, new)
        return name

    assert {file: list(map(today, found)) for file, found in before.items()} == {
        file: _methods(project, file) for file in before
    }
    assert "def computed_folk_given(self" in (project.handlers / "files.py").read_text()


def test_a_rename_that_was_followed_half_is_followed_on(project: Project) -> None:
    """The branch was renamed first, its field later: a handler may have one of the two names already."""
    change(project, "people: {model: Person}", "folk: {model: Person, renamed_from: people}")
    change(project, "{people: {", "{folk: {")
    generate(project, apply_renames=True)
    change(project, "first: str", "given: {type: str, renamed_from: first}")
    change(project, "[first", "[given")
    generate(project, apply_renames=True)
    assert check(project).ok
    assert "changed_folk_given" in _methods(project, "own.py")


def _exchange(project: Project) -> None:
    fields = "first: {type: str, renamed_from: last}, last: {type: str, renamed_from: first}"
    change(project, "first: str, last: str", fields)


def test_names_that_are_exchanged_are_exchanged_once(project: Project) -> None:
    """What handled the first name handles it under its new name; running again exchanges nothing back."""
    path = project.handlers / "own.py"
    path.write_bytes(path.read_bytes().replace(b"Changed", b"CHANGED"))
    before = path.read_bytes()
    _exchange(project)
    report = generate(project, apply_renames=True)
    assert 4 == len([line for line in report.stubs if ": renamed " in line])
    swapped = before.replace(b"_first", b"_FIRST").replace(b"_last", b"_first").replace(b"_FIRST", b"_last")
    assert swapped == path.read_bytes()
    assert check(project).ok
    assert generate(project, apply_renames=True).ok
    assert swapped == path.read_bytes()


def test_an_exchange_is_not_generated_over(project: Project) -> None:
    """Without the flag nothing is written, since nobody could tell afterwards which handler is which."""
    before = {path: path.read_bytes() for path in project.root.rglob("*.py")}
    _exchange(project)
    for run in (check, generate):
        with pytest.raises(
            GeneratorError, match="changed_people_first may be what is called changed_people_last"
        ):
            run(project)
    assert before == {path: path.read_bytes() for path in project.root.rglob("*.py")}


def test_a_check_that_follows_renames_tells_each_where_it_stands(project: Project) -> None:
    """What only has its name of before is no missing handler: a problem says what it would be called."""
    text = (project.handlers / "own.py").read_text()
    change(project, "first: str", "given: {type: str, renamed_from: first}")
    change(project, "[first", "[given")
    found = [each for each in check(project, apply_renames=True).problems if "handlers/" in str(each)]
    at = text.partition("def changed_people_first")[0].count("\n") + 1
    assert (
        f"handlers/own.py:{at}:5: error: changed_people_first is called changed_people_given today: "
        "run `dss generate --apply-renames`, which renames it [renamed-handler]"
    ) in map(str, found)
    assert {"renamed-handler"} == {each.rule for each in found}
    generate(project)
    found = [each for each in check(project, apply_renames=True).problems if "handlers/" in str(each)]
    assert {"renamed-handler"} == {each.rule for each in found}
    generate(project, apply_renames=True)
    assert check(project, apply_renames=True).ok


@pytest.mark.parametrize("rename_a_class", [False, True])
def test_what_is_missing_beside_a_rename_is_still_told(project: Project, rename_a_class: bool) -> None:
    """A handler that nobody wrote is missing, whatever waits to be renamed; so is one of a renamed class."""
    file, name = ("derived.py", "label") if rename_a_class else ("own.py", "new_people")
    path = project.handlers / file
    path.write_text(path.read_text().replace(f"def {name}(", f"def _{name}("))
    if rename_a_class:
        change(project, "Person", "Human")
        change(project, "{key", "{renamed_from: Person, key")
    else:
        change(project, "first: str", "given: {type: str, renamed_from: first}")
        change(project, "[first", "[given")
    found = [each for each in check(project, apply_renames=True).problems if "handlers/" in str(each)]
    assert {"renamed-handler", "missing-handler"} == {each.rule for each in found}
    (missing,) = [each.message for each in found if each.rule == "missing-handler"]
    assert f" has no {name}: " in missing


def test_handlers_newer_than_the_generated_code_stay(project: Project) -> None:
    """The type of its action tells that a handler was renamed already, however old the generated code is."""
    change(project, ", computed: [first, last]", "")
    generate(project)
    older = {path: path.read_bytes() for path in project.generated.glob("*.py")}
    _exchange(project)
    generate(project, apply_renames=True)
    path = project.handlers / "own.py"
    content = path.read_bytes()
    one_put_right = content.replace(
        b"_last(self, action: actions.ChangedPeopleFirst", b"_last(self, action: T"
    )
    assert content != one_put_right
    for text in (content, one_put_right):
        path.write_bytes(text)
        for apply_renames in (False, True):
            for each, before in older.items():
                each.write_bytes(before)
            generate(project, apply_renames=apply_renames)
            assert text == path.read_bytes()


def test_where_nothing_tells_the_message_says_both_ways_out(project: Project) -> None:
    """Handlers in step with types that were put right look like those of before."""
    older = (project.generated / "wiring.py").read_bytes()
    _exchange(project)
    generate(project, apply_renames=True)
    path = project.handlers / "own.py"
    first, last = b"ChangedPeopleFirst", b"ChangedPeopleLast"
    path.write_bytes(path.read_bytes().replace(first, b"1").replace(last, first).replace(b"1", last))
    newer = (project.generated / "wiring.py").read_bytes()
    for wiring in (older, b"<<<<<<< ours\n" + newer):
        (project.generated / "wiring.py").write_bytes(wiring)
        with pytest.raises(GeneratorError, match="in step already: then restore the generated folder from"):
            generate(project)
    (project.generated / "wiring.py").write_bytes(newer)
    assert check(project).ok


def test_names_are_passed_on_in_a_chain(project: Project) -> None:
    """A field takes the name of one that takes another: each handler gets that of its own field."""
    path = project.handlers / "own.py"
    text = path.read_text()
    for each in ("first", "last"):
        text = text.replace(f"changed_people_{each}(", f"changed_people_{each}(  # the {each}\n        ")
    path.write_text(text)
    fields = "last: {type: str, renamed_from: first}, family: {type: str, renamed_from: last}"
    change(project, "first: str, last: str", fields)
    change(project, "[first, last]", "[last, family]")
    generate(project, apply_renames=True)
    after = path.read_text()
    assert "changed_people_last(  # the first" in after
    assert "changed_people_family(  # the last" in after
    assert check(project).ok


def test_a_clone_without_generated_code_exchanges_nothing(project: Project) -> None:
    """Where generated code is not kept, what is there is taken to be in step."""
    _exchange(project)
    (project.generated / "wiring.py").unlink()
    assert not [line for line in generate(project, apply_renames=True).stubs if "renamed" in line]


@pytest.mark.parametrize("name", golden_cases.NAMES)
def test_the_names_are_those_that_the_bases_have(name: str) -> None:
    """Every method of a generated base can be followed, but for those that belong to no branch."""
    case = golden_cases.project(name)
    tables = {"importers": ("ImporterBase", importer_names), "templates": ("TemplateBase", template_names)}
    for tree in load(case).trees:
        for module, (suffix, names) in tables.items():
            path = case.generated / f"{module}.py"
            generated = importlib.import_module(f"{case.package}.{module}") if path.exists() else None
            base = getattr(generated, f"{tree.name}{suffix}", None)
            if base is not None:
                members = cast("dict[str, object]", vars(base))
                methods = {each for each, made in members.items() if inspect.isfunction(made)}
                public = {each for each in methods if not each.startswith("_")}
                assert public - {"perform", "perform_record"} == names(tree).keys()
