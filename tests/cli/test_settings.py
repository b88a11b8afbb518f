"""Settings are found, checked to the line, and their secrets never shown."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import SettingsError
from dss_runtime.cli._journal_settings import JournalSettings
from dss_runtime.cli._secrets import SHORTEST, Secrets
from dss_runtime.cli._settings import Settings, find_settings, read_settings
from dss_runtime.cli._toml_file import TomlFile
from tests.cli.conftest import Shop


def _read(folder: Path, text: str) -> Settings:
    (folder / "dss.toml").write_text(text)
    return read_settings(find_settings(folder), Secrets())


def _problem(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        _read(folder, text).tree_settings(["Shop"])
    return str(caught.value)


@given(st.text(min_size=SHORTEST), st.text(), st.text())
def test_a_secret_is_masked_in_every_form(secret: str, before: str, after: str) -> None:
    """As it is, as repr escapes it and as URLs do: no form of a secret is left in a text."""
    secrets = Secrets()
    secrets.add(secret)
    for form in (secret, repr(secret)[1:-1], quote(secret.encode("utf-8", "replace"), safe="")):
        assert "***" in secrets.mask(f"{before}{form}{after}")
    assert secret not in secrets.mask(secret)


def test_the_password_within_a_url_is_masked_alone_too() -> None:
    """A driver that repeats only the password of a URL does not give it away, escaped or not."""
    secrets = Secrets()
    secrets.add("postgresql://me:p%40ssword@host/db")
    assert "*** ***" == secrets.mask("p@ssword p%40ssword")


def test_what_only_looks_like_a_url_is_masked_as_it_is() -> None:
    """A secret that no URL can be is a secret all the same."""
    secrets = Secrets()
    secrets.add("http://[secret")
    assert "***!" == secrets.mask("http://[secret!")


def test_values_too_short_to_be_secrets_leave_a_report_readable() -> None:
    """A variable that holds 1 does not mask every 1."""
    secrets = Secrets()
    secrets.add("1")
    assert "12" == secrets.mask("12")


def test_the_defaults_are_the_usual_folders(tmp_path: Path) -> None:
    """An empty file means schema, generated and handlers beside it."""
    found = _read(tmp_path, "")
    assert (tmp_path / "schema", tmp_path / "generated", tmp_path / "handlers") == (
        found.schema,
        found.generated,
        found.handlers,
    )
    assert (tmp_path, "generated") == (found.root, found.package)


def test_folders_are_relative_to_root_and_root_to_the_file(tmp_path: Path) -> None:
    """A settings file deep in a repository may have its packages at the top."""
    (tmp_path / "examples" / "school").mkdir(parents=True)
    found = _read(tmp_path / "examples" / "school", 'root = "../.."\nhandlers = "examples/school/handlers"')
    assert (tmp_path, tmp_path / "examples/school/handlers") == (found.root, found.handlers)


def test_the_nearest_settings_above_count(tmp_path: Path) -> None:
    """A folder without settings belongs to the project around it, whatever pyproject.toml is in between."""
    (tmp_path / "dss.toml").write_text("")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "pyproject.toml").write_text("[tool.other]\n")
    assert tmp_path / "dss.toml" == find_settings(tmp_path / "deep" / "er").path


def test_settings_may_stand_in_pyproject(tmp_path: Path) -> None:
    """The table [tool.dss] is as good as a file, and errors name its lines."""
    (tmp_path / "pyproject.toml").write_text('[project]\nroot = "x"\n\n[tool.dss]\nroots = "."\n')
    with pytest.raises(
        SettingsError, match=r"pyproject.toml:5: unknown key 'tool.dss.roots'; did you mean 'root'\?"
    ):
        read_settings(find_settings(tmp_path), Secrets())


def test_pyproject_may_point_to_the_file(tmp_path: Path) -> None:
    """`settings` in [tool.dss] is followed, and paths are relative to the file that it names."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "dss.toml").write_text("")
    (tmp_path / "pyproject.toml").write_text('[tool.dss]\nsettings = "sub/dss.toml"\n')
    assert tmp_path / "sub" == read_settings(find_settings(tmp_path), Secrets()).root


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('settings = "gone.toml"', ":2: tool.dss.settings: there is no file gone.toml"),
        ("settings = 1", ":2: tool.dss.settings: expected the path of a file, found a value of type int"),
        ('settings = "a.toml"\nroot = "."', "points to a.toml, so root must be set there, not here"),
    ],
)
def test_a_wrong_pointer_is_an_error(tmp_path: Path, table: str, message: str) -> None:
    """A pointer to nothing, or with settings beside it, is told with its line."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.dss]\n{table}\n")
    with pytest.raises(SettingsError) as caught:
        find_settings(tmp_path)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('schemas = "x"', "dss.toml:1: unknown key 'schemas'; did you mean 'schema'?"),
        ("# schemas\n\n[tree.Shop]\nx = 1", "dss.toml:3: unknown key 'tree'; did you mean 'trees'?"),
        ("root = false\na = 'probe'", "dss.toml:2: unknown key 'a'"),
        (
            "zzz = 1",
            "unknown key 'zzz'; known are root, schema, generated, handlers, dictionary, state, json_schema",
        ),
        ("root = 1", "dss.toml:1: root: expected the name of a folder, found a value of type int"),
        ('\nroot = ""', "dss.toml:2: root: expected the name of a folder, found an empty one"),
        ('root = "gone"', "dss.toml:1: root: there is no folder "),
        ("schema = []", "dss.toml:1: schema: expected the name of a folder, found an array"),
        ('generated = "../x"', "generated: '../x' must be a folder below root"),
        ('generated = "."', "generated: '.' must be a folder below root"),
        ('handlers = "my-handlers"', "handlers: 'my-handlers' is imported as a package"),
        (
            'handlers = "x"\ndictionary = "generated/docs"',
            "dss.toml:2: dictionary: 'generated/docs' must lie outside of generated ('generated'), "
            "whose files `dss generate` keeps",
        ),
        (
            'dictionary = "own"\nhandlers = "own"',
            "dss.toml:1: dictionary: 'own' must lie outside of handlers ('own'), which holds your own code",
        ),
        (
            'schema = "own"\nhandlers = "own/handlers"',
            "dss.toml:2: handlers: 'own/handlers' and schema ('own') must lie side by side",
        ),
        (
            'generated = "own"\nhandlers = "own"',
            "dss.toml:2: handlers: 'own' and generated ('own') must lie side by side, none within the other",
        ),
        ("trees = 1", "trees: expected tables [trees.NAME], found a value of type int"),
        ("[trees]\nShop = true", "dss.toml:2: trees.Shop: expected a table, found a boolean"),
        ("\nroot = a\n", "dss.toml:2:8: Invalid value"),
        ("root = ", "dss.toml:1:"),
        ('a = """', "dss.toml:1: "),
    ],
)
def test_wrong_settings_are_errors_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    """Unknown keys, wrong types and wrong syntax are told with file, line and what to do."""
    assert message in _problem(tmp_path, text)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Two wrong keys and two missing variables are four lines, not one after the other."""
    problem = _problem(tmp_path, 'a = 1\nb = 1\nroot = "${GONE_1}"\nschema = "${GONE_2}"\n')
    assert ["1", "2", "3", "4"] == [line.split(":")[1] for line in problem.splitlines()]


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """Settings that are no UTF-8 are told, not shown as a traceback."""
    (tmp_path / "dss.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match=r"dss.toml: cannot be read: "):
        find_settings(tmp_path)


def test_no_settings_at_all_is_an_error_that_says_how_to_begin(tmp_path: Path) -> None:
    """Outside a project, the message names the command that starts one."""
    with pytest.raises(SettingsError, match="`dss init NAME` starts a project"):
        find_settings(tmp_path)


_SPREAD = {
    "plain": '[trees.Shop]\n# ${GONE}\nother = "x"\npassword = "a ${GONE}"\n',
    "dotted": '# ${GONE}\n\n\ntrees.Shop.password = "${GONE}"\n',
    "inline": '# ${GONE}\n\n[trees]\nShop = {other = "$${GONE}", password = "${GONE}"}\n',
    "long": '[trees.Shop]\npassword = """\nfirst\n${GONE}"""\n',
    "literal": "[trees.Shop]\nother = '$${GONE}'\n\npassword = '${GONE}'\n",
}


@pytest.mark.parametrize("text", _SPREAD.values(), ids=_SPREAD)
def test_a_missing_variable_is_named_with_key_and_line(tmp_path: Path, text: str) -> None:
    """However TOML is written, the error names the variable, the key and the line of the reference."""
    problem = _problem(tmp_path, text)
    place, _, rest = problem.partition(": ")
    assert "4" == place.rpartition(":")[2]
    assert "trees.Shop.password: the environment variable GONE is not set: set it and try again" == rest


@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c"]), st.sampled_from(["x", "${GONE}", "$${GONE}", "q ${GONE}"])
    )
)
def test_every_line_named_is_one_that_refers_to_a_variable(values: dict[str, str]) -> None:
    """For any keys and values, exactly the lines with a real reference are named."""
    text = "[trees.Shop]\n" + "".join(f"{key} = '{value}'\n" for key, value in values.items())
    file = TomlFile(Path("dss.toml"), text)
    wrong = [
        number for number, value in enumerate(values.values(), 2) if "${GONE}" in value.replace("$${", "")
    ]
    trees = tomllib.loads(text)["trees"]
    here = Path()
    settings = Settings(file, Secrets(), here, here, here, here, here, trees, JournalSettings())
    found: list[int] = []
    try:
        settings.tree_settings(["Shop"])
    except SettingsError as error:
        found = [int(line.split(":")[1]) for line in str(error).splitlines()]
    assert wrong == found


@pytest.mark.parametrize("written", ["${", "${1}", "${A B}", "${}"])
def test_a_malformed_reference_is_an_error(tmp_path: Path, written: str) -> None:
    """What looks like a reference and is none is never passed on as text."""
    problem = _problem(tmp_path, f'[trees.Shop]\nlist = ["{written}"]\n')
    assert (
        f"dss.toml:2: trees.Shop.list[0]: {written!r} names no environment variable: write ${{NAME}}"
        in problem
    )


def test_references_are_replaced_in_every_text_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nested texts are expanded, once; `$${` is a plain `${`, and other types pass."""
    monkeypatch.setenv("WORD", "${WORD}")
    text = '[trees.Shop]\nlist = ["a ${WORD}", 1]\nplain = "$${WORD} $$ $"\nin.ner = "${WORD}"\nyes = true\n'
    assert {
        "list": ["a ${WORD}", 1],
        "plain": "${WORD} $$ $",
        "in": {"ner": "${WORD}"},
        "yes": True,
    } == _read(tmp_path, text).tree_settings(["Shop"])["Shop"]


def test_only_the_trees_that_take_part_need_their_variables(tmp_path: Path) -> None:
    """Who syncs two systems need not know the password of a third."""
    text = '[trees.Third]\npassword = "${GONE}"\n'
    assert {"Shop": {}} == _read(tmp_path, text).tree_settings(["Shop"])


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ('folder = "data"', {"folder": "{here}/data"}),
        ('folder = "/data"', {"folder": "/data"}),
        ('url = "sqlite:///data/x.sqlite"', {"url": "sqlite:///{here}/data/x.sqlite"}),
        ('url = "sqlite+pysqlite:///x?timeout=3"', {"url": "sqlite+pysqlite:///{here}/x?timeout=3"}),
        ('url = "sqlite:////data/x"', {"url": "sqlite:////data/x"}),
        ('url = "sqlite:///:memory:"', {"url": "sqlite:///:memory:"}),
        ('url = "sqlite://"', {"url": "sqlite://"}),
        ('url = "postgresql:///data"', {"url": "postgresql:///data"}),
        ("folder = 1\nurl = 2", {"folder": 1, "url": 2}),
    ],
)
def test_relative_paths_are_relative_to_the_settings_file(
    tmp_path: Path, written: str, made: dict[str, object]
) -> None:
    """Folders and SQLite files do not depend on the folder that a command is called in."""
    found = _read(tmp_path, f"[trees.Shop]\n{written}\n").tree_settings(["Shop"])["Shop"]
    assert {
        key: value.replace("{here}", str(tmp_path)) if isinstance(value, str) else value
        for key, value in made.items()
    } == found


@pytest.mark.parametrize("options", [[], ["--debug"]])
@pytest.mark.parametrize("fault", ["read", "log"])
def test_a_secret_is_in_no_output(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, options: list[str], fault: str
) -> None:
    """Neither an exception, nor its traceback, nor a log line shows what came from the environment."""
    monkeypatch.setenv("SHOP_PASSWORD", "hunter22")
    shop.left(products=[{"sku": "hunter22"}])
    shop.settings(shop=f'password = "${{SHOP_PASSWORD}}"\nfault = "{fault}"')
    done = shop.dss(*options, "sync", "nightly")
    assert "***" in done.stderr
    assert "hunter22" not in done.output
    assert "hunter22" not in shop.dss("plan", "nightly", "--json").output


def test_a_missing_variable_ends_a_command_before_anything_is_read(shop: Shop) -> None:
    """The command says which variable, key and line, and exits with 1."""
    shop.settings(shop='password = "${SHOP_PASSWORD_GONE}"')
    done = shop.dss("plan", "nightly")
    assert (1, "") == (done.exit_code, done.stdout)
    assert (
        "dss.toml:8: trees.Shop.password: the environment variable SHOP_PASSWORD_GONE is not set"
        in done.stderr
    )


def test_settings_for_a_tree_that_is_not_there_are_an_error(shop: Shop) -> None:
    """A misspelt [trees.NAME] is told with its line and the name that was meant."""
    shop.settings(f'generated = "{shop.package}"\n\n[trees.Shoop]\n')
    done = shop.dss("plan", "nightly")
    assert 1 == done.exit_code
    assert "dss.toml:3: trees.Shoop: there is no tree 'Shoop'; did you mean 'Shop'?" in done.stderr


def test_the_current_folder_is_where_the_project_is_looked_for(
    shop: Shop, dss: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without -C that is where the command is called; -C may stand before or after the command."""
    (shop.folder / "below").mkdir()
    monkeypatch.chdir(shop.folder / "below")
    assert 0 == dss("plan", "nightly").exit_code
    monkeypatch.chdir(os.path.dirname(shop.folder))
    assert 1 == dss("plan", "nightly").exit_code
    assert 0 == dss("plan", "nightly", "-C", "shop").exit_code
    assert 1 == dss("-C", "gone", "plan", "nightly").exit_code
