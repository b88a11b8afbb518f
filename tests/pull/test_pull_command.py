"""The command `dss pull`: where the schema goes, what it never overwrites or tells, what to do next."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from dss_runtime.cli import app
from dss_runtime.cli._exits import CommandError
from dss_runtime.cli._pull import SOURCES
from dss_runtime.cli._pull_sql import setting_line
from dss_runtime.cli._pulled_files import refuse_existing
from tests.pull.projects import counts, pull, pulled, read_project, report, write_csv
from tests.strategies.loading import resolved

PEOPLE = [("id", "name"), ("0042", "Ann"), ("7", "Bob")]
COURSES = [("code", "title"), ("B1", "Biology"), ("B2", "Music")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files, and no project."""
    write_csv(tmp_path / "people.csv", PEOPLE)
    write_csv(tmp_path / "courses.csv", COURSES)
    return tmp_path


def names(folder: Path) -> list[str]:
    """Return the paths of all files below *folder*."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def dss(folder: Path, *arguments: str) -> int:
    """Call `dss` in *folder* and return its exit code."""
    return CliRunner().invoke(app, ["-C", str(folder), *arguments]).exit_code


@pytest.mark.parametrize("source", [command.name for command in SOURCES])
def test_every_source_has_help_with_an_example(source: str) -> None:
    """The help of each source shows how it is called."""
    done = CliRunner().invoke(app, ["pull", source, "--help"])
    assert 0 == done.exit_code
    assert f"dss pull {source}" in done.stdout


def test_the_schema_goes_to_standard_output(folder: Path) -> None:
    """Without -o nothing is written: the schema is the output, whatever is said goes beside it."""
    done = pull(folder, "csv", "people.csv", "courses.csv")
    assert 0 == done.exit_code
    assert ["people", "courses"] == [each.name for each in resolved(done.stdout).branches]
    assert ["courses.csv", "people.csv"] == names(folder)
    assert "next: the same with -o schema/NAME.yaml writes it into a project" in done.stderr


def test_init_starts_a_project_that_reads_the_files(folder: Path) -> None:
    """--init writes the schema and its settings; `dss generate` is all that is missing to read the files."""
    done = pull(folder, "csv", "people.csv", "courses.csv", "--init", "--tree", "Office")
    assert 0 == done.exit_code
    made = {"dss.toml", "pyproject.toml", ".gitignore", ".gitattributes", "schema/office.yaml"}
    assert made == {*names(folder)} - {
        "people.csv",
        "courses.csv",
    }
    assert 0 == dss(folder, "generate")
    assert {"people": 2, "courses": 2} == counts(read_project(folder))


def test_init_makes_the_project_that_dss_init_makes(folder: Path) -> None:
    """Settings, the line for editors and the files for git are those of `dss init`, without its example."""
    assert 0 == dss(folder, "init", "shop")
    shop, modeline = folder / "shop", "# yaml-language-server: $schema=schema.json\n"
    assert 0 == pull(folder, "csv", "people.csv", "--init", "--tree", "Office").exit_code
    ours, theirs = (tomllib.loads((each / "dss.toml").read_text()) for each in (folder, shop))
    assert {**theirs, "trees": {"Office": {"folder": "."}}} == ours
    for name in (".gitignore", ".gitattributes", "dss.toml", "schema/office.yaml"):
        twin = shop / name.replace("office", "shop")
        assert (folder / name).read_text().partition("\n")[0] == twin.read_text().partition("\n")[0]
    assert (folder / "schema/office.yaml").read_text().startswith(modeline)
    assert (shop / ".gitattributes").read_bytes() == (folder / ".gitattributes").read_bytes()
    assert "shop" not in (folder / ".gitignore").read_text()
    assert 0 == dss(folder, "generate")
    assert (folder / "schema/schema.json").read_bytes() == (shop / "schema/schema.json").read_bytes()


def test_the_line_for_editors_is_where_they_find_something(folder: Path) -> None:
    """A file that joins a project says where its JSON Schema is; elsewhere, and as output, none does."""
    assert "yaml-language-server" not in pulled(folder, "csv", "people.csv")
    assert 0 == pull(folder, "csv", "people.csv", "-o", "alone.yaml").exit_code
    assert "yaml-language-server" not in (folder / "alone.yaml").read_text()
    assert 0 == pull(folder, "csv", "people.csv", "--init", "--tree", "Office").exit_code
    found = report(folder, "csv", "courses.csv", "-o", "schema/more/shop.yaml")
    text = (folder / "schema/more/shop.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../schema.json\n# A first schema")
    assert text == found["schema"]
    settings = (folder / "dss.toml").read_text()
    (folder / "dss.toml").write_text(settings.replace("json_schema =", "dictionary ="))
    assert 0 == pull(folder, "csv", "courses.csv", "-o", "schema/other.yaml").exit_code
    assert "yaml-language-server" not in (folder / "schema/other.yaml").read_text()


def test_files_of_somebody_stay(folder: Path) -> None:
    """What is there for git or for Python is left as it is; what stands in the way is told at once."""
    kept = {name: f"# my {name}\n" for name in (".gitignore", ".gitattributes", "pyproject.toml")}
    for name, text in kept.items():
        (folder / name).write_text(text)
    assert 0 == pull(folder, "csv", "people.csv", "--init", "-o", "schema/a.yaml").exit_code
    assert kept == {name: (folder / name).read_text() for name in kept}
    with pytest.raises(CommandError, match=r"a\.yaml and .*dss\.toml are there already"):
        refuse_existing([folder / "schema/a.yaml", folder / "none", folder / "dss.toml"])


def test_init_needs_a_folder_without_a_project(folder: Path) -> None:
    """Where there is a project, --init changes nothing and says what to do instead."""
    (folder / "dss.toml").write_text("")
    before = names(folder)
    done = pull(folder, "csv", "people.csv", "--init")
    assert 1 == done.exit_code
    assert "there is a project already" in done.stderr
    assert before == names(folder)


def test_no_file_is_overwritten(folder: Path) -> None:
    """A file that is there stays as it is, byte for byte."""
    (folder / "schema").mkdir()
    mine = folder / "schema" / "office.yaml"
    mine.write_text("models: {Mine: {fields: {x: str}}}")
    before = names(folder)
    for arguments in (("-o", "schema/office.yaml"), ("--init", "-o", "schema/office.yaml"), ("--init",)):
        done = pull(folder, "csv", "people.csv", "--tree", "Office", *arguments)
        assert 1 == done.exit_code
        assert "is there already, and nothing is overwritten" in done.stderr
    assert ("models: {Mine: {fields: {x: str}}}", before) == (mine.read_text(), names(folder))


def test_a_schema_that_cannot_be_written_leaves_nothing(folder: Path) -> None:
    """When a file cannot be written, those that were written before it go again."""
    (folder / "schema").write_text("a file where a folder has to be")
    done = pull(folder, "csv", "people.csv", "--init")
    assert 1 == done.exit_code
    assert "nothing was written" in done.stderr
    assert ["courses.csv", "people.csv", "schema"] == names(folder)


def test_a_second_system_joins_a_project(folder: Path) -> None:
    """Names that the schema has already are not given again, and the settings' new lines are shown."""
    assert 0 == pull(folder, "csv", "people.csv", "--init", "--tree", "Office").exit_code
    done = pull(folder, "csv", "people.csv", "--tree", "Archive", "-o", "schema/archive.yaml")
    assert 0 == done.exit_code
    assert "ArchivePerson" in (folder / "schema" / "archive.yaml").read_text(encoding="utf-8")
    assert '  [trees.Archive]\n  folder = "."' in done.stderr
    assert 0 == dss(folder, "generate")
    again = pull(folder, "csv", "people.csv", "--tree", "Office", "-o", "schema/third.yaml")
    assert "--tree: the schema has a tree Office already" in again.stderr


def test_a_broken_schema_is_mended_first(folder: Path) -> None:
    """Nobody can tell which names a schema with problems has: its problems are shown, nothing is written."""
    assert 0 == pull(folder, "csv", "people.csv", "--init").exit_code
    (folder / "schema" / "broken.yaml").write_text("models: [x]\n")
    done = pull(folder, "csv", "courses.csv", "-o", "schema/courses.yaml")
    assert 1 == done.exit_code
    assert "broken.yaml:1:9: error:" in done.stderr
    assert not (folder / "schema" / "courses.yaml").exists()


def test_settings_name_the_folder_that_files_have_in_common(folder: Path) -> None:
    """Paths in the schema are relative to the files' folder, and that is relative to the settings."""
    (folder / "data" / "new").mkdir(parents=True)
    write_csv(folder / "data" / "people.csv", PEOPLE)
    write_csv(folder / "data" / "new" / "courses.csv", COURSES)
    assert 0 == pull(folder, "csv", "data/people.csv", "data/new/courses.csv", "--init").exit_code
    settings = tomllib.loads((folder / "dss.toml").read_text(encoding="utf-8"))
    assert {"Data": {"folder": "data"}} == settings["trees"]
    text = (folder / "schema" / "data.yaml").read_text(encoding="utf-8")
    assert "path: people.csv" in text
    assert "path: new/courses.csv" in text


def test_json_reports_evidence_and_doubts(folder: Path) -> None:
    """--json prints one object: the schema, what each field is made of, the evidence and the doubts."""
    found = report(folder, "csv", "people.csv")
    assert (1, "dss pull csv", "csv") == (found["schema_version"], found["command"], found["adapter"])
    assert resolved(found["schema"]).branches
    (table,) = found["tables"]
    assert ("people.csv", "2 rows", "Person", "people") == tuple(
        table[k] for k in ("title", "rows", "model", "branch")
    )
    expected = {
        "name": "id_", "source": "id", "type": "str", "ref": None, "optional": False, "sensitive": False,
        "evidence": ["digits with leading zeros, so text"], "doubts": [],
    }  # fmt: skip
    assert expected == table["fields"][0]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+nosuch://reader:hunter2hunter2@db.example/school",
        "postgresql+nosuch://db.example/school?user=reader&password=hunter2hunter2",
    ],
)
def test_a_password_in_a_url_is_not_shown(folder: Path, url: str) -> None:
    """Whatever goes wrong, the password of a URL is in no message."""
    done = pull(folder, "sql", url)
    assert 1 == done.exit_code
    assert "hunter2" not in done.output


def test_a_password_in_a_url_is_not_written(folder: Path) -> None:
    """The settings refer to the environment for a password that was given in a URL, parameters included."""
    url = "postgresql://reader:geheim@db/school?sslpassword=geheim2&x=1"
    line, advice = setting_line(url, "SchoolDb", folder, folder)
    names = ("SCHOOL_DB_PASSWORD", "SCHOOL_DB_PASSWORD2")
    expected = f'url = "postgresql://reader:${{{names[0]}}}@db/school?sslpassword=${{{names[1]}}}&x=1"'
    assert expected == line
    assert [f"next: put the password into the environment, as {name}" for name in names] == advice


def test_the_environment_gives_secrets_that_stay_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """${NAME} in a URL is used, kept in the settings as it is, and its value masked everywhere."""
    with closing(sqlite3.connect(folder / "verysecret.db")) as connection, connection:
        connection.execute("create table t (id integer primary key)")
    monkeypatch.setenv("PLACE", "verysecret")
    done = pull(folder, "sql", "sqlite:///${PLACE}.db", "--init")
    assert 0 == done.exit_code, done.output
    assert "verysecret" not in done.output
    written = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.*ml")}
    assert not any("verysecret" in text for text in written.values())
    assert 'url = "sqlite:///${PLACE}.db"' in written[folder / "dss.toml"].splitlines()


HEADER_ONLY = "is without a row below the header"
FILES: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", "is empty: has the export run"),
    "a header alone": (b"id,name\n", HEADER_ONLY),
    "another encoding": ("id,name\n1,Zoë\n".encode("cp1252"), "is not utf-8: declare the file's encoding"),
    "a truncated file": (b"id,name\n1,Ann\n2", "the file ends there: it is truncated"),
    "no header": (b"1,ann@mail.example\n2,bob@mail.example\n", "looks like data, where the names of columns"),
    "blank headers": (b",\n1,2\n", "no column can be a key"),
}


@pytest.mark.parametrize("case", FILES, ids=str)
def test_a_file_that_cannot_be_used_is_an_error(tmp_path: Path, case: str) -> None:
    """What is no whole file of rows ends with exit code 1, its name, and what to do."""
    content, expected = FILES[case]
    (tmp_path / "bad.csv").write_bytes(content)
    done = pull(tmp_path, "csv", "bad.csv")
    assert 1 == done.exit_code
    assert "bad.csv" in done.stderr
    assert expected in done.stderr
    assert "" == done.stdout


def test_every_file_that_is_missing_is_named(folder: Path) -> None:
    """Not the first error alone: each file that is not there has its line."""
    done = pull(folder, "csv", "none.csv", "people.csv", "nothing.csv", "--encoding", "utf-9")
    for expected in (
        "none.csv: there is no such file",
        "nothing.csv: there is no such file",
        "--encoding utf-9",
    ):
        assert expected in done.stderr


def test_rows_that_are_none_are_reported_with_their_lines(tmp_path: Path) -> None:
    """A row with too many cells is no evidence; its file and line are told, and the rest is pulled."""
    (tmp_path / "people.csv").write_text("id,name\n1,Ann\n2,Bob,x\n3,Cem\n")
    done = pull(tmp_path, "csv", "people.csv")
    assert 0 == done.exit_code
    assert "people.csv:3: expected 2 cells, found 3" in done.stderr


@pytest.mark.parametrize(
    ("encoding", "options"),
    [("utf-8", ()), ("utf-8-sig", ()), ("utf-16", ()), ("utf-32", ()), ("cp1252", ("--encoding", "cp1252"))],
)
def test_files_are_decoded_as_they_are_marked_or_declared(
    tmp_path: Path, encoding: str, options: tuple[str, ...]
) -> None:
    """A byte order mark is understood; any other encoding has to be declared, and is kept in the schema."""
    write_csv(tmp_path / "people.csv", [("id", "größe"), ("1", "ä"), ("2", "ö")], encoding=encoding)
    assert 0 == pull(tmp_path, "csv", "people.csv", "--init", *options).exit_code
    assert 0 == dss(tmp_path, "generate")
    assert {"people": 2} == counts(read_project(tmp_path))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    """The character is taken that gives every row the header's width, whatever else occurs in the cells."""
    rows = [("id", "name", "what"), ("1", "Smith, Jo", "a;b"), ("2", "Lee, Al", "c|d"), ("3", "No-one", "e")]
    write_csv(tmp_path / "things.csv", rows, delimiter=delimiter)
    found = report(tmp_path, "csv", "things.csv")
    assert ["id_", "name", "what"] == [each["name"] for each in found["tables"][0]["fields"]]


def test_two_delimiters_that_fit_are_an_error(tmp_path: Path) -> None:
    """Where two characters would do as well, nobody guesses: the error says how to choose."""
    (tmp_path / "things.csv").write_text("a;b,c;d\n1;2,3;4\n5;6,7;8\n")
    assert 0 == pull(tmp_path, "csv", "things.csv").exit_code
    (tmp_path / "even.csv").write_text("a;b,c\n1;2,3\n4;5,6\n")
    done = pull(tmp_path, "csv", "even.csv")
    assert "say which, with --delimiter" in done.stderr
    assert 0 == pull(tmp_path, "csv", "even.csv", "--delimiter", ";").exit_code


def test_quotes_that_quote_nothing_are_letters(tmp_path: Path) -> None:
    """In a file without quoting, a quote at the beginning of a cell belongs to the text."""
    (tmp_path / "things.txt").write_text('id\tname\n1\t"Ann" B\n2\t"open\n')
    assert "quote: none" in pulled(tmp_path, "csv", "things.txt")


def test_files_of_one_kind_are_one_branch(tmp_path: Path) -> None:
    """Files with one header, whose names differ in a version alone, are read together, which is a doubt."""
    for version, rows in (("4.1", [("1", "a")]), ("4.2", [("2", "b")])):
        write_csv(tmp_path / f"things_v{version}.csv", [("id", "x"), *rows])
    found = report(tmp_path, "csv", "things_v4.1.csv", "things_v4.2.csv")
    (table,) = found["tables"]
    assert ("things", "2 rows") == (table["branch"], table["rows"])
    assert "path: [things_v4.1.csv, things_v4.2.csv]" in found["schema"]
    assert table["doubts"][0].startswith("2 files of one kind")


def test_lines_are_no_longer_than_they_should_be(tmp_path: Path) -> None:
    """The schema is for reading: no line of it is wider than 110 columns."""
    header = [f"a_rather_long_name_of_a_column_{at}" for at in range(30)]
    write_csv(tmp_path / "things.csv", [header, *([f"{row * at}" for at in range(30)] for row in range(40))])
    text = pulled(tmp_path, "csv", "things.csv")
    assert [] == [line for line in text.splitlines() if len(line) > 110]


def test_the_report_is_json_alone(folder: Path) -> None:
    """With --json and -o the report says what was written, and standard output holds nothing else."""
    done = pull(folder, "csv", "people.csv", "-o", "people.yaml", "--json")
    found = json.loads(done.stdout)
    assert (folder / "people.yaml").read_text(encoding="utf-8") == found["schema"]
    assert 1 == len(found["written"])


def test_a_file_without_a_readable_row_is_an_error(folder: Path) -> None:
    """Rows that all fail are no evidence of a schema: nothing is written."""
    (folder / "people.csv").write_text("id,name\n1,Ann,x\n2,Bob,y\n", encoding="utf-8")
    done = CliRunner().invoke(
        app, ["-C", str(folder), "pull", "csv", "people.csv", "--tree", "Office", "--init"]
    )
    assert (1, "") == (done.exit_code, done.stdout)
    assert (
        "people.csv: none of its 2 rows can be read, the first since expected 2 cells, found 3" in done.stderr
    )
    assert ["courses.csv", "people.csv"] == names(folder)
