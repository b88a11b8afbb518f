"""Where the old version comes from: a commit, a folder, or a lock; and what is said where there is none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_generator import GeneratorError
from dss_generator.evolution import current, lock_text, read_against, write_lock
from dss_generator.schema.files import max_bytes
from tests.breaking.repositories import SCHEMA, Repository, repository
from tests.breaking.versions import version
from tests.strategies.schemas import per_schema, schemas

LONGER = SCHEMA + "      size: int\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """A repository with a schema in its folder `schema`."""
    return repository(tmp_path / "repo")


def refusal(against: str, schema: Path, folder: Path | None = None) -> str:
    """Return why there is nothing to compare with."""
    with pytest.raises(GeneratorError) as caught:
        read_against(against, schema, folder or schema.parent)
    return str(caught.value)


@per_schema
@given(schemas(models=2))
def test_a_lock_holds_the_schema(text: str) -> None:
    """What a lock gives back is what was saved, byte for byte, and the lock of that is the same."""
    saved = version("now", text.replace("\n", "\r\n"), "# a comment\nsyncs: {}\n")
    with _folder() as folder:
        path = folder / "schema.lock"
        assert write_lock(path, saved)
        found = read_against("./schema.lock", folder / "nowhere", folder)
        assert (saved.files, saved.schema) == (found.files, found.schema)
        assert lock_text(saved) == lock_text(found)
        assert not write_lock(path, found)


@given(st.data())
def test_a_lock_that_was_cut_off_or_edited_is_refused(data: st.DataObject) -> None:
    """Without its end, or with another character in it, a lock says nothing rather than something wrong."""
    text = lock_text(version("now", SCHEMA))
    at = data.draw(st.integers(0, len(text) - 3))
    other = data.draw(st.characters(codec="ascii").filter(lambda each: each not in text[at] + " \t\r\n"))
    edited = data.draw(st.sampled_from([text[:at], text[:at] + other + text[at + 1 :]]))
    with _folder() as folder:
        (folder / "schema.lock").write_text(edited, encoding="utf-8", newline="")
        said = refusal("./schema.lock", folder / "schema")
        assert any(
            each in said for each in ("is no lock", "was cut off or edited", "was edited", "the version")
        )


def test_a_lock_with_the_line_ends_of_windows_is_the_same(tmp_path: Path) -> None:
    """What git does to text files does a lock no harm."""
    text = lock_text(version("now", SCHEMA))
    (tmp_path / "schema.lock").write_bytes(text.replace("\n", "\r\n").encode())
    assert version("", SCHEMA).files == read_against("./schema.lock", tmp_path, tmp_path).files


def test_a_file_that_is_no_lock_is_not_overwritten(tmp_path: Path) -> None:
    """Whatever stands in the way of a lock stays as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    with pytest.raises(GeneratorError, match="is there and is no lock"):
        write_lock(path, version("now", SCHEMA))
    assert "mine" == path.read_text()


@pytest.mark.parametrize("files", ["[]", '{"schema/a.yaml": "models: {}"}', '{"schema/a.yaml": ["\\ud800"]}'])
def test_a_lock_of_another_shape_is_refused(tmp_path: Path, files: str) -> None:
    """JSON that begins as a lock does, and goes on otherwise, is no schema."""
    head, _, _ = lock_text(version("now", SCHEMA)).partition(' "files"')
    (tmp_path / "schema.lock").write_text(f'{head} "files": {files}\n}}\n')
    assert "was edited: its digest is not that of its files" in refusal("schema.lock", tmp_path / "schema")


def test_a_lock_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """What the system refuses is an error with the path, and nothing is left behind."""
    (tmp_path / "file").write_text("")
    with pytest.raises(GeneratorError, match=r"x\.lock cannot be written: "):
        write_lock(tmp_path / "file" / "x.lock", version("now", SCHEMA))
    assert ["file"] == [each.name for each in tmp_path.iterdir()]


def test_a_lock_of_a_later_dss_is_refused(tmp_path: Path) -> None:
    """A version that is not understood is not guessed at."""
    text = lock_text(version("now", SCHEMA)).replace('"version": 1', '"version": 2')
    (tmp_path / "schema.lock").write_text(text)
    assert "has the version 2, and 1 is understood" in refusal("schema.lock", tmp_path / "schema")


def test_a_commit_is_read_without_a_checkout(repo: Repository) -> None:
    """A branch, a tag, a commit and HEAD~1 give the schema as it was; the work tree stays as it is."""
    first = repo.git("rev-parse", "HEAD").strip()
    repo.git("tag", "v1")
    repo.git("branch", "before")
    repo.write(LONGER)
    repo.commit()
    repo.write("broken: [")
    status = repo.git("status", "--porcelain")
    for ref in (first, first[:12], "v1", "before", "HEAD~1", "refs/heads/before"):
        found = read_against(ref, repo.schema, repo.root)
        assert f"{ref} ({first[:10]})" == found.name
        assert ("schema/things.yaml",) == found.schema.files
        assert ["code", "title"] == [each.name for each in found.schema.models[0].fields]
    assert status == repo.git("status", "--porcelain")


def test_a_commit_gives_the_files_that_the_folder_gave(repo: Repository, tmp_path: Path) -> None:
    """Odd names, subfolders and line ends are as they were; what is no schema file is left out."""
    repo.write(SCHEMA.replace("Thing", "Other").replace("\n", "\r\n"), "a b/größe.yaml")
    repo.write("models: {}\n", "deep/er/last.yaml")
    repo.write("not yaml: [", ".hidden/x.yaml")
    repo.write("not yaml: [", "notes.txt")
    repo.git("config", "core.autocrlf", "false")
    repo.commit()
    here = read_against("./schema", repo.schema, repo.root)
    assert here.files == read_against("HEAD", repo.schema, repo.root).files


def test_the_folder_of_the_schema_may_be_the_top_or_lie_deep(tmp_path: Path) -> None:
    """The path of the schema's folder within its repository is found, whatever it is."""
    top = repository(tmp_path / "top", ".")
    deep = repository(tmp_path / "deep", "parts/school/schema")
    assert ("top/things.yaml",) == read_against("HEAD", top.root, top.root).schema.files
    assert ("schema/things.yaml",) == read_against("main", deep.schema, deep.root).schema.files


def test_hooks_of_git_may_call(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that git sets for its hooks, relative to another folder, do not lead astray."""
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert "HEAD" in read_against("HEAD", repo.schema, repo.root).name


def test_a_ref_that_is_unknown_is_told_with_the_nearest(repo: Repository) -> None:
    """A ref that git does not know is an error, with a suggestion where one is near."""
    repo.git("branch", "release")
    said = refusal("relaese", repo.schema)
    assert "git knows no ref 'relaese', and there is no such folder or lock; did you mean 'release'?" == said
    assert refusal("--output=x", repo.schema).startswith("git knows no ref '--output=x'")
    assert refusal("HEAD:schema", repo.schema).startswith("git knows no ref 'HEAD:schema'")


def test_a_shallow_clone_says_what_to_fetch(repo: Repository, tmp_path: Path) -> None:
    """Where a clone lacks the ref because it is shallow, the command that fetches it is told."""
    repo.git("branch", "release")
    repo.write(LONGER)
    repo.commit()
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.root}", str(tmp_path / "clone"))
    said = refusal("origin/release", tmp_path / "clone" / "schema")
    assert "this clone is shallow" in said
    assert "git fetch --depth=1 origin release:refs/remotes/origin/release" in said
    assert "fetch-depth: 0" in said


def test_a_folder_that_was_not_there_is_told(repo: Repository) -> None:
    """A commit from before the schema, or from when it was elsewhere, is an error that says so."""
    repo.git("mv", "schema", "models")
    repo.commit()
    repo.schema.mkdir()
    repo.write(SCHEMA)
    assert refusal("HEAD", repo.schema).startswith("HEAD has no folder schema/: if the schema was in another")


def test_without_git_or_a_repository_another_way_is_told(
    repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git cannot help, folders and locks are named instead."""
    outside = tmp_path / "outside" / "schema"
    outside.mkdir(parents=True)
    said = refusal("main", outside)
    assert "is in no git repository" in said
    assert "compare with a folder, or with a lock that `dss check --save` wrote" in said
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal("main", repo.schema).startswith(
        "git is not installed: install it, or compare with a folder"
    )


def test_a_name_of_a_path_and_a_ref_is_ambiguous(repo: Repository) -> None:
    """Nobody guesses which is meant: how to write either is told, and works."""
    shutil.copytree(repo.schema, repo.root / "before")
    repo.git("branch", "before")
    said = refusal("before", repo.schema)
    assert "before is a path here and a git ref: write ./before for the path, refs/heads/before" in said
    assert "./before" == read_against("./before", repo.schema, repo.root).name
    assert read_against("refs/heads/before", repo.schema, repo.root).name.startswith("refs/heads/before (")


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    """What is written as a path is not looked for in git."""
    assert "there is no folder and no lock ./old" == refusal("./old", tmp_path / "schema")
    absolute = str(tmp_path / "old")
    assert f"there is no folder and no lock {absolute}" == refusal(absolute, tmp_path / "schema")


def test_what_names_no_version_is_told(repo: Repository) -> None:
    """An empty text, as a variable that is not set gives, and a project in place of its schema are errors."""
    assert "an empty text names no version: is a variable not set?" == refusal(" ", repo.schema)
    (repo.root / "dss.toml").write_text("")
    assert ". is a project: name the folder of its schema, such as ./schema" == refusal(".", repo.schema)


def test_an_old_version_with_problems_is_told(repo: Repository, tmp_path: Path) -> None:
    """What is wrong in the old version is listed with its places; nothing is compared."""
    repo.write("models:\n  Thing: {fields: {code: strr}}\n")
    repo.write("models: {}\n", "more.yml")
    repo.commit()
    said = refusal("HEAD", repo.schema).splitlines()
    assert said[0].startswith("the schema of HEAD (")
    assert said[0].endswith(") has problems, so nothing can be compared with it:")
    assert "schema/more.yml:1:1: error: schema files end in .yaml; rename this one [file-suffix]" == said[1]
    assert said[2].startswith("schema/things.yaml:2:26: error: ")
    (tmp_path / "empty").mkdir()
    assert "the folder holds no *.yaml file" in refusal("./empty", repo.schema, tmp_path)


def test_the_limits_of_files_hold_in_a_commit(repo: Repository) -> None:
    """A file that is too large, a link and a submodule are refused in a commit as they are in a folder."""
    repo.write("#" * (max_bytes + 1), "large.yaml")
    repo.commit()
    assert "schema/large.yaml:1:1: error: the file is larger than" in refusal("HEAD", repo.schema)
    (repo.schema / "large.yaml").unlink()
    (repo.schema / "link.yaml").symlink_to("things.yaml")
    repo.commit()
    assert "HEAD:'schema/link.yaml' is a link" in refusal("HEAD", repo.schema)
    (repo.schema / "link.yaml").unlink()
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.commit()},schema/part")
    repo.git("commit", "--quiet", "--message", "A part")
    assert "HEAD:'schema/part' is a submodule" in refusal("HEAD", repo.schema)


def test_names_that_no_schema_file_has_are_refused_in_a_commit(repo: Repository) -> None:
    """A name with a line end or half a character in it is a problem with a place, not a crash."""
    repo.write("models: {}\n", "a\nb.yaml")
    repo.commit()
    assert "the file's name holds the character U+000A" in refusal("HEAD", repo.schema)
    (repo.schema / "a\nb.yaml").unlink()
    (repo.schema / os.fsdecode(b"\xff.yaml")).write_text("models: {}\n")
    repo.commit()
    assert "the file's name holds the character U+DCFF" in refusal("HEAD", repo.schema)


def test_the_current_version_is_checked_like_a_generated_one(tmp_path: Path) -> None:
    """Names that would collide in generated code are problems of the version that is checked."""
    (tmp_path / "a.yaml").write_text("models:\n  a_b: {}\n  A_b_Derivation: {}\ntrees: {}\n")
    assert ["A_b_Derivation", "a_b"] == sorted(each.name for each in current(tmp_path).schema.models)
    (tmp_path / "a.yaml").write_text("models:\n  RENAMES: {}\n")
    with pytest.raises(GeneratorError, match="would both be called 'RENAMES'"):
        current(tmp_path)


@contextmanager
def _folder() -> Generator[Path]:
    """A folder of its own for each example of a property."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
