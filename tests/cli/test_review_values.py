"""What a second reviewer broke: values that JSON cannot print, and what is held back without a dirty row."""

from __future__ import annotations

import json

import pytest

from dss_runtime import override
from dss_runtime.cli._json import plain
from tests.cli.conftest import Shop


class Silent:
    """A value that cannot be shown."""

    @override
    def __str__(self) -> str:
        raise RuntimeError("not today")


LONG = "<int that cannot be shown>"
SHY = "<Silent that cannot be shown>"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (10**5000, LONG),
        (-(10**5000), LONG),
        ([10**5000, 10**20], [LONG, 10**20]),
        (Silent(), SHY),
        ({Silent(): {Silent()}}, {SHY: [SHY]}),
    ],
    ids=["long", "negative", "in a list", "silent", "in a mapping"],
)
def test_a_value_that_cannot_be_shown_ends_no_report(value: object, expected: object) -> None:
    """It is named by its type, wherever it is."""
    assert expected == plain(value)
    assert expected == json.loads(json.dumps(plain(value)))


def test_a_product_whose_price_is_not_compared_stays(shop: Shop) -> None:
    """What is held back because something refers to it is not blamed on a row, and counted by --verify."""
    shop.left(products=[{"sku": "A"}])
    shop.right(products=[{"sku": "C"}], prices=[{"product": "C", "currency": "EUR"}])

    done = shop.dss("sync", "nightly", "--verify", "--json")

    found = json.loads(done.stdout)
    assert (0, "applied", 1) == (done.exit_code, found["state"], found["verification"]["held_back"])
    reason = "prices (product='C', currency='EUR') stays and refers to it"
    assert f"\nheld back: 1\n  old_products(sku='C'): {reason}\n" in shop.dss("plan", "nightly").stdout
