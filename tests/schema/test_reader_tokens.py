"""The reader's shortcut in PyYAML's scanner changes nothing."""

from __future__ import annotations

import random

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dss_generator.schema.reader import Loader

PIECES = (
    *"a b 1 : - , { } [ ] # & * ! | > ? ' \" % @ ~".split(),
    *(": ", "- ", "? ", " # c", "a: b", "k: {x: y}", "'q'", '"q"', "é", "x" * 1100),
    *("\n", "\n  ", "\n    ", "---\n"),
)


def events(text: str, loader: type[yaml.SafeLoader]) -> list[str]:
    """Return what PyYAML makes of *text*: every event with its places, and the error at the end if any."""
    found: list[str] = []
    try:
        for event in yaml.parse(text, Loader=loader):  # pyright: ignore[reportUnknownMemberType]
            found.append(f"{event!r} {event.start_mark} {event.end_mark}")
    except yaml.YAMLError as error:
        found.append(str(error))
    return found


@settings(max_examples=300)
@given(st.randoms(use_true_random=False))
def test_events_and_errors_are_those_of_pyyaml(rng: random.Random) -> None:
    """Every event, every place and every error is the same as without the shortcut."""
    text = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 25)))
    assert events(text, yaml.SafeLoader) == events(text, Loader)
