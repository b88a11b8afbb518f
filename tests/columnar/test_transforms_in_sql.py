"""The transforms that SQL carries out make what Python makes, or nothing that is known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dss_runtime._recipe import Argument, Step
from dss_runtime.engines.columnar._space import SPACE
from dss_runtime.engines.columnar._sql import NotColumnarError
from dss_runtime.engines.columnar._transforms import IN_SQL, transformed
from dss_runtime.transforms import TRANSFORMS
from tests.columnar.dirt import texts
from tests.columnar.duck import Duck

STEPS = (
    *(Step(name) for name in ("strip", "lower", "upper", "casefold", "ascii", "login", "unescape-html")),
    Step("replace", ("a", "bc")),
    Step("replace", ("aa", "")),
    Step("replace", ("'", "\\")),
    Step("split-part", ("-", 1)),
    Step("split-part", ("-", 2)),
    Step("split-part", ("a", 3)),
    Step("pad", (3, "0")),
    Step("pad", (5, "é")),
    Step("map", ((("a", "b"), ("1", "é")),)),
    Step("map", ((("a", ""), ("", "b")),)),
    Step("map", ((("a", "b"), ("*", "c")),)),
    Step("parse-date", ("%d.%m.%Y",)),
    Step("parse-date", ("%m/%d/%y",)),
    Step("parse-date", ("%Y%m%d",)),
    Step("parse-date", ("%d.%m.%Y %H:%M",)),
    Step("parse-datetime", ("%Y%m%d%H%M",)),
    Step("parse-datetime", ("%Y-%m-%d %H:%M:%S",)),
    Step("parse-time", ("%H:%M",)),
    Step("parse-time", ("%H%M%S",)),
    Step("parse-number", (",",)),
    Step("parse-number", (",", ".")),
    Step("parse-number", (".", "\u00a0")),
)
_PATTERNS = {
    "%Y": "(2026|2024|0000|9999)", "%y": "(26|68|69|99)", "%m": "(0?[1-9]|1[0-3])", "%d": "([0-3]?[0-9])",
    "%H": "(0?[0-9]|1[0-9]|2[0-5])", "%M": "([0-6]?[0-9])", "%S": "([0-6]?[0-9])",
}  # fmt: skip


def written(step: Step) -> st.SearchStrategy[str]:
    """Return a strategy of texts, many of which *step* takes."""
    (format, *_) = (*step.arguments, "")
    if step.name in ("parse-date", "parse-datetime", "parse-time"):
        pattern = str(format).replace(".", "[.]")
        for directive, digits in _PATTERNS.items():
            pattern = pattern.replace(directive, digits)
        return st.one_of(st.from_regex(rf"\A[ ]?{pattern}[ \n]?\Z"), texts())
    if step.name == "parse-number":
        signs = "".join(f"\\{each}" for each in "".join(map(str, step.arguments)))
        return st.one_of(st.from_regex(rf"\A[+-]?[0-9]{{1,3}}([{signs}][0-9]{{1,3}}){{0,2}}\Z"), texts())
    return st.one_of(texts(), st.text(st.sampled_from("a-b'A é&"), max_size=6))


@pytest.mark.parametrize("step", STEPS, ids=str)
@settings(max_examples=max(5, settings().max_examples // 2))
@given(data=st.data())
def test_what_sql_makes_of_a_text_is_what_python_makes(duck: Duck, step: Step, data: st.DataObject) -> None:
    """A step has the same text in SQL as in Python, or NULL; NULL alone where Python refuses the text."""
    given_texts = data.draw(st.lists(written(step), min_size=8, max_size=30))
    (cell,) = duck.cells(["text"])
    found = duck.evaluate([transformed(step, cell.sql)], ["text"], [(each,) for each in given_texts])
    function = TRANSFORMS[step.name].function
    arguments = [_argument(each) for each in step.arguments]
    for text, (made,) in zip(given_texts, found, strict=True):
        try:
            expected = function(text, *arguments)
        except ValueError:
            expected = None
        assert made in (expected, None), text


def _argument(argument: Argument) -> object:
    return dict(argument) if isinstance(argument, tuple) else argument


@pytest.mark.parametrize(
    ("step", "text", "expected"),
    [
        (STEPS[0], "  é b\u00a0", "é b"),
        (STEPS[1], "Ab", "ab"),
        (STEPS[5], "A. b-c", "A.b-c"),
        (Step("split-part", ("@", 2)), "a@b@c", "b"),
        (Step("pad", (4, "0")), "12", "0012"),
        (Step("map", ((("a", "b"), ("*", "c")),)), "d", "c"),
        (Step("parse-date", ("%m/%d/%Y",)), "9/1/2026", "2026-09-01"),
        (Step("parse-date", ("%d.%m.%y",)), "01.09.69", "1969-09-01"),
        (Step("parse-datetime", ("%Y%m%d%H%M",)), "202609010830", "2026-09-01T08:30:00"),
        (Step("parse-time", ("%H:%M",)), "8:30", "08:30:00"),
        (Step("parse-number", (",", ".")), "-1.234,56", "-1234.56"),
    ],
    ids=str,
)
def test_plain_texts_are_known(duck: Duck, step: Step, text: str, expected: str) -> None:
    """What most cells are like is carried out, and not left to Python."""
    (cell,) = duck.cells(["text"])
    assert [(expected,)] == duck.evaluate([transformed(step, cell.sql)], ["text"], [(text,)])


@pytest.mark.parametrize("step", [Step("parse-datetime", ("%Y%m%d%H%M%S%f",)), Step("later")], ids=str)
def test_a_step_that_sql_does_not_know_says_so(step: Step) -> None:
    """Neither a fraction of a second nor a transform of a later version is guessed."""
    with pytest.raises(NotColumnarError, match="not known to SQL"):
        transformed(step, Duck().cells(["text"])[0].sql)


def test_every_transform_of_sql_is_tested() -> None:
    """Each row of the table is among the steps above, and is a transform of the schema."""
    assert set(IN_SQL) == {step.name for step in STEPS}
    assert set(IN_SQL) <= set(TRANSFORMS)


def test_white_space_is_what_python_strips() -> None:
    """The characters that SQL strips are those that `str.strip` does."""
    assert set(SPACE) == {chr(point) for point in range(0x110000) if not chr(point).strip()}
