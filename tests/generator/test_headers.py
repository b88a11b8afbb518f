"""The stamp in a header belongs to what follows it, whatever kind of file that is."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from dss_generator.headers import SENTENCE, UNSTAMPED, intact, stamped

TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
OPENS = st.sampled_from(["# ", "-- ", "<!-- ", '{\n  "$comment": "'])


@given(OPENS, TEXT, TEXT)
def test_only_what_was_stamped_is_intact(opens: str, rest: str, other: str) -> None:
    """A text is intact as it was stamped, and with nothing else below the same header."""
    assume(rest != other)
    header = f"{opens}{SENTENCE} From a.yaml"
    text = stamped(f"{header}{UNSTAMPED}{rest}")
    assert intact(text)
    assert text.endswith(rest)
    assert not intact(text.removesuffix(rest) + other)
    assert not intact(f"{header}{rest}")


@given(TEXT)
def test_a_stamp_below_the_header_is_none(rest: str) -> None:
    """What a generated file says of stamps is not taken for its own: the first is in the header."""
    text = stamped(f"# {SENTENCE}{UNSTAMPED}\n{UNSTAMPED}{rest}")
    assert intact(text)
    assert text.endswith(f"\n{UNSTAMPED}{rest}")
