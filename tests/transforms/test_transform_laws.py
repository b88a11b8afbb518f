from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from dss_runtime import transforms
from dss_runtime.transforms import TRANSFORMS, Argument, Transform

# Arguments that fit, for every row.
FITTING: dict[str, tuple[Argument, ...]] = {
    "strip": (),
    "lower": (),
    "upper": (),
    "login": (),
    "casefold": (),
    "ascii": (),
    "unescape-html": (),
    "replace": ("a", ""),
    "split-part": (",", 2),
    "pad": (6,),
    "map": (("m", "male"), ("f", "female")),
    "parse-date": ("%d.%m.%Y",),
    "parse-datetime": ("%d.%m.%y %H:%M:%S.%f %z",),
    "parse-time": ("%H:%M",),
    "parse-number": (",", "."),
}
EMPTY_STAYS_EMPTY = sorted(FITTING.keys() - {"replace"})

every_row = pytest.mark.parametrize("row", TRANSFORMS.values(), ids=TRANSFORMS)
arguments = st.lists(st.integers() | st.text(max_size=4) | st.tuples(st.text(), st.text()), max_size=3).map(
    tuple
)


@every_row
def test_a_row_names_a_public_function(row: Transform) -> None:
    """Generated code can import each function by the name it has, and every row says what it does."""
    assert TRANSFORMS[row.name] is row
    assert row.function is getattr(transforms, row.function.__name__)
    assert row.function.__name__ in transforms.__all__
    assert row.doc
    assert row.name == row.signature.partition("(")[0]


@every_row
@given(text=st.text() | st.from_regex(r"[0-9]{2}[.:][0-9]{2}", fullmatch=True))
def test_text_becomes_text_or_a_value_error_without_it(row: Transform, text: str) -> None:
    """Any text gives the same text each time, or a ValueError whose message does not hold it."""
    values = row.call_arguments(FITTING[row.name])
    refusal = _refusal(row, f"hush{text}", values)
    assert "hush" not in str(refusal)
    if _refusal(row, text, values) is None:
        once, again = row.function(text, *values), row.function(text, *values)
        assert isinstance(once, str)
        assert once == again


@pytest.mark.parametrize("name", EMPTY_STAYS_EMPTY)
def test_empty_text_stays_empty(name: str) -> None:
    """No transform makes something of nothing."""
    row = TRANSFORMS[name]
    assert row.function("", *row.call_arguments(FITTING[name])) == ""


@settings(max_examples=300)
@given(row=st.sampled_from(sorted(TRANSFORMS)), given_arguments=arguments, text=st.text())
def test_arguments_without_a_problem_fit(row: str, given_arguments: tuple[Argument, ...], text: str) -> None:
    """What `problem` lets through fits every text; what it does not is told with the signature."""
    transform = TRANSFORMS[row]
    problem = transform.problem(given_arguments)
    if problem is None:
        _refusal(transform, text, transform.call_arguments(given_arguments))
    else:
        assert problem.endswith(f": write {transform.signature}")


@every_row
def test_the_fitting_arguments_have_no_problem(row: Transform) -> None:
    """Each row accepts the arguments that its documentation promises."""
    assert row.problem(FITTING[row.name]) is None


@pytest.mark.parametrize(
    ("name", "given_arguments", "expected"),
    [
        ("strip", ("a",), "expected another number of arguments: write strip"),
        ("replace", ("a",), "expected another number of arguments: write replace(old, new)"),
        ("replace", ("", "b"), "old: expected at least one character: write replace(old, new)"),
        ("split-part", (",", "2"), "n: expected a whole number: write split-part(separator, n)"),
        ("split-part", (",", 0), "n: expected 1 or more: write split-part(separator, n)"),
        ("split-part", ("", 1), "separator: expected at least one character: write split-part(separator, n)"),
        ("pad", (1001,), "width: expected 1 to 1,000: write pad(width, char='0')"),
        ("pad", (4, "ab"), "char: expected one character: write pad(width, char='0')"),
        ("pad", (4, 0), "char: expected quoted text: write pad(width, char='0')"),
        ("map", (), "expected pairs only: write map(key=value, …)"),
        ("map", (("a", "b"), "c"), "expected pairs only: write map(key=value, …)"),
        ("map", (("a", "b"), ("a", "c")), "expected each key once: write map(key=value, …)"),
        ("parse-date", ("%d.%m",), "format: expected a year (%Y or %y), %m and %d: write parse-date(format)"),
        ("parse-time", (5,), "format: expected quoted text: write parse-time(format)"),
        ("parse-time", ("%M",), "format: expected %H: write parse-time(format)"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_told(name: str, given_arguments: tuple[Argument, ...], expected: str) -> None:
    """The problem names the argument at fault, what it may be, and how the transform is written."""
    assert expected == TRANSFORMS[name].problem(given_arguments)


@pytest.mark.parametrize(
    "format", ["%B %d %Y", "%x", "%c", "%p", "%a", "%j", "%Z", "%", "%Y %Y %m %d", "%Y%y%m%d"]
)
def test_formats_that_depend_on_a_locale_are_refused(format: str) -> None:
    """Only directives that mean the same everywhere may be used, each once."""
    assert TRANSFORMS["parse-date"].problem((format,)) is not None


def _refusal(row: Transform, text: str, values: tuple[object, ...]) -> ValueError | None:
    try:
        row.function(text, *values)
    except ValueError as error:
        return error
    return None
