"""The order of actions: parents first on create, children first on removal, and otherwise as it was."""

from __future__ import annotations

from typing import Any, ClassVar

from hypothesis import given
from hypothesis import strategies as st

from dss_runtime import Action, DataStoreBranch, DataStoreTree, DefaultTemplate, override
from dss_runtime._order import parents_first
from dss_runtime.codegen import Answer
from tests.runtime.people import (
    UNGUARDED,
    Row,
    World,
    branch,
    content,
    enrolment,
    left,
    messages,
    right,
    school,
    student,
    worlds,
)
from tests.runtime.things import ThingsBranch

PHASE = {"new": 0, "changed": 1, "added": 1, "removed": 1, "old": 2}


class Referential(DefaultTemplate):
    """A system that refuses a record whose parent is missing, and the removal of one that is referred to."""

    def __init__(self, tree: DataStoreTree) -> None:
        super().__init__(tree)
        self.system: dict[str, dict[Any, dict[str, Any]]] = {
            name: {key: _refs(record) for key, record in records.items()}
            for name, records in content(tree).items()
        }

    @override
    def perform(self, action: Action, /) -> Answer:
        held = self.system[action.branch]
        if action.kind == "old":
            del held[action.key]
        elif action.kind == "new":
            assert action.key not in held
            held[action.key] = _refs(action.left)
        elif action.attribute in held[action.key]:
            held[action.key][action.attribute] = getattr(action.left, action.attribute)
        self.check()
        return None

    def check(self) -> None:
        """Raise where a ref leads nowhere."""
        for name, records in self.system.items():
            for field in branch(self.tree, name).info.refs:
                target = {"School": "schools", "Student": "students", "Person": "students"}[field.ref]
                for key, refs in records.items():
                    if refs[field.name] is not None and refs[field.name] not in self.system[target]:
                        raise LookupError(f"{name} {key}: {field.name} {refs[field.name]!r} is missing")


def _refs(record: Row) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in record.__dss__.refs}


@given(worlds(), worlds())
def test_refs_hold_after_every_single_action(ours: World, theirs: World) -> None:
    """A system that checks refs at every step never has a reason to refuse one."""
    a, b = left(*ours), right(*theirs, template=Referential)

    result = a >> b

    assert [] == [(action, outcome) for action, outcome in result if not outcome.ok]
    assert isinstance(b.template, Referential)
    assert {name: set(records) for name, records in content(b).items()} == {
        name: set(records) for name, records in b.template.system.items()
    }


@given(worlds(), worlds())
def test_phases_come_in_order(ours: World, theirs: World) -> None:
    """Every new comes before every change, and every change before every old, over all branches."""
    phases = [PHASE[action.kind] for action in left(*ours) - right(*theirs)]

    assert sorted(phases) == phases


@given(worlds(), worlds())
def test_branches_come_parents_first_and_last_for_old(ours: World, theirs: World) -> None:
    """Branches follow their refs, against the order of declaration; for old ones the other way round."""
    order = {"schools": 0, "students": 1, "enrolments": 2}
    actions = list(left(*ours) - right(*theirs))

    for phase, sign in ((0, 1), (1, 1), (2, -1)):
        branches = [sign * order[each.branch] for each in actions if PHASE[each.kind] == phase]
        assert sorted(branches) == branches


@given(worlds(), worlds())
def test_within_a_branch_the_left_s_order_decides(ours: World, theirs: World) -> None:
    """New and changed records come as the left side has them, old ones as the right side has them."""
    a, b = left(*ours), right(*theirs)
    actions = list(a - b)

    for name in ("schools", "enrolments"):
        keys = list(branch(a, name))
        for phase in (0, 1):
            found = [keys.index(x.key) for x in actions if x.branch == name and PHASE[x.kind] == phase]
            assert sorted(found) == found
        keys = list(branch(b, name))
        found = [keys.index(x.key) for x in actions if x.branch == name and x.kind == "old"]
        assert sorted(found) == found


def test_records_of_one_branch_come_parents_first() -> None:
    """A record comes after the one of its branch that it refers to, and goes before it."""
    chain = [student("1", mentor="2"), student("2", mentor="3"), student("3")]

    new = left(school("S"), *chain) - right(school("S"))
    old = left(school("S")) - right(school("S"), *reversed(chain))

    assert ["3", "2", "1"] == [action.key for action in new]
    assert ["1", "2", "3"] == [action.key for action in old]


def test_a_ref_to_itself_and_a_cycle_of_refs_are_no_obstacle() -> None:
    """Records that refer to themselves, or to each other in a circle, all come."""
    world = [student("1", mentor="1"), student("2", mentor="3"), student("3", mentor="2")]

    assert {"1", "2", "3"} == {action.key for action in left(school("S"), *world) - right(school("S"))}


def test_enrolments_of_a_composite_key_are_told_apart() -> None:
    """Keys with the same text once joined are two keys, and stay tuples."""
    a = left(enrolment("a__b", "c"), enrolment("a", "b__c"))
    b = right(enrolment("a", "b__c"))

    assert ["new_enrolments(student='a__b', section='c')"] == messages(a - b)
    assert [("a__b", "c")] == [action.key for action in a - b]


GRAPHS = st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 9), max_size=3))


@given(GRAPHS)
def test_parents_first_keeps_every_node_once(graph: dict[int, list[int]]) -> None:
    """Every node comes out once, whatever refers to whatever, known or not."""
    assert sorted(graph) == sorted(parents_first(list(graph), lambda node: graph[node]))


@given(GRAPHS, st.data())
def test_parents_first_puts_parents_first(graph: dict[int, list[int]], data: st.DataObject) -> None:
    """Without cycles each node comes after all its parents, whatever the order they were given in."""
    acyclic = {node: [each for each in parents if each < node] for node, parents in graph.items()}
    order = parents_first(data.draw(st.permutations(list(acyclic))), lambda node: acyclic[node])

    for node, parents in acyclic.items():
        assert all(order.index(each) < order.index(node) for each in parents if each in acyclic)


@given(st.lists(st.integers(), unique=True))
def test_parents_first_leaves_the_unrelated_alone(nodes: list[int]) -> None:
    """Nodes without parents keep their order."""
    assert nodes == parents_first(nodes, lambda node: ())


def test_a_chain_of_any_length_is_fine() -> None:
    """Parents are followed without recursion."""
    length = 20_000
    assert list(reversed(range(length))) == parents_first(range(length), lambda node: [node + 1])


def test_branches_without_refs_come_by_order_then_as_declared() -> None:
    """`order` breaks ties between branches that do not refer to each other."""

    class First(ThingsBranch):
        __branchname__ = "first"
        order: ClassVar[int] = 2

    class Second(ThingsBranch):
        __branchname__ = "second"
        order: ClassVar[int] = 1

    class Third(ThingsBranch):
        __branchname__ = "third"
        order: ClassVar[int] = 1

    class Tree(DataStoreTree):
        __branches__ = (First, Second, Third)

    a, b = Tree(), Tree()
    for name in ("first", "second", "third"):
        branch(a, name).make("new")
        branch(b, name).make("old")

    assert ["second", "third", "first"] == [each.name for each in a.branches]
    assert [
        "new_second", "new_third", "new_first", "old_first", "old_third", "old_second",
    ] == [action.method for action in a - b]  # fmt: skip


def test_branches_of_one_model_do_not_wait_for_each_other() -> None:
    """Two branches whose models may refer to each other keep their order and are both compared."""

    class More(DataStoreBranch):
        __branchname__ = "more"
        klass = "tests.runtime.people/Student"
        guard = UNGUARDED

    class Some(More):
        __branchname__ = "some"

    class Tree(DataStoreTree):
        __branches__ = (More, Some)

    a, b = Tree(), Tree()
    branch(a, "more").put("1", student("1", mentor="2"))
    branch(a, "some").put("2", student("2"))

    assert ["new_more", "new_some"] == sorted(action.method for action in a - b)


def test_the_target_s_order_decides() -> None:
    """Where the two sides declare their branches in another order, the right side's is followed."""

    class First(ThingsBranch):
        __branchname__ = "first"

    class Second(ThingsBranch):
        __branchname__ = "second"

    class LeftTree(DataStoreTree):
        __branches__ = (First, Second)

    class Earlier(Second):
        order: ClassVar[int] = 1

    class RightTree(DataStoreTree):
        __branches__ = (First, Earlier)

    a = LeftTree()
    branch(a, "first").make("1")
    branch(a, "second").make("1")

    assert ["new_second", "new_first"] == [action.method for action in a - RightTree()]
