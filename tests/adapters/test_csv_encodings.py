"""How the csv adapter decodes files: strictly, and never by guessing."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from tests.adapters.files import read, refused, write

TEXT = "id,name\n1,Zoë\n2,שלום\n"


@pytest.mark.parametrize(
    ("mark", "written", "declared"),
    [
        (b"", "utf-8", "utf-8"),
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
        (b"", "utf-8", "UTF8"),
        (b"", "utf-16", "utf-16"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (b"", "utf-32", "utf-32"),
    ],
)
def test_byte_order_marks_are_tolerated(mark: bytes, written: str, declared: str, tmp_path: Path) -> None:
    """A mark that agrees with the declared encoding is never part of the first column's name."""
    assert [("1", "Zoë"), ("2", "שלום")] == read(
        tmp_path, mark + TEXT.encode(written), encoding=declared
    ).rows


def test_a_declared_encoding_is_used(tmp_path: Path) -> None:
    """A file in an old encoding is read by declaring it."""
    assert [("1", "Zoë")] == read(tmp_path, "id,name\n1,Zoë\n".encode("cp1252"), encoding="cp1252").rows


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        (
            b"id,name\r\n1,a\r\n2,Zo\xeb\r\n",
            "utf-8",
            "students.txt:3: the byte 0xeb at offset 18 is not utf-8: declare the file's encoding, such as"
            " `encoding: cp1252`; nothing of the file is used",
        ),
        (
            b"id,name\n" + b"1,a\n" * 50_000 + b"2,\xff\n",
            "utf-8",
            "students.txt:50002: the byte 0xff at offset 200010 is not utf-8: declare the file's encoding,"
            " such as `encoding: cp1252`; nothing of the file is used",
        ),
        (
            b"id,name\n1,a\x81\n",
            "cp1252",
            "students.txt:2: the byte 0x81 at offset 11 is not cp1252: declare the file's encoding, such as"
            " `encoding: utf-8`; nothing of the file is used",
        ),
        (
            b"id,name\n1,Zo\xc3",
            "utf-8",
            "students.txt:2: the byte 0xc3 at offset 12 is not utf-8: declare the file's encoding, such as"
            " `encoding: cp1252`; nothing of the file is used",
        ),
        (
            codecs.BOM_UTF8 + b"id,name\n1,a\n",
            "cp1252",
            "students.txt:1: begins with the byte order mark of utf-8, but is declared to be cp1252:"
            " declare `encoding: utf-8`",
        ),
        (
            TEXT.encode("utf-16"),
            "utf-8",
            "students.txt:1: begins with the byte order mark of utf-16, but is declared to be utf-8:"
            " declare `encoding: utf-16`",
        ),
        (
            b"id,name\n1,a\n",
            "utf-7000",
            "students.txt: there is no encoding 'utf-7000': did you mean utf-8 or cp1252?",
        ),
        (b"id,name\n1,a\n", "hex", "students.txt: there is no encoding 'hex': did you mean utf-8 or cp1252?"),
    ],
)
def test_what_is_not_of_the_encoding_is_refused(
    content: bytes, encoding: str, message: str, tmp_path: Path
) -> None:
    """A byte that is no text stops the import, with its line and offset; no other encoding is tried."""
    assert message == refused(tmp_path, content, encoding=encoding)


def test_a_file_without_the_byte_order_mark_of_its_encoding_is_refused(tmp_path: Path) -> None:
    """UTF-16 says by its mark which byte comes first; what Python says of a missing one varies."""
    message = refused(tmp_path, b"id,name\n1,a\n", encoding="utf-16")
    assert message.startswith("students.txt:1: ")
    assert "is not utf-16: " in message


def test_line_numbers_count_every_kind_of_line_end(tmp_path: Path) -> None:
    """A carriage return alone, and one that a buffer parts from its line feed, are one line end each."""
    before = b"id,name\r1,\r\n" + b"1,a\r\n" * 13_104 + b"1,a" + b"\r\n"
    assert b"\r" == before[65535:65536]
    write(tmp_path, {"students.txt": before + b"\xff\n"})
    assert refused(tmp_path).startswith("students.txt:13108: the byte 0xff at offset 65537 ")
