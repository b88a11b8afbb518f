"""What images promise, held over thousands of cells at once: those with one image are one value."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from dss_runtime._recipe import FieldRecipe
from dss_runtime.types import FieldType
from tests.columnar.duck import Duck
from tests.columnar.mutants import cells_of
from tests.columnar.reading import compare_as_equal
from tests.columnar.sides import UNREADABLE, Side, model
from tests.columnar.test_field_images import COLUMNAR, KEYS

COUNT = 3_000


@pytest.mark.parametrize("absent", [(), (None,)], ids=["required", "optional"])
@pytest.mark.parametrize("kind", COLUMNAR, ids=repr)
def test_cells_with_one_image_compare_as_equal(
    duck: Duck, kind: FieldType[Any], absent: tuple[Any, ...]
) -> None:
    """No cell that Python refuses has an image, and all with one image are the same to the comparison."""
    cells = cells_of(kind, Random(f"{kind} {absent}"), COUNT)
    field = FieldRecipe("x", 0, absent=absent, separator=getattr(kind, "separator", ","))
    side = Side(model(kind), field, "text", cells)
    image = side.images(duck).fields["x"]
    found = duck.evaluate([image.compared, image.readable], ["text"], [(cell,) for cell in cells])
    first: dict[Any, tuple[str, Any]] = {}
    for cell, (compared, readable), value in zip(cells, found, side.values(), strict=True):
        assert value is not UNREADABLE or (compared is None and not readable), cell
        if compared is not None:
            other, same = first.setdefault(compared, (cell, value))
            assert compare_as_equal(kind, same, value), (cell, other)
    assert first


@pytest.mark.parametrize("kind", KEYS, ids=repr)
def test_known_keys_have_one_image_each(duck: Duck, kind: FieldType[Any]) -> None:
    """Images tell keys apart just as Python does."""
    cells = cells_of(kind, Random(f"key {kind}"), COUNT)
    side = Side(model(kind, key=True), FieldRecipe("x", 0), "text", cells)
    (key,) = side.images(duck).key
    found = duck.evaluate([key], ["text"], [(cell,) for cell in cells])
    known = [(value, each) for value, (each,) in zip(side.values(), found, strict=True) if each is not None]
    images, values = dict(known), {each: value for value, each in known}
    assert UNREADABLE not in images
    assert [(values[each], images[value]) for value, each in known] == known
