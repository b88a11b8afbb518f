"""A set is replaced as a whole, and what it holds beside is kept."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dss_runtime import Policy, SettingsError, Status, SyncResult
from dss_runtime.adapters.oneroster import _swap
from tests.adapters.oneroster_system import HEADER
from tests.oneroster.sets import files, manifest, put, read, table, tree, user


def sync(left: Path, right: Path) -> SyncResult:
    """Make the set *right* hold what *left* does."""
    return tree(left).load().sync(tree(right, writes=True).load(), policy=Policy(guarded=False))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A set with two users."""
    return put(tmp_path / "source", files([user("0042", 'Zoë "Z", jr.', grades="07,08"), user("b")]))


@pytest.mark.parametrize("name", ["new/set", "set.zip"])
def test_a_set_that_is_not_there_is_made(source: Path, tmp_path: Path, name: str) -> None:
    """It has a manifest that speaks of every file of the standard, all columns, and is bulk: no status."""
    path = tmp_path / name
    assert sync(source, path).ok
    assert read(source) == read(path)
    if path.is_dir():
        content = {each.name: each.read_bytes() for each in path.iterdir()}
    else:
        with zipfile.ZipFile(path) as held:
            content = {each: held.read(each) for each in held.namelist()}
    assert {"manifest.csv", "users.csv"} == set(content)
    lines = content["users.csv"].decode().split("\r\n")
    assert ",".join(HEADER) == lines[0]
    assert '0042,,,true,x,,x,x,"Zoë ""Z"", jr.",,,,,,"07,08",,,,,,,,' == lines[1]
    stated = content["manifest.csv"].decode().split("\r\n")
    assert ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2"] == stated[:3]
    assert ["file.users,bulk"] == [line for line in stated if line.endswith(",bulk")]
    assert 21 == sum(line.startswith("file.") for line in stated)


@pytest.mark.parametrize("name", ["set", "set.zip"])
def test_what_no_branch_holds_stays(source: Path, tmp_path: Path, name: str) -> None:
    """Other files, a file's own columns and what else the manifest says are as before."""
    kept = b"sourcedId,status,dateLastModified,title\r\nc,,,x\r\n"
    stated = manifest(users="bulk", categories="bulk") + b"source.systemName,SIS\r\n"
    users = table([user("b", "old", **{"metadata.bus": "4"}), user("gone")], [*HEADER, "metadata.bus"])
    path = put(tmp_path / name, {"manifest.csv": stated, "categories.csv": kept, "users.csv": users})
    if path.is_dir():
        (path / "notes.txt").write_text("mine")
    assert sync(source, path).ok
    assert read(source) == read(path)
    if path.is_dir():
        assert "mine" == (path / "notes.txt").read_text()
        assert kept == (path / "categories.csv").read_bytes()
        lines = (path / "users.csv").read_text().splitlines()
        assert lines[0].endswith(",pronouns,metadata.bus")
        assert lines[1].endswith(",4")
        assert "source.systemName,SIS" in (path / "manifest.csv").read_text().splitlines()
    else:
        with zipfile.ZipFile(path) as held:
            assert kept == held.read("categories.csv")


def test_a_file_without_records_is_absent(tmp_path: Path) -> None:
    """The standard allows no file without a row; the manifest says that it is absent, and it comes back."""
    path = put(tmp_path / "set", files([user("a", "x")]))
    target = tree(path, writes=True).load()
    empty = tree(tmp_path / "none", writes=True).load()
    assert empty.sync(target, policy=Policy(guarded=False)).ok
    assert ["manifest.csv"] == [each.name for each in path.iterdir()]
    assert {} == read(path, writes=True)
    assert sync(put(tmp_path / "other", files([user("b")])), path).ok
    assert ["b"] == list(read(path))


@pytest.mark.parametrize("name", ["set", "set.zip"])
@pytest.mark.parametrize("step", range(1, 12))
def test_a_killed_run_leaves_a_whole_set(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, step: int
) -> None:
    """Whichever step of the replacing is the last, the old set is there, or the new one; never a mixture."""
    before = {"b": "", "old": ""}
    path = put(tmp_path / name, files([user("b"), user("old")]))
    after = {**before, "0042": read(source)["0042"]}
    left = [step]

    def dying(real: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] <= 0:
                raise KeyboardInterrupt
            return real(*arguments, **named)

        return call

    for each in ("mkdir", "rename", "replace"):
        monkeypatch.setattr(Path, each, dying(getattr(Path, each)))
    monkeypatch.setattr(_swap, "write", dying(_swap.write))
    target = tree(path, writes=True).load()
    rows = files([user("0042", 'Zoë "Z", jr.'), user("b"), user("old")])
    ours = tree(put(tmp_path / "more.zip", rows)).load()
    with contextlib.suppress(KeyboardInterrupt):
        ours.sync(target, policy=Policy(guarded=False))
    monkeypatch.undo()
    found = {key: text or "" for key, text in read(path, writes=True).items()}
    assert found in (before, {key: text or "" for key, text in after.items()})


@pytest.mark.parametrize("name", ["set", "set.zip"])
def test_a_link_and_the_rights_of_a_set_stay(source: Path, tmp_path: Path, name: str) -> None:
    """What is replaced is the set that a link leads to, and whoever could read it still can."""
    real = put(tmp_path / f"real {name}", files([user("b")]))
    mode = 0o750 if real.is_dir() else 0o640
    real.chmod(mode)
    link = tmp_path / name
    link.symlink_to(real)
    assert sync(source, link).ok
    assert link.is_symlink()
    assert (mode, read(source)) == (real.stat().st_mode & 0o777, read(real))


def test_a_set_that_has_changed_meanwhile_is_not_replaced(source: Path, tmp_path: Path) -> None:
    """What somebody else has written in between is not lost."""
    path = put(tmp_path / "set", files([user("b")]))
    target = tree(path, writes=True).load()
    template, real = target.template, target.template.write
    template.write = lambda works: (put(path, files([user("theirs")])), real(works))[1]  # type: ignore[method-assign]
    result = tree(source).load().sync(target, policy=Policy(guarded=False))
    assert not result.ok
    assert "somebody has changed it meanwhile" in str([outcome.reason for _, outcome in result])
    assert ["theirs"] == list(read(path))


def test_a_set_is_only_written_where_that_is_said(source: Path, tmp_path: Path) -> None:
    """A set that the school's system exports is not overwritten by a slip in a command."""
    path = put(tmp_path / "set", files([user("b")]))
    before = path.joinpath("users.csv").read_bytes()
    result = tree(source).load().sync(tree(path).load(), policy=Policy(guarded=False))
    assert not result.ok
    assert "set writes = true" in str([outcome.reason for _, outcome in result])
    assert before == path.joinpath("users.csv").read_bytes()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "path in dss.toml: expected a folder or a zip"),
        ({"path": ""}, "path in dss.toml: expected a folder or a zip"),
        ({"path": ["a", 1]}, "path in dss.toml: expected a folder or a zip"),
        ({"path": ["a", "b"], "writes": True}, "path in dss.toml: expected one set where `writes` is true"),
        ({"path": "a", "writes": "yes"}, "writes in dss.toml: expected true or false"),
    ],
)
def test_wrong_settings_are_named(settings: dict[str, object], message: str) -> None:
    """The key is named, and what is expected."""
    with pytest.raises(SettingsError) as error:
        type(tree(Path("x")))(settings=settings).load()
    assert f"[trees.RosterTree] {message}" in str(error.value)


def test_a_file_with_an_unreadable_row_is_not_rewritten(source: Path, tmp_path: Path) -> None:
    """Rewriting it would lose the row."""
    path = put(tmp_path / "set", files([user("b"), user("odd", enabledUser="perhaps")]))
    before = path.joinpath("users.csv").read_bytes()
    left = put(tmp_path / "left", files([user("b", "changed")]))
    result = sync(left, path)
    assert {Status.FAILED} == set(result.counts)
    assert "the file is not rewritten while it has such a row" in str(
        [outcome.reason for _, outcome in result]
    )
    assert before == path.joinpath("users.csv").read_bytes()


def test_looking_at_a_set_writes_nothing(source: Path, tmp_path: Path) -> None:
    """What `dss doctor` is told: whether the set is there, agrees with its manifest, and may be written."""
    held, new = tree(source), tree(tmp_path / "new", writes=True)
    assert [("schema", "ok"), ("rights", "error")] == [
        (check.topic, check.state) for check in (*held.importer.examine(), *held.template.examine())
    ]
    assert [("reachable", "ok"), ("rights", "ok")] == [
        (check.topic, check.state) for check in (*new.importer.examine(), *new.template.examine())
    ]
    (source / "users.csv").unlink()
    assert ["error"] == [check.state for check in held.importer.examine()]
    assert not (tmp_path / "new").exists()
