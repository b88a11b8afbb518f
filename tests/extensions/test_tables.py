"""What packages add to the language: found without importing, loaded when named, refused with the reason."""

from __future__ import annotations

import json
import sys
from itertools import permutations
from pathlib import Path

import pytest

from dss_generator import GeneratorError, Project, generate, load_schema
from dss_generator.adapters import ADAPTERS
from dss_generator.extensions import ExtensionError, added_to
from dss_generator.fieldtypes import element_types
from dss_generator.schema.installed import installed
from dss_generator.schema.json_schema import (
    installed_json_schema_text,
    json_schema_text,
    usable_json_schema_text,
)
from dss_generator.schema.language import BUILT_IN
from dss_generator.schema.load import SchemaError
from dss_runtime.types import TYPES
from tests.extensions.packages import ADAPTER, TYPE, Site
from tests.generator.projects import contents, project_in

PLAIN = "models:\n  A: {key: a, fields: {a: str}}\n"
WORD = "models:\n  A:\n    key: a\n    fields: {a: word}\n"
PIPE = (
    PLAIN
    + """\
branches: {ones: {model: A}}
trees:
  T: {adapter: pipe, branches: {ones: {command: ls}}}
"""
)


def said(project: Project) -> str:
    """Return what is said of a project that cannot be generated; nothing is written."""
    files = contents(project.root)
    with pytest.raises(GeneratorError) as caught:
        generate(project)
    assert files == contents(project.root)
    return str(caught.value)


def test_a_package_that_nobody_names_is_not_imported(site: Site, tmp_path: Path) -> None:
    """A package, even a broken one, changes nothing for a schema that does not name what it adds."""
    site.install("dss-bad", "raise RuntimeError('imported')", {"adapters": {"bad": "dss_bad:adapter"}})
    site.install("dss-word", TYPE, {"field_types": {"word": "dss_word:WordType"}})
    load_schema(project_in(tmp_path, PLAIN).schema)
    assert not {"dss_bad", "dss_word"} & set(sys.modules)
    assert (*ADAPTERS, "bad") == installed().adapters.names


def test_packages_do_not_count_where_the_built_in_language_is_asked_for(site: Site, tmp_path: Path) -> None:
    """A schema can be read, and the JSON Schema be written, as if no package were installed."""
    site.install("dss-word", TYPE, {"field_types": {"word": "dss_word:WordType"}})
    project = project_in(tmp_path, WORD)
    assert "word" == load_schema(project.schema).models[0].fields[0].type
    with pytest.raises(
        SchemaError, match=r"not 'word'; is the package that adds it installed\? \[bad-value\]"
    ):
        load_schema(project.schema, BUILT_IN)
    assert '"word"' not in json_schema_text()


def test_the_order_of_rows_is_that_of_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever order packages stand on the path, their rows come in one order."""
    folders: list[Path] = []
    for name in ("beta", "alpha", "gamma"):
        site = Site(tmp_path / name)
        site.install(f"dss-{name}", TYPE, {"field_types": {name: f"dss_{name}:WordType", f"z-{name}": "x"}})
        folders.append(site.folder)
    found = set[tuple[str, ...]]()
    for order in permutations(folders):
        with monkeypatch.context() as context:
            for folder in order:
                context.syspath_prepend(folder)  # pyright: ignore[reportUnknownMemberType]
            found.add(tuple(each.name for each in added_to("datastoresync.field_types")))
    assert {("alpha", "beta", "gamma", "z-alpha", "z-beta", "z-gamma")} == found


def test_the_json_schema_has_what_is_installed(site: Site) -> None:
    """An editor is offered the types and adapters of packages, with the keys of the adapters."""
    site.install("dss-word", TYPE, {"field_types": {"word": "dss_word:WordType"}})
    site.install("dss-pipe", ADAPTER, {"adapters": {"pipe": "dss_pipe:adapter"}})
    found = json.loads(installed_json_schema_text())["$defs"]
    fields = found["field"]["properties"]
    assert "word" in fields["type"]["enum"]
    assert "word" not in fields["of"]["enum"]  # it does not say that it may be an element
    assert "command" in found["pipe_branch"]["properties"]
    assert "pipe" in found["pipe_tree"]["properties"]["adapter"]["enum"]


def test_our_element_types_are_those_that_say_so() -> None:
    """The grammar's list, which is made without the runtime, is what the runtime's types say."""
    assert tuple(name for name, each in TYPES.items() if each.may_be_element) == element_types


def test_messages_name_the_types_of_packages(site: Site, tmp_path: Path) -> None:
    """What could stand in a place is told whoever adds it; a package that is broken is left out."""
    element = TYPE.replace(
        "    annotation", "    may_be_element: ClassVar[bool] = True\n    scale: int = 0\n    annotation", 1
    )
    site.install("dss-word", element, {"field_types": {"word": "dss_word:WordType"}})
    site.install("dss-bad", "", {"field_types": {"worse": "dss_bad:x"}})
    text = "models:\n  A:\n    key: a\n    fields: {a: str, b: {type: list}, c: {type: bool, scale: 2}}\n"
    assert [
        "schema/0.yaml:4:25: error: a list says of what; add 'of' with one of str, int, float, decimal, "
        "bool, date, datetime, time, uuid, word [field-type]",
        "schema/0.yaml:4:55: error: bool has no option 'scale'; float, decimal, word have it [field-option]",
    ] == said(project_in(tmp_path, text)).splitlines()


def test_the_file_for_editors_has_what_can_be_used(site: Site) -> None:
    """A package that is broken, and that nobody names, keeps nobody from generating."""
    site.install("dss-word", TYPE, {"field_types": {"word": "dss_word:WordType"}})
    site.install("dss-bad", "", {"adapters": {"bad": "dss_bad:gone"}, "field_types": {"worse": "dss_bad:x"}})
    found = json.loads(usable_json_schema_text())["$defs"]
    assert "word" in found["field"]["properties"]["type"]["enum"]
    assert "worse" not in found["field"]["properties"]["type"]["enum"]
    assert "bad_tree" not in found


def test_the_json_schema_of_broken_packages_is_refused_with_every_reason(site: Site) -> None:
    """All that is wrong with what is installed is told at once."""
    site.install("dss-bad", "", {"adapters": {"bad": "dss_bad:gone"}, "field_types": {"worse": "dss_bad:x"}})
    site.install("dss-other", "", {"adapters": {"other": "nowhere:x"}})
    with pytest.raises(ExtensionError) as caught:
        installed_json_schema_text()
    assert [
        "the adapter 'bad' of dss-bad 1.0 cannot be used: dss_bad has no 'gone'",
        "the adapter 'other' of dss-other 1.0 cannot be used: importing nowhere failed: ModuleNotFoundError: "
        "No module named 'nowhere'",
    ] == str(caught.value).splitlines()


BAD_TYPES = {
    "import": ("raise RuntimeError('no')", "x:WordType", "importing x failed: RuntimeError: no"),
    "attribute": (TYPE, "x:WordTpe", "x has no 'WordTpe'; did you mean 'WordType'?"),
    "form": (TYPE, "not-a-module!", "its entry point is 'not-a-module!'; write module:name"),
    "version missing": (
        TYPE.replace("api: ClassVar[int] = 1", "pass"),
        "x:WordType",
        "it does not say which version of the interface it is made for: give it api = 1",
    ),
    "version of another": (
        TYPE.replace("api: ClassVar[int] = 1", "api: ClassVar[int] = 7"),
        "x:WordType",
        "it is made for version 7 of the interface, and this datastoresync has 1: install releases that fit "
        "each other",
    ),
    "kind": (
        "class A: api = 1",
        "x:A",
        "expected a subclass of dss_runtime.extending.FieldType, found <class 'x.A'>",
    ),
    "abstract": (TYPE.replace("    arrow = ", "    rrow = "), "x:WordType", "WordType does not define arrow"),
    "name": (
        TYPE.replace('= "word"', '= "wort"'),
        "x:WordType",
        "WordType calls itself 'wort'; the two must be equal",
    ),
    "options": (
        TYPE.replace("    annotation", "    size: int\n    annotation", 1),
        "x:WordType",
        "WordType() fails: TypeError: WordType.__init__() missing 1 required keyword-only argument: 'size'",
    ),
    "source text": (
        TYPE.replace("_sa.Text()", "import os"),
        "x:WordType",
        "WordType() fails: ValueError: 'import os' is not an expression",
    ),
    "imports": (
        TYPE + "    imports = ('import os',)\n",
        "x:WordType",
        "WordType imports 'import os'; write `from module import Name as _Name`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_TYPES)
def test_a_type_that_cannot_be_used_is_refused_where_it_is_named(
    site: Site, tmp_path: Path, case: str
) -> None:
    """The message has the place in the schema, the package, and what is wrong; nothing is written."""
    source, value, reason = BAD_TYPES[case]
    site.install("x", source, {"field_types": {"word": value}})
    text = f"schema/0.yaml:4:17: error: the field type 'word' of x 1.0 cannot be used: {reason} [extension]"
    assert text == said(project_in(tmp_path / "p", WORD))


BAD_ADAPTERS = {
    "kind": (
        "class A: api = 1\nadapter = A",
        "expected an Adapter of dss_generator.extending, found <class 'x.A'>",
    ),
    "name": (ADAPTER.replace('"pipe"', '"tube"'), "the adapter calls itself 'tube'; the two must be equal"),
    "version": (
        ADAPTER.replace("api=1, ", ""),
        "it does not say which version of the interface it is made for: give it api = 1",
    ),
    "key of all": (
        ADAPTER.replace('Key("command"', 'Key("where"').replace('needs=("command",),', ""),
        "the key 'where' is there already: choose another name",
    ),
    "keys": (ADAPTER.replace("keys=(Key(", "keys=('command', Key("), "`keys` holds something else than keys"),
    "needs": (
        ADAPTER.replace('needs=("command",)', 'needs=("path",)'),
        "`needs` names 'path', which is none of its keys",
    ),
    "needs of no form": (
        ADAPTER.replace('needs=("command",)', "needs=None"),
        "TypeError: 'NoneType' object is not iterable",
    ),
    "source": (
        ADAPTER.replace(', source="PipeSource"', ""),
        "an adapter that maps columns names the class that describes a `source`",
    ),
    "target": (
        ADAPTER.replace("can_write=False", "can_write=True, template='PipeImporter'"),
        "an adapter that maps columns and writes names the class that describes a `target`",
    ),
    "class": (
        ADAPTER.replace('importer="PipeImporter"', 'importer="PipeImportr"'),
        "x has no class 'PipeImportr'; did you mean 'PipeImporter'?",
    ),
    "module": (
        ADAPTER.replace("module=__name__", "module='x.runtime'"),
        "importing x.runtime failed: ModuleNotFoundError: No module named 'x.runtime'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ADAPTERS)
def test_an_adapter_that_cannot_be_used_is_refused_where_it_is_named(
    site: Site, tmp_path: Path, case: str
) -> None:
    """The message has the place in the schema, the package, and what is wrong; nothing is written."""
    source, reason = BAD_ADAPTERS[case]
    site.install("x", source, {"adapters": {"pipe": "x:adapter"}})
    text = f"schema/0.yaml:5:16: error: the adapter 'pipe' of x 1.0 cannot be used: {reason} [extension]"
    assert text == said(project_in(tmp_path / "p", PIPE))


@pytest.mark.parametrize(
    ("returns", "reason"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("(('a b', 1),)", "ValueError: 'a b' is not a name"),
        ("(('a', {}),)", "TypeError: dict has no literal"),
        ("problems.add(node.position, 'my-rule', 'x')", "KeyError: 'my-rule'"),
    ],
)
def test_options_that_cannot_be_written_are_the_package_s_fault(
    site: Site, tmp_path: Path, returns: str, reason: str
) -> None:
    """What an adapter's code does wrong while a schema is read is told with its name, and the place."""
    source = ADAPTER.replace('(("command", node.text("command")),)', returns)
    site.install("x", source, {"adapters": {"pipe": "x:adapter"}})
    text = f"the adapter 'pipe' of x 1.0 cannot tell its options: {reason}"
    assert f"schema/0.yaml:5:39: error: {text} [extension]" == said(project_in(tmp_path / "p", PIPE))


def test_two_packages_cannot_share_a_name(site: Site, tmp_path: Path) -> None:
    """Nobody knows which of two is meant, so neither is taken."""
    site.install("dss-a", TYPE, {"field_types": {"word": "dss_a:WordType"}})
    site.install("dss-b", TYPE, {"field_types": {"word": "dss_b:WordType"}})
    text = (
        "the field type 'word' is there 2 times: of dss-a 1.0, of dss-b 1.0; uninstall what you do not need"
    )
    assert text in said(project_in(tmp_path / "p", WORD))


@pytest.mark.parametrize("name", ["str", "ref", "enum"])
def test_no_package_replaces_what_is_ours(site: Site, tmp_path: Path, name: str) -> None:
    """A name of datastoresync's own that a package has too is refused, never taken for one of the two."""
    site.install("dss-a", TYPE, {"field_types": {name: "dss_a:WordType"}})
    project = project_in(tmp_path / "p", f"models:\n  A: {{key: a, fields: {{a: {name}}}}}\n")
    text = f"the field type {name!r} is there 2 times: of datastoresync itself, of dss-a 1.0; uninstall"
    assert text in said(project)


def test_a_type_that_may_not_be_an_element_is_refused_as_one(site: Site, tmp_path: Path) -> None:
    """A list of it is a problem of the field, with its place."""
    site.install("dss-word", TYPE, {"field_types": {"word": "dss_word:WordType"}})
    text = (
        "schema/0.yaml:4:25: error: a list cannot be of word, whose values do not stand for themselves "
        "[field-type]"
    )
    assert text == said(
        project_in(tmp_path / "p", WORD.replace("a: word", "a: str, b: {type: list, of: word}"))
    )


def test_a_type_cannot_take_a_name_that_generated_code_uses(site: Site, tmp_path: Path) -> None:
    """Where two imports would hide each other, nothing is generated."""
    source = TYPE.replace('annotation = "str"', 'annotation = "_Field"') + (
        "    imports = ('from dss_word import Field as _Field',)\nclass Field: ...\n"
    )
    site.install("dss-word", source, {"field_types": {"word": "dss_word:WordType"}})
    text = (
        "`from dss_runtime.codegen import Field as _Field` and `from dss_word import Field as _Field` would "
        "hide each other"
    )
    assert text in said(project_in(tmp_path / "p", WORD))
