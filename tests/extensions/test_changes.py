"""What `dss check --against` says of the options of a package's adapter is what it says of ours."""

from __future__ import annotations

import pytest

from tests.breaking.versions import changes
from tests.extensions.packages import ADAPTER, Site

PIPE = """\
models: {A: {key: a, fields: {a: str}}}
branches: {ones: {model: A}}
trees: {T: {adapter: pipe, branches: {ones: {command: ls}}}}
"""
FORMER = PIPE.replace("command: ls", "command: dir")


def test_another_place_is_breaking_whoever_adds_the_adapter(site: Site) -> None:
    """The option that an adapter needs says where the records are: another value leads to other records."""
    site.install("dss-pipe", ADAPTER, {"adapters": {"pipe": "dss_pipe:adapter"}})
    assert [("place-changed", "breaking")] == [(each.rule, each.impact) for each in changes(FORMER, PIPE)]


@pytest.mark.parametrize(
    ("row", "said"),
    [("", "its rows are read otherwise"), ('at_creation=("command",), ', "when they are created")],
)
def test_an_option_of_new_records_is_told_as_such(site: Site, row: str, said: str) -> None:
    """A package's row says which options leave what is there alone."""
    source = ADAPTER.replace('needs=("command",),', row)
    site.install("dss-pipe", source, {"adapters": {"pipe": "dss_pipe:adapter"}})
    (change,) = changes(FORMER, PIPE)
    assert "option-changed" == change.rule
    assert said in change.effect
