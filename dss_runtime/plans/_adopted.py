"""Which records of the target the new ones of a saved plan adopt, as it is today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dss_runtime._branch import Branch
from dss_runtime._unclaimed import Form, Unclaimed, form_of, unclaimed_of
from dss_runtime.plans._seal import Seal
from dss_runtime.plans._write import unclaimed_mark


class Adopted:
    """Finds the records of one branch that may be adopted: by their marks, and by what they are known by."""

    def __init__(self, branch: Branch[Any, Any], seal: Seal) -> None:
        self._branch = branch
        self._by_mark: dict[str, list[Unclaimed]] = {}
        self._counts: dict[Form, int] = {}
        for found in self._all():
            if found.key is None or branch.follows_keys:
                self._by_mark.setdefault(unclaimed_mark(branch, found, seal), []).append(found)
            form = form_of(branch.info, branch.matched_by, found.fields.get)
            if form is not None:
                self._counts[form] = self._counts.get(form, 0) + 1

    def _all(self) -> Iterator[Unclaimed]:
        """Yield every record of the target: one with a key that matches as well leaves nobody sure."""
        branch = self._branch
        yield from branch.unclaimed
        keyed: tuple[Mapping[Any, Any], ...] = (branch, branch.retired)
        for records in keyed:
            for key, record in records.items():
                yield unclaimed_of(branch, key, record)

    def find(self, left: Any, mark: str | None) -> Unclaimed | str | None:
        """Return what the record *left* of a plan adopts by its *mark*, None for nothing; a text says that it
        is no longer as it was."""
        form = form_of(self._branch.info, self._branch.matched_by, lambda name: getattr(left, name))
        count = 0 if form is None else self._counts.get(form, 0)
        if mark is None:
            unclaimed = (
                form_of(self._branch.info, self._branch.matched_by, each.fields.get)
                for each in self._branch.unclaimed
            )
            return (
                "the target has it now, without its key" if form is not None and form in unclaimed else None
            )
        found = self._by_mark.get(mark, [])
        if len(found) != 1 or count != 1:
            return "what it was to adopt is not as it was" if not found else "it matches several records now"
        return found[0]
