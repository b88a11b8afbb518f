"""What the journal holds of generated models is the same whether it is written one by one or for many."""

from __future__ import annotations

import json

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dss_runtime.cli._cipher import fernet
from dss_runtime.journal._texts import Texts
from dss_runtime.plans import Seal
from dss_runtime.plans._values import Values, held_record, stored_key
from tests.generated_schemas.worlds import World
from tests.strategies.runnable import CUSTOM, LEFT, RIGHT

few = settings(max_examples=max(2, settings().max_examples // 12), phases=[Phase.explicit, Phase.generate])
VALUES = Values(Seal(b"k" * 32, fernet))


@pytest.mark.parametrize("tree", [LEFT, RIGHT, CUSTOM])
@few
@given(data=st.data())
def test_many_texts_are_the_json_of_each(world: World, tree: str, data: st.DataObject) -> None:
    """Records, sensitive or not, with and without some of their fields, and keys of any number of parts."""
    for branch in world.tree(tree, data.draw(world.data(low=1))).load().branches:
        texts, records = Texts(branch, VALUES), [None, *branch.values(), None]
        expected = [
            None if record is None else json.dumps(held_record(branch, record, VALUES)) for record in records
        ]
        assert expected == texts.records(records)
        if branch:
            assert [json.dumps(stored_key(branch, key, VALUES)) for key in branch] == texts.keys(list(branch))
