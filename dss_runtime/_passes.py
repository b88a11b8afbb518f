"""Records that refer to each other in a circle: made without the ref that closes it, which is set later.

The other way round on removal: the ref is cleared first. A record has one action all the same, which is
applied once all that belongs to it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from dss_runtime._actions import Action, AttributeAction, attribute_action
from dss_runtime._branch import Branch
from dss_runtime._fields import Field
from dss_runtime._model import with_value
from dss_runtime._outcomes import Outcome, Status
from dss_runtime._template import Work

CIRCLE = (
    "{} is required and leads, through required refs alone, back to this record: none of them can be created "
    "first; make one of the refs optional, or break the circle in the source"
)


class Passes(NamedTuple):
    """What is tried for one work, in order: as a rule the work itself. `refused` says why nothing is."""

    works: tuple[Work, ...]
    refused: str = ""

    def at(self, step: int, of: int) -> Work | None:
        """Return what is tried in a *step* of *of*: creations begin together, removals end together."""
        if self.works[-1].phase == "old":
            step -= of - len(self.works)
        return self.works[step] if 0 <= step < len(self.works) else None

    def described(self, work: Work, outcome: Outcome) -> Outcome:
        """Return the *outcome* of one of the passes, which was not applied, as that of the whole."""
        names = ", ".join(work.attributes)
        if self.works[0].phase == "new" and work is not self.works[0]:
            return replace(outcome, reason=f"created without {names}: {outcome.reason}")
        if (
            self.works[-1].phase == "old"
            and work is not self.works[-1]
            and outcome.status in (Status.FAILED, Status.UNKNOWN)
        ):
            return replace(outcome, reason=f"{names} could not be cleared: {outcome.reason}")
        return outcome


class Planner:
    """Tells the passes of the works of one phase, which come in the order in which they will be tried."""

    def __init__(
        self,
        branches: Mapping[str, Branch[Any, Any]],
        works: Sequence[Work],
        is_whole: Callable[[Action], bool],
    ) -> None:
        self._branches = branches
        self._is_whole = is_whole
        self._works = works
        self._fields = self._against_the_order()
        wanted = {field.ref for fields in self._fields.values() for field in fields}
        kinds = {name: wanted.intersection(branch.info.kinds) for name, branch in branches.items()}
        self._at: dict[tuple[str, Hashable], int] = {}
        for at, work in enumerate(works if wanted else ()):
            for kind in kinds[work.branch]:
                self._at.setdefault((kind, work.key), at)

    def _against_the_order(self) -> dict[str, list[Field]]:
        """Return the refs of each branch that may lead to a record of the same phase on the wrong side.

        Works of one branch come together, so most refs lead to a branch that was done before, or comes after.
        """
        order = list(dict.fromkeys([work.branch for work in self._works]))
        if self._works and self._works[0].phase == "old":
            order.reverse()
        found: dict[str, list[Field]] = {}
        for place, name in enumerate(order):
            later = {kind for other in order[place:] for kind in self._branches[other].info.kinds}
            found[name] = [field for field in self._branches[name].info.refs if field.ref in later]
        return found

    def special(self) -> Iterator[tuple[Work, Passes]]:
        """Yield the works that are not simply tried as they are, with their passes."""
        if any(self._fields.values()):
            for at, work in enumerate(self._works):
                passes = self._passes(at)
                if passes.refused or passes.works[0] is not work:
                    yield work, passes

    def _passes(self, at: int) -> Passes:
        """Return what is tried for the work at that place."""
        work = self._works[at]
        if not self._fields[work.branch]:
            return Passes((work,))
        if work.phase == "new" and work.actions[0].error is None:
            return self._creation(at, work)
        if work.phase == "old" and not work.final:  # what is set aside cannot be changed
            return self._removal(at, work)
        return Passes((work,))

    def _creation(self, at: int, work: Work) -> Passes:
        """Leave out the optional refs to records that come later, or to this one, and set them then."""
        full = work.left
        later = [field for field in self._refs(work) if self._awaits(field, full) >= at]
        closing = next(
            (field.name for field in later if not field.optional and self._is_circle(at, field)), ""
        )
        if closing:
            return Passes((work,), CIRCLE.format(closing))
        bare, setting = self._apart(work, full, later, set_back=False)
        if not setting:
            return Passes((work,))
        created = replace(work, actions=(replace(work.actions[0], left=bare),))
        return Passes((created, *self._changes(work, setting)))

    def _removal(self, at: int, work: Work) -> Passes:
        """Clear the optional refs to records that are deleted earlier."""
        gone = [
            field
            for field in self._refs(work)
            if 0 <= (place := self._place(field, work.right)) < at
            and not self._branches[self._works[place].branch].retires_old
        ]
        _, clearing = self._apart(work, work.right, gone, set_back=True)
        return Passes((*self._changes(work, clearing), work))

    def _apart(
        self, work: Work, record: Any, fields: Sequence[Field], *, set_back: bool
    ) -> tuple[Any, list[AttributeAction]]:
        """Return *record* without the optional ones of *fields*, and the changes between the two.

        Only what a diff would see takes part: what is not, nobody would set afterwards.
        """
        branch, bare = self._branches[work.branch], record
        for field in fields:
            if field.optional and field.name not in branch.omitted:
                other = with_value(bare, field.name, None)
                if field.name in {each.attribute for each in branch.compare(*_sides(bare, other, set_back))}:
                    bare = other
        left, right = _sides(record, bare, set_back)
        found = () if bare is record else branch.compare(left, right)
        return bare, [
            attribute_action(work.branch, work.key, left, right, each)
            for each in found
            if each.attribute not in branch.omitted
        ]

    def _changes(self, work: Work, actions: Sequence[AttributeAction]) -> list[Work]:
        """Return the works that carry out *actions*: one for all that are done together, else one each."""
        whole = tuple(each for each in actions if self._is_whole(each))
        groups = [whole] if whole else []
        groups.extend((each,) for each in actions if not self._is_whole(each))
        return [Work("changed", work.branch, work.key, group, work.number) for group in groups]

    # -- who refers to whom ---------------------------------------------------------------------------

    def _refs(self, work: Work) -> Sequence[Field]:
        return self._fields[work.branch]

    def _place(self, field: Field, record: Any) -> int:
        """Return the place of the work on the record that *field* refers to, -1 when there is none."""
        return self._at.get((field.ref, getattr(record, field.name)), -1)

    def _awaits(self, field: Field, record: Any) -> int:
        """Return the place of the work that creates what *field* refers to, -1 when nothing has to be."""
        place = self._place(field, record)
        if place < 0:
            return -1
        key = self._works[place].key
        there = any(key in branch for branch in self._branches.values() if field.ref in branch.info.kinds)
        return -1 if there else place

    def _is_circle(self, at: int, first: Field) -> bool:
        """Return whether required refs alone lead from *first*, a field of that work, to others and back."""
        waiting = [self._awaits(first, self._works[at].left)]
        seen = set(waiting)
        if at in seen:  # A record may refer to itself.
            return False
        while waiting:
            work = self._works[waiting.pop()]
            for field in self._refs(work):
                place = -1 if field.optional else self._awaits(field, work.left)
                if place == at:
                    return True
                if place >= 0 and place not in seen:
                    seen.add(place)
                    waiting.append(place)
        return False


def _sides(full: Any, bare: Any, set_back: bool) -> tuple[Any, Any]:
    """Return left and right: a ref is set when the left has it, cleared when the right has."""
    return (bare, full) if set_back else (full, bare)
