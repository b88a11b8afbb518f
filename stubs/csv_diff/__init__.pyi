"""What the benchmark uses of csv-diff 1.2, which has no types."""

from typing import TextIO, TypedDict

Row = dict[str, str]

class Changed(TypedDict):
    key: str
    changes: dict[str, list[str]]

class Result(TypedDict):
    added: list[Row]
    removed: list[Row]
    changed: list[Changed]

def load_csv(fp: TextIO, key: str | None = None) -> dict[str, Row]: ...
def compare(previous: dict[str, Row], current: dict[str, Row]) -> Result: ...
