"""What has changed is not the whole: what a delta does not hold is not gone."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Policy, SourceError
from tests.oneroster.sets import CHANGED, files, manifest, put, read, tree, user

KEYS = st.sampled_from("abcdef")
DELTAS = st.lists(
    st.dictionaries(
        KEYS, st.tuples(st.sampled_from(["active", "tobedeleted"]), st.sampled_from(["x", "y"])), min_size=1
    ),
    max_size=4,
)


@given(st.dictionaries(KEYS, st.sampled_from(["x", "y"]), min_size=1), DELTAS)
def test_deltas_change_the_whole_set_before_them(
    base: dict[str, str], deltas: list[dict[str, tuple[str, str]]]
) -> None:
    """Each record is as the last set says that speaks of it; those that no delta speaks of stay."""
    expected = dict(base)
    with TemporaryDirectory() as folder:
        paths = [put(Path(folder) / "base", files(user(key, text) for key, text in base.items()))]
        for number, delta in enumerate(deltas):
            rows = [
                user(key, text, status=status, dateLastModified=CHANGED)
                for key, (status, text) in delta.items()
            ]
            paths.append(put(Path(folder) / f"{number}.zip", files(rows, "delta")))
            for key, (status, text) in delta.items():
                expected.pop(key, None)
                if status == "active":
                    expected[key] = text
        assert expected == read(*paths)


def test_a_delta_alone_is_no_source(tmp_path: Path) -> None:
    """Nobody is taken for gone because a delta does not speak of them."""
    path = put(tmp_path / "delta", files([user("a", status="active", dateLastModified=CHANGED)], "delta"))
    with pytest.raises(SourceError) as error:
        read(path)
    assert str(path / "users.csv") in str(error.value)
    assert "what it does not hold is not gone; name the whole set before it" in str(error.value)


@pytest.mark.parametrize(
    ("cells", "column"),
    [({"dateLastModified": CHANGED}, "status"), ({"status": "active"}, "dateLastModified")],
)
def test_a_row_of_a_delta_that_cannot_be_read_is_an_error(
    tmp_path: Path, cells: dict[str, str], column: str
) -> None:
    """It may be about any record, so that nothing is certain any more."""
    whole = put(tmp_path / "whole", files([user("a")]))
    delta = put(tmp_path / "delta", files([user("a", **cells)], "delta"))
    with pytest.raises(SourceError) as error:
        read(whole, delta)
    assert f"{delta / 'users.csv'}:2: {column}: is empty, and in a delta" in str(error.value)


def test_a_delta_without_the_file_changes_nothing(tmp_path: Path) -> None:
    """A set in which a file is absent says nothing of its records."""
    whole = put(tmp_path / "whole", files([user("a", "x")]))
    nothing = put(tmp_path / "nothing", {"manifest.csv": manifest(users="absent")})
    assert {"a": "x"} == read(whole, nothing)


def test_a_later_whole_set_replaces_what_was_before(tmp_path: Path) -> None:
    """Whole is whole, wherever it stands."""
    first = put(tmp_path / "first", files([user("a"), user("b")]))
    second = put(tmp_path / "second", files([user("b", "x")]))
    assert {"b": "x"} == read(first, second)


def test_a_withdrawn_record_is_none_and_comes_back(tmp_path: Path) -> None:
    """A row that is tobedeleted is no record; a sync that makes the record anew leaves one row of it."""
    left = put(tmp_path / "left", files([user("a", "new"), user("b")]))
    right = put(tmp_path / "right", files([user("a", "old", status="tobedeleted"), user("b")]))
    assert {"b": None} == {key: text or None for key, text in read(right).items()}
    target = tree(right, writes=True).load()
    assert tree(left).load().sync(target, policy=Policy(guarded=False)).ok
    assert read(left) == read(right)
    assert 3 == len((right / "users.csv").read_bytes().splitlines())
