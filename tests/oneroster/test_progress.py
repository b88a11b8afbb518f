"""A large set tells how far its reading is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oneroster.sets import files, put, tree, user

MANY = 3500


@pytest.mark.parametrize("name", ["set", "set.zip"])
def test_the_number_of_rows_is_foretold(tmp_path: Path, name: str) -> None:
    """Of a folder or a zip: from the part of the file that was read, but for what is read ahead."""
    heard: list[tuple[int, int]] = []

    def listen(_stage: str, _what: str, done: int, total: int, /) -> None:
        heard.append((done, total))

    path = put(tmp_path / name, files(user(f"u{at:04}") for at in range(MANY)))
    tree(path).load(listen)
    assert [1000, 2000, 3000, MANY] == [done for done, _ in heard]
    assert all(done <= total for done, total in heard)
    assert all(0.7 * MANY < total <= 1.02 * MANY for _, total in heard)
