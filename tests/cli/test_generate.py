"""`dss generate` writes, checks and shows, and says what it did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dss_runtime.cli import _generator, app
from dss_runtime.cli._settings import Settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project, as `dss init` makes it."""
    assert 0 == CliRunner().invoke(app, ["-C", str(tmp_path), "init", "shop"]).exit_code
    return tmp_path / "shop"


def _generate(project: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["-C", str(project), "generate", *options])


def _add_a_field(project: Path) -> None:
    schema = project / "schema" / "shop.yaml"
    schema.write_text(schema.read_text().replace("stock: int", "stock: int\n      price: decimal"))


def _remove_that_field(project: Path) -> None:
    schema = project / "schema" / "shop.yaml"
    schema.write_text(schema.read_text().replace("\n      price: decimal", ""))


def test_nothing_is_written_where_nothing_changed(project: Path) -> None:
    """A second run leaves every file as it is and says so."""
    done = _generate(project)
    assert (0, "", "in step with the schema: nothing to write\n") == (
        done.exit_code,
        done.stdout,
        done.stderr,
    )
    assert (0, "in step with the schema\n") == (
        _generate(project, "--check").exit_code,
        _generate(project, "--diff").stderr,
    )


def test_a_new_field_is_told_with_the_place_of_its_stub(project: Path) -> None:
    """The files written and the handlers inserted are listed; the project's own lines stay."""
    handlers = project / "handlers" / "shop.py"
    before = handlers.read_text().splitlines()
    _add_a_field(project)
    done = _generate(project)
    assert 0 == done.exit_code
    assert "wrote generated/models.py\n" in done.stdout
    number = next(
        at for at, line in enumerate(handlers.read_text().splitlines(), 1) if "changed_products_price" in line
    )
    assert f"handlers/shop.py:{number}: inserted changed_products_price\n" in done.stdout
    after = iter(handlers.read_text().splitlines())
    assert all(line in after for line in before)


@pytest.mark.parametrize(("option", "code"), [("--check", 1), ("--diff", 0)])
def test_check_and_diff_show_what_would_change_and_write_nothing(
    project: Path, option: str, code: int
) -> None:
    """Both print a unified diff; only --check makes it an error."""
    _add_a_field(project)
    models = project / "generated" / "models.py"
    before = models.read_bytes()
    done = _generate(project, option)
    assert (code, before) == (done.exit_code, models.read_bytes())
    assert "--- a/generated/models.py\n" in done.stdout
    assert "+    def changed_products_price(" in done.stdout
    assert "not in step with the schema: run `dss generate`\n" in done.stderr


def test_a_file_of_a_tree_that_is_gone_is_removed(project: Path) -> None:
    """What the schema no longer asks for is pruned, if the generator wrote it, and told."""
    schema = project / "schema" / "shop.yaml"
    lines = schema.read_text().splitlines(keepends=True)
    without = [line for line in lines if not line.startswith("syncs:") and "nightly" not in line]
    schema.write_text(
        "".join(without).replace("adapter: custom", "adapter: csv").replace("{}", "{path: x.csv}")
    )
    done = _generate(project)
    assert 0 == done.exit_code
    assert "removed generated/templates.py\n" in done.stdout


def test_a_stale_handler_is_named(project: Path) -> None:
    """A handler that nothing calls any more fails --check, even where the generated code is in step."""
    handlers = project / "handlers" / "shop.py"
    handlers.write_text(
        handlers.read_text()
        + "\n    def changed_products_colour(self, action: object, /) -> None:\n        pass\n"
    )
    checked = _generate(project, "--check")
    assert (1, "") == (checked.exit_code, checked.stdout)
    assert "changed_products_colour" in checked.stderr
    written = _generate(project)
    assert 0 == written.exit_code
    assert "changed_products_colour" in written.stderr


def test_check_says_of_each_thing_where_it_is_and_what_to_do(project: Path) -> None:
    """A line for each file and handler that is out of step, before the last one that says how to go on."""
    _add_a_field(project)
    lines = _generate(project, "--check").stderr.splitlines()
    assert "not in step with the schema: run `dss generate`" == lines[-1]
    handlers = (project / "handlers" / "shop.py").read_text().splitlines()
    at = handlers.index("class ShopTemplate(ShopTemplateBase):") + 1
    assert (
        f"handlers/shop.py:{at}:1: error: ShopTemplate has no changed_products_price: "
        "run `dss generate`, which inserts it, and fill it in [missing-handler]"
    ) in lines
    assert any(line.startswith("generated/models.py:") and "[stale-file]" in line for line in lines)
    assert "error: " not in _generate(project, "--diff").stderr


def test_json_says_what_was_found_and_what_was_done(project: Path) -> None:
    """One object on standard output and nothing else: problems with their places, files, handlers."""

    def told(*options: str) -> dict[str, Any]:
        done = _generate(project, "--json", *options)
        found: dict[str, Any] = json.loads(done.stdout)
        assert (1, "generate", done.exit_code, "") == (
            found.pop("schema_version"),
            found.pop("command"),
            found.pop("exit_code"),
            done.stderr,
        )
        return found

    nothing: dict[str, Any] = {"problems": [], "written": [], "removed": [], "inserted": [], "diff": ""}
    assert {"mode": "check", "ok": True, **nothing} == told("--check")
    _add_a_field(project)
    for mode in ("check", "diff"):
        found = told(f"--{mode}")
        assert (mode, False) == (found["mode"], found["ok"])
        assert "--- a/generated/models.py\n" in found["diff"]
        (missing,) = [each for each in found["problems"] if each["rule"] == "missing-handler"]
        assert ("handlers/shop.py", 1) == (missing["file"], missing["column"])
        assert missing["message"].startswith("ShopTemplate has no changed_products_price: ")
        assert [] == found["written"] == found["removed"] == found["inserted"]
    found = told()
    assert ("write", True, [], "") == (found["mode"], found["ok"], found["problems"], found["diff"])
    assert "generated/models.py" in found["written"]
    assert ["changed_products_price"] == [line.rpartition(" ")[2] for line in found["inserted"]]
    _remove_that_field(project)
    found = told()
    assert (["stale-handler"], False) == ([each["rule"] for each in found["problems"]], found["ok"])


def test_json_holds_the_problems_of_a_wrong_schema(project: Path) -> None:
    """What is wrong with a schema has the same form as what is out of step with it."""
    (project / "schema" / "more.yaml").write_text("models:\n  A: {fields: {x: strr}}\n")
    for options in ([], ["--check"], ["--diff"]):
        done = _generate(project, "--json", *options)
        found = json.loads(done.stdout)
        assert (1, 1, False, "") == (done.exit_code, found["exit_code"], found["ok"], found["diff"])
        (problem,) = found["problems"]
        assert ("schema/more.yaml", 2) == (problem["file"], problem["line"])
        assert f"{problem['message']} [{problem['rule']}]" in done.stderr


def test_json_holds_the_problems_of_files_of_handlers(project: Path) -> None:
    """A file of handlers that is no Python has the same form: its place, what is wrong, and the rule."""
    (project / "handlers" / "shop.py").write_text("class\n")
    for options in ([], ["--check"], ["--diff"]):
        done = _generate(project, "--json", *options)
        found = json.loads(done.stdout)
        assert (1, 1, False, "") == (done.exit_code, found["exit_code"], found["ok"], found["diff"])
        (problem,) = found["problems"]
        place = (problem["file"], problem["line"], problem["column"])
        assert (("handlers/shop.py", 1, 6), "handler-file") == (place, problem["rule"])
        assert f"handlers/shop.py:1:6: error: {problem['message']} [handler-file]" in done.stderr


def test_json_says_nothing_of_what_has_no_place(project: Path) -> None:
    """A file that is in the way is an error on standard error, and there is no object."""
    (project / "generated" / "models.py").write_text("mine = 1\n")
    done = _generate(project, "--json")
    assert (1, "") == (done.exit_code, done.stdout)
    assert "move it away first" in done.stderr


def test_every_problem_of_a_schema_is_told(project: Path) -> None:
    """A schema with two mistakes gives a line for each, with its place, and nothing is written."""
    (project / "schema" / "more.yaml").write_text(
        "models:\n  A: {fields: {x: strr}}\n  B: {fields: {y: intt}}\n"
    )
    done = _generate(project)
    assert (1, "") == (done.exit_code, done.stdout)
    assert "schema/more.yaml:2:" in done.stderr
    assert "schema/more.yaml:3:" in done.stderr
    assert 1 == _generate(project, "--check").exit_code


def test_check_and_diff_together_are_wrong_usage(project: Path) -> None:
    """One of the two says all: both together is an error."""
    assert 1 == _generate(project, "--check", "--diff").exit_code


@pytest.mark.parametrize("option", ["--check", "--diff", "--apply-renames"])
def test_watching_and_what_is_done_once_are_wrong_usage_together(project: Path, option: str) -> None:
    """Watching writes whenever something changes: neither a check nor a rename on request goes with that."""
    done = _generate(project, "--watch", option)
    assert 1 == done.exit_code
    assert "--watch writes, time and again" in done.stderr


def test_a_rename_waits_until_it_is_asked_for(project: Path) -> None:
    """Plain runs name the handler of before and leave it; on request its name changes, and nothing else."""
    schema, handlers = project / "schema" / "shop.yaml", project / "handlers" / "shop.py"
    schema.write_text(schema.read_text().replace("name: str", "label: {type: str, renamed_from: name}"))
    before = handlers.read_bytes()
    plain = _generate(project)
    assert 0 == plain.exit_code
    assert "handlers/shop.py:49:5: error: ShopTemplate.changed_products_name" in plain.stderr
    assert "`dss generate --apply-renames` renames it [stale-handler]\n" in plain.stderr
    assert 1 == _generate(project, "--check").exit_code
    told = json.loads(_generate(project, "--check", "--apply-renames", "--json").stdout)["problems"]
    assert [("handlers/shop.py", 49, 5, "renamed-handler")] == [
        (each["file"], each["line"], each["column"], each["rule"]) for each in told
    ]
    shown = _generate(project, "--diff", "--apply-renames")
    assert (0, 1) == (shown.exit_code, _generate(project, "--check", "--apply-renames").exit_code)
    assert "+    def changed_products_label(self" in shown.stdout
    assert "run `dss generate --apply-renames`\n" in shown.stderr
    assert before == handlers.read_bytes()
    done = _generate(project, "--apply-renames")
    told = "handlers/shop.py:49:9: renamed changed_products_name to changed_products_label\n"
    assert (0, told) == (done.exit_code, done.stdout)
    assert before.replace(b"changed_products_name", b"changed_products_label") == handlers.read_bytes()
    assert 0 == _generate(project, "--check").exit_code


def test_an_interrupted_run_says_what_to_do(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between two files exits with 130 and asks for another run."""

    def interrupted(_: Settings, *, apply_renames: bool) -> _generator.Written:
        raise KeyboardInterrupt

    monkeypatch.setattr(_generator, "write", interrupted)
    done = _generate(project)
    assert 130 == done.exit_code
    assert "interrupted: some files may be written: run `dss generate` again" in done.stderr
