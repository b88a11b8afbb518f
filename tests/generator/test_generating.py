"""Generating and checking: only what changed is written, all or nothing, and only what is ours is pruned."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dss_generator import GeneratorError, Project, SchemaError, check, generate, generating, rendering
from dss_generator.artefacts import ARTEFACTS
from dss_generator.code.skeleton import BrokenOutputError, Skeleton
from dss_generator.headers import SENTENCE
from dss_generator.schema.resolved import Schema
from dss_generator.stubs.expected import StubFile, expected_files
from tests.generator.projects import change, contents, project_in, snapshot


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that is generated."""
    made = project_in(tmp_path)
    generate(made)
    return made


def test_generating_writes_every_artefact_and_every_stub(tmp_path: Path) -> None:
    """A new project gets the whole package and a file of stubs per tree; the report names them all."""
    report = generate(project_in(tmp_path))
    assert {f"generated/{each.path}" for each in ARTEFACTS} == set(report.written)
    names = ["__init__", "files", "base", "own", "derived"]
    assert [f"handlers/{name}.py: new" for name in names] == list(report.stubs)
    files = {*report.written, *(f"handlers/{name}.py" for name in names), "schema/0.yaml"}
    assert files == set(contents(tmp_path))
    assert not report.ok
    assert ((), ()) == (report.pruned, report.stale)
    assert all(f"+++ b/{name}\n" in report.diff for name in files - {"schema/0.yaml"})


def test_checking_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    """`check` reports what `generate` would do, and leaves everything as it is."""
    project = project_in(tmp_path)
    before = snapshot(tmp_path)
    report = check(project)
    assert before == snapshot(tmp_path)
    assert report == generate(project)


def test_a_second_run_does_nothing(project: Project) -> None:
    """After generating, `check` finds nothing, and `generate` writes nothing, not even the same again."""
    before = snapshot(project.root)
    assert check(project).ok
    assert "" == check(project).diff
    assert generate(project).ok
    assert before == snapshot(project.root)


def test_only_what_changed_is_written(project: Project) -> None:
    """A change of the schema rewrites the files that it concerns; all others keep their time."""
    before = snapshot(project.root)
    change(
        project, "branches: {things: {model: Thing}}", "branches: {things: {model: Thing, guard: {old: 7%}}}"
    )
    assert not check(project).ok
    report = generate(project)
    after = snapshot(project.root)
    changed = {name for name in after if after[name] != before.get(name)} - {"schema/0.yaml"}
    assert {"generated/branches.py"} == changed == set(report.written)
    assert '+            "old": _Limit(7.0, percent=True),\n' in report.diff


def test_a_file_edited_by_hand_is_stale(project: Project) -> None:
    """What somebody changed in a generated file is shown as a diff, and generated anew."""
    path = project.generated / "models.py"
    good = path.read_bytes()
    path.write_bytes(good.replace(b"class Thing(", b"class Thing2(", 1))
    report = check(project)
    assert ("generated/models.py",) == report.written
    assert "-class Thing2(" in report.diff
    assert "+class Thing(" in report.diff
    generate(project)
    assert good == path.read_bytes()


@pytest.mark.parametrize("damage", [b"\xff\xfe", b"x = 1", b""])
def test_a_damaged_file_of_ours_is_stale(project: Project, damage: bytes) -> None:
    """A generated file that is cut off, not UTF-8 or has something added is generated anew."""
    path = project.generated / "actions.py"
    good = path.read_bytes()
    path.write_bytes(good[:200] + damage)
    assert ("generated/actions.py",) == generate(project).written
    assert good == path.read_bytes()


def test_a_missing_file_is_stale(project: Project) -> None:
    """A generated file that was removed is written again."""
    (project.generated / "trees.py").unlink()
    assert ("generated/trees.py",) == check(project).written


def test_only_files_of_ours_are_pruned(project: Project) -> None:
    """An artefact that is no longer due goes; what somebody put beside it stays, bytes and all."""
    foreign = project.generated / "notes.py"
    foreign.write_text("# by hand\n", encoding="utf-8")
    other = project.generated / "data.txt"
    other.write_text(f"# {SENTENCE} no, it is not\n", encoding="utf-8")
    change(
        project,
        "adapter: sql, branches: {things: {table: things, old: {set: {gone: true}}}}",
        "adapter: custom, branches: {things: {}}",
    )
    report = generate(project)
    assert ("generated/tables.py",) == report.pruned
    assert "+++ b/generated/tables.py" in report.diff
    assert not (project.generated / "tables.py").exists()
    assert "# by hand\n" == foreign.read_text(encoding="utf-8")
    assert other.exists()


@pytest.mark.parametrize("name", ["models.py", "wiring.py"])
@pytest.mark.parametrize("kind", ["text", "empty", "folder"])
def test_a_foreign_file_in_the_way_is_refused(tmp_path: Path, name: str, kind: str) -> None:
    """What the generator did not write is never overwritten; then nothing else is written either."""
    project = project_in(tmp_path)
    path = project.generated / name
    path.parent.mkdir()
    if kind == "folder":
        path.mkdir()
    else:
        path.write_text("" if kind == "empty" else "class Mine: ...\n", encoding="utf-8")
    before = snapshot(tmp_path)
    assert f"generated/{name}" in check(project).written
    message = f"generated/{name}:1:1: error: not written by the generator; move it away first [foreign-file]"
    with pytest.raises(GeneratorError) as caught:
        generate(project)
    assert message == str(caught.value)
    assert before == snapshot(tmp_path)


def test_every_foreign_file_in_the_way_is_told(tmp_path: Path) -> None:
    """All are named at once, a link that leads nowhere and the file of another command included."""
    project = replace(project_in(tmp_path), json_schema=tmp_path / "language.json")
    project.generated.mkdir()
    (project.generated / "actions.py").symlink_to(tmp_path / "nowhere.py")
    (project.generated / "models.py").write_text("mine = 1\n", encoding="utf-8")
    (project.generated / "wiring.py").write_text(f"# {SENTENCE} Run `dss other`.\n", encoding="utf-8")
    (tmp_path / "language.json").mkdir()
    before = snapshot(tmp_path)
    with pytest.raises(GeneratorError) as caught:
        generate(project)
    assert [
        f"{name}:1:1: error: not written by the generator; move it away first [foreign-file]"
        for name in ("generated/actions.py", "generated/models.py", "generated/wiring.py", "language.json")
    ] == sorted(str(caught.value).splitlines())
    assert before == snapshot(tmp_path)
    assert not (tmp_path / "nowhere.py").exists()


@pytest.mark.parametrize("name", ["__init__.py", "own.py"])
def test_a_handler_file_that_leads_nowhere_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing is written through a link whose target is gone: that may lie outside of the project."""
    project = project_in(tmp_path / "project")
    project.handlers.mkdir()
    (project.handlers / name).symlink_to(tmp_path / "outside.py")
    for run in (generate, check):
        with pytest.raises(GeneratorError) as caught:
            run(project)
        assert str(caught.value) == (
            f"handlers/{name}:1:1: error: a link to {str(tmp_path / 'outside.py')!r}, which is not there: "
            "restore that file, or remove the link [handler-file]"
        )
    assert not (tmp_path / "outside.py").exists()
    assert not project.generated.exists()


def test_nothing_is_written_of_a_wrong_schema(project: Project) -> None:
    """A schema with a problem changes nothing, and says where it is."""
    before = contents(project.root)
    change(project, "model: Thing", "model: Thnig")
    with pytest.raises(SchemaError, match=r"schema/0.yaml:\d+:\d+: error: .* did you mean 'Thing'"):
        generate(project)
    (project.schema / "0.yaml").write_bytes(before["schema/0.yaml"])
    assert before == contents(project.root)


def test_nothing_is_written_when_an_output_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the last artefact not be what was meant, none is written."""
    project = project_in(tmp_path)
    before = snapshot(tmp_path)
    *others, last = ARTEFACTS

    def wrong(_schema: object, _project: object) -> Skeleton:
        return Skeleton(("nothing",), 0)

    broken = type(last)(last.path, last.template, last.context, wrong)
    monkeypatch.setattr(rendering, "ARTEFACTS", (*others, broken))
    with pytest.raises(BrokenOutputError, match="definitions differ"):
        generate(project)
    assert before == snapshot(tmp_path)


def test_nothing_is_half_written_when_writing_fails(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose writing breaks off is as it was, no other is pruned, and no temporary file is left."""
    before = contents(project.root)
    change(project, "title: {type: str", "headline: {type: str")
    change(project, "computed: [title]", "computed: [headline]")
    schema = contents(project.root)["schema/0.yaml"]

    def full(_source: object, _target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        generate(project)
    assert {**before, "schema/0.yaml": schema} == contents(project.root)


def test_modes_of_files_are_kept(project: Project) -> None:
    """A file that is written anew keeps who may read it; a new one can be read by everybody."""
    path = project.generated / "models.py"
    assert 0o644 == path.stat().st_mode & 0o777
    path.chmod(0o640)
    path.write_bytes(path.read_bytes() + b"# x\n")
    generate(project)
    assert 0o640 == path.stat().st_mode & 0o777


def test_a_missing_stub_is_reported_and_inserted(project: Project) -> None:
    """A field that is added needs a handler: `check` says so, `generate` inserts it, then all is well."""
    change(project, "code: str", "code: str\n      size: int")
    report = check(project)
    assert ["handlers/own.py"] == sorted({each.partition(":")[0] for each in report.stubs})
    before = (project.handlers / "own.py").read_text(encoding="utf-8")
    assert report == generate(project)
    after = (project.handlers / "own.py").read_text(encoding="utf-8")
    (line,) = report.stubs
    number = int(line.split(":")[1])
    assert "changed_things_size" in line
    assert "    def changed_things_size(" in after.splitlines()[number - 1]
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    assert {"equal", "insert"} == {tag for tag, *_ in matcher.get_opcodes()}
    assert check(project).ok


def test_a_stale_handler_is_named_and_kept(project: Project) -> None:
    """A handler that nothing calls is an error with its place and the name it has now; nobody removes it."""
    change(project, "title: {type: str,", "headline: {type: str, renamed_from: title,")
    change(project, "computed: [title]", "computed: [headline]")
    own = (project.handlers / "own.py").read_text(encoding="utf-8").splitlines()
    report = check(project)
    at = 1 + next(number for number, line in enumerate(own) if "def changed_things_title(" in line)
    after = generate(project)
    place = next(each for each in map(str, after.stale) if each.startswith("handlers/own.py"))
    expected = (
        f"handlers/own.py:{at}:5: error: OwnTemplate.changed_things_title handles nothing in the schema; "
        "it was renamed: did you mean 'changed_things_headline'? `dss generate --apply-renames` renames it "
        "[stale-handler]"
    )
    assert expected == place
    assert report == after
    assert "def changed_things_title(" in (project.handlers / "own.py").read_text(encoding="utf-8")
    assert not check(project).ok


def test_what_is_saved_meanwhile_is_not_written_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of handlers that somebody saves, or makes, while code is generated is read again."""
    change(project, "code: str", "code: str\n      size: int")
    own, base = project.handlers / "own.py", project.handlers / "base.py"
    base.unlink()
    saves = iter([(own, own.read_bytes() + b"# saved\n"), (base, b"# made\n")])

    def rendered(schema: Schema, project: Project) -> Iterator[StubFile]:
        yield from expected_files(schema, project)
        for path, content in saves:  # when all files were read
            path.write_bytes(content)
            break

    monkeypatch.setattr(generating, "expected_files", rendered)
    generate(project)
    assert b"# saved\n" in own.read_bytes()
    assert b"def changed_things_size(" in own.read_bytes()
    assert base.read_bytes().startswith(b"# made\n")
    assert b"class BaseTemplate(" in base.read_bytes()


def test_what_is_wrong_with_files_of_handlers_is_told_at_once(project: Project) -> None:
    """One that is no Python, and one that is no file: a line for each with its place; nothing is written."""
    change(project, "code: str", "code: str\n      size: int")
    (project.handlers / "own.py").write_bytes(b"x = 1\nclass OwnTemplate(:\n")
    (project.handlers / "base.py").unlink()
    (project.handlers / "base.py").mkdir()
    before = contents(project.root)
    with pytest.raises(GeneratorError) as caught:
        generate(project)
    assert [
        "handlers/base.py:1:1: error: it cannot be read: Is a directory [handler-file]",
        "handlers/own.py:2:19: error: no valid Python: invalid syntax; mend it first [handler-file]",
    ] == str(caught.value).splitlines()
    assert before == contents(project.root)


def test_user_code_is_never_pruned(project: Project) -> None:
    """The handlers of a tree that is gone stay where they are."""
    before = contents(project.handlers)
    change(project, "  Own: {adapter: custom, branches: {things: {}}}\n", "")
    change(project, "  own: {from: Files, to: Own}\n", "")
    generate(project)
    assert before == contents(project.handlers)


def test_a_package_that_is_no_package_is_refused(tmp_path: Path) -> None:
    """The generated folder is below the root, and its path is made of names."""
    project = project_in(tmp_path)
    outside = Project(tmp_path / "schema", project.schema, tmp_path / "generated", project.handlers)
    with pytest.raises(GeneratorError, match="is not below the project's root"):
        generate(outside)
    odd = Project(tmp_path, project.schema, tmp_path / "my-generated", project.handlers)
    with pytest.raises(GeneratorError, match="'my-generated' cannot be a package"):
        generate(odd)
    itself = Project(tmp_path, project.schema, tmp_path, project.handlers)
    with pytest.raises(GeneratorError, match="cannot be a package"):
        generate(itself)


def test_the_report_of_nothing_is_ok() -> None:
    """Each thing that was done, or would be, makes a report that is not ok."""
    assert generating.Report().ok
    kinds: list[dict[str, Any]] = [{name: ("x",)} for name in ("written", "pruned", "stubs", "stale")]
    assert not any(generating.Report(**kind).ok for kind in kinds)


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        ("{title: gone, level: 0}", '    disabled_by = (("title", "gone"), ("level", 0))\n'),
        ("{gone: true}", ""),
        ("{title: gone, gone: true}", ""),
    ],
)
def test_a_branch_knows_which_fields_disable_its_records(tmp_path: Path, old: str, expected: str) -> None:
    """Where fields hold all that `old` sets, a change may disable a record; elsewhere none can."""
    schema = f"""\
models:
  Thing: {{key: code, fields: {{code: str, title: str, level: int}}}}
branches: {{things: {{model: Thing}}}}
trees:
  Base:
    adapter: sql
    branches:
      things:
        table: things
        columns: {{level: rank}}
        old: {{set: {old.replace("level", "rank")}}}
        returns: {{set: {{title: x}}}}
"""
    project = project_in(tmp_path, schema)
    generate(project)

    text = (tmp_path / "generated" / "trees.py").read_text(encoding="utf-8")
    assert expected == "".join(line for line in text.splitlines(keepends=True) if "disabled_by" in line)
