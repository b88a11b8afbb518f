"""`dss check --against` tells what a change of a directory's branch does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.breaking.versions import changes

SCHEMA = Path(__file__).parents[1] / "generator" / "golden" / "directory" / "schema" / "directory.yaml"


@pytest.mark.parametrize(
    ("old", "new", "rule", "impact"),
    [
        ("base: ou=people", "base: ou=pupils", "place-changed", "breaking"),
        ("object_class: inetOrgPerson", "object_class: person", "place-changed", "breaking"),
        ("base: ou=people", "base: ou=people\n        filter: (sn=A*)", "place-changed", "breaking"),
        ("base: ou=people", "base: ou=people\n        depth: all", "place-changed", "breaking"),
        (
            "references: {member: people}",
            "references: {member: [people, accounts]}",
            "option-changed",
            "review",
        ),
        ("placeholder: cn=nobody", "placeholder: cn=none", "option-changed", "review"),
        ("rdn: uid", "rdn: cn", "option-changed", "review"),
        (
            "insert: {cn: somebody}",
            "password: random\n        insert: {cn: somebody}",
            "option-changed",
            "review",
        ),
    ],
)
def test_a_change_of_an_option_is_told(old: str, new: str, rule: str, impact: str) -> None:
    """What says which entries are records may cost records; the rest is for a person to look at."""
    text = SCHEMA.read_text(encoding="utf-8")
    assert old in text
    (found,) = changes(text, text.replace(old, new, 1))
    assert (rule, impact) == (found.rule, str(found.impact))
