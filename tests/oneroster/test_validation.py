"""Slips of real files: safe ones are tolerated and told, others are errors with file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from dss_runtime import SourceError
from dss_runtime.adapters.oneroster import RosterSource
from tests.adapters.oneroster_system import HEADER, RosterItems
from tests.oneroster.sets import files, put, read, table, tree, user

ONE = [user("0042", "a")]


def renamed(old: str, new: str) -> bytes:
    """Return a file whose header has one name changed."""
    return table(ONE).replace(old.encode(), new.encode(), 1)


def swapped() -> bytes:
    """Return a file with two columns in the wrong order."""
    header = list(HEADER)
    header[6], header[7] = header[7], header[6]
    return table(ONE, header)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            renamed("preferredGivenName", "prefferedGivenName"),
            "has a column 'prefferedGivenName' that OneRoster 1.2 does not know,"
            " did you mean 'preferredGivenName'?",
        ),
        (
            renamed("dateLastModified", "dataLastModified"),
            "has a column 'dataLastModified' that OneRoster 1.2 does not know,"
            " did you mean 'dateLastModified'?",
        ),
        (
            renamed("sourcedId", "SourcedId"),
            "has a column 'SourcedId' that OneRoster 1.2 does not know, did you mean 'sourcedId'?",
        ),
        (swapped(), "has the column 'familyName' where OneRoster 1.2 expects 'givenName'"),
        (renamed("username", "userIds"), "has the column 'userIds' twice: nobody knows which one is meant"),
        (
            table([{**ONE[0], "metadata.bus": "4"}], ["metadata.bus", *HEADER]),
            "has other columns after those that begin with metadata., which come last",
        ),
        (
            table(
                [{name: cell for name, cell in ONE[0].items() if name != "username"}],
                [each for each in HEADER if each != "username"],
            ),
            "has no column 'username', which OneRoster 1.2 asks for",
        ),
        (
            table(ONE, [each for each in HEADER if each != "pronouns"]),
            "has no column 'pronouns', which the schema reads: leave it out there",
        ),
    ],
)
def test_a_header_that_is_not_the_standards_is_an_error(tmp_path: Path, content: bytes, message: str) -> None:
    """The line is named, the name that is wrong, and what was probably meant."""
    path = put(tmp_path / "set", {**files(ONE), "users.csv": content})
    with pytest.raises(SourceError) as error:
        read(path)
    assert f"{path / 'users.csv'}:1: {message}" == str(error.value)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (user("u2", enabledUser="yes"), "users.csv:3: enabledUser: expected true or false"),
        (
            user("u2", status="inactive"),
            "users.csv:3: status: expected active or tobedeleted, found 'inactive'",
        ),
        (user("u2", userIds="1/05/2023"), "users.csv:3: day (column userIds): '1/05/2023' expected a date"),
        (user("", "x"), "users.csv:3: sourcedId: is empty, and OneRoster 1.2 asks for a value"),
        (user("u2", "a\0b"), "users.csv:3: holds a NUL byte"),
    ],
)
def test_a_value_that_is_not_the_standards_is_an_unreadable_row(
    tmp_path: Path, row: dict[str, str], reason: str
) -> None:
    """Its file, line and column are named, what was expected, and the rows beside it are read."""
    path = put(tmp_path / "set", files([*ONE, row, user("u3")]))
    (branch,) = tree(path).load().branches
    (found,) = branch.unreadable
    assert reason in f"{found.place}: {found.reason}"
    assert ["0042", "u3"] == list(branch)


def test_a_row_with_too_few_cells_is_unreadable(tmp_path: Path) -> None:
    """Nobody knows which cell is missing, so none is used."""
    content = table(ONE) + b"u2,,,true\r\n" + table([user("u3")]).split(b"\r\n", 1)[1]
    (branch,) = tree(put(tmp_path / "set", {**files(ONE), "users.csv": content})).load().branches
    assert ["expected 23 cells, found 4"] == [each.reason for each in branch.unreadable]
    assert ["0042", "u3"] == list(branch)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"users.csv": b"\xef\xbb\xbf" + table(ONE)}, ""),
        (
            {"users.csv": table([{**ONE[0], "enabledUser": "TRUE"}])},
            "users.csv:2: enabledUser: true and false are written in small letters",
        ),
        ({"Users.CSV": table(ONE)}, "Users.CSV: OneRoster 1.2 calls it users.csv"),
        ({"users.csv": table([{**ONE[0], "metadata.bus": "4"}], [*HEADER, "metadata.bus"])}, ""),
        ({"users.csv": table([{**ONE[0], "status": "active", "dateLastModified": "2026-01-01"}])}, ""),
    ],
)
def test_a_safe_slip_is_tolerated_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: dict[str, bytes], message: str
) -> None:
    """A byte order mark, TRUE, and the case of a file's name mean one thing only."""
    path = put(tmp_path / "set", {"manifest.csv": files(ONE)["manifest.csv"], **content})
    assert {"0042": "a"} == read(path)
    assert message in caplog.text
    assert bool(message) == bool(caplog.text)


def test_bytes_that_are_not_utf_8_are_an_error(tmp_path: Path) -> None:
    """Nothing is guessed: a file in cp1252 is refused."""
    content = table([user("u1", "Zoë")]).decode().encode("cp1252")
    with pytest.raises(SourceError, match="is not UTF-8 from here on"):
        read(put(tmp_path / "set", {**files(ONE), "users.csv": content}))


def test_a_column_that_a_file_cannot_have_is_named(tmp_path: Path) -> None:
    """A schema that names one is told what was probably meant."""
    path = put(tmp_path / "set", files(ONE))
    source = RosterSource(standard="oneroster-1.2", file="users", columns=("sourcedId", "firstName"))
    with pytest.raises(SourceError, match=r"OneRoster 1\.2 has no column 'firstName' there"):
        RosterItems(tree(path)).open(source)
