"""The kinds of change, one row each: the id in brackets at the end of a line, its class, and what it means.

The reference in the documentation is written from this table, and the tests have an example for each row.
"""

from __future__ import annotations

from dataclasses import dataclass

from .change import Impact

impacts: dict[Impact, str] = {
    "breaking": "The next sync may remove, replace or overwrite what it should not, stop, leave rows "
    "unreadable, show what was masked, or leave something behind that it took care of until now.",
    "review": "The next sync does something else than before: somebody should see that it is what was meant.",
    "safe": "No sync does anything that it did not do before.",
}
"""The classes. A change that no tree is touched by is safe, whatever the class of its rule."""


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """A kind of change."""

    id: str
    impact: Impact
    doc: str


def _rows(*rows: tuple[str, Impact, str]) -> dict[str, ChangeRule]:
    return {name: ChangeRule(name, impact, doc) for name, impact, doc in rows}


RULES: dict[str, ChangeRule] = _rows(
    # Models
    ("model-added", "safe", "A new model; branches that hold it are told on their own."),
    ("model-removed", "safe", "A model is gone; branches that held it are told on their own."),
    ("model-renamed", "safe", "A model with `renamed_from`: keys, refs and records stay."),
    ("abstract-changed", "safe", "A model may now be held by branches, or no longer."),
    ("extends-changed", "review", "A model has another parent: refs to its ancestors lead to other records."),
    ("key-changed", "breaking", "Records are told apart by something else."),
    ("key-reordered", "review", "The parts of a key come in another order; no record differs."),
    ("derived-added", "review", "A property of the project's is compared from now on."),
    ("derived-removed", "review", "A property of the project's is no longer compared."),
    ("derived-retyped", "review", "A property of the project's is of another type."),
    # Fields
    ("field-added", "review", "A new field that may be without a value."),
    ("field-added-required", "breaking", "A new field that every row must have a value for."),
    ("field-removed", "breaking", "A field is gone: its values stay where they are."),
    ("field-renamed", "safe", "A field with `renamed_from`: its values stay."),
    ("field-moved", "safe", "The same field, declared by a parent or an heir."),
    ("field-retyped", "breaking", "A field's values are read as another type."),
    ("field-required", "breaking", "Every row must have a value for the field from now on."),
    ("field-optional", "review", "A row without a value is read as None."),
    ("default-changed", "review", "A row without a value is read as another value."),
    ("field-exposed", "breaking", "A field is no longer `sensitive`: its values are shown."),
    ("field-masked", "safe", "A field is `sensitive` from now on."),
    ("enum-member-added", "review", "An enum allows one more text."),
    ("enum-member-removed", "breaking", "An enum no longer allows a text."),
    ("compare-changed", "review", "Other texts or lists count as the same: `compare`, `null_equals_empty`."),
    ("precision-changed", "review", "Other numbers or times count as the same: `scale`, `precision`."),
    ("zone-changed", "breaking", "A time without a zone means another instant."),
    ("max-length-lowered", "breaking", "Less fits into a field."),
    ("max-length-raised", "review", "More fits into a field."),
    ("ref-added", "review", "A field refers to records from now on."),
    ("ref-removed", "review", "A field no longer refers to records."),
    ("ref-widened", "review", "A field may refer to records of more models: to those of an ancestor."),
    ("ref-retargeted", "breaking", "A field refers to records of another model."),
    # Renames
    ("rename-done", "safe", "A `renamed_from` that the old version has too: the rename is done."),
    ("rename-unknown", "review", "A new `renamed_from` that names nothing in the old version."),
    # Branches
    ("branch-added", "review", "A new branch is read, compared and written."),
    ("branch-removed", "breaking", "A branch is gone: its records are no longer touched."),
    ("branch-renamed", "safe", "A branch with `renamed_from`: its records stay."),
    ("branch-model-changed", "breaking", "A branch holds records of another model."),
    ("guard-loosened", "review", "A run may touch more records before it is held."),
    ("guard-tightened", "safe", "A run is held at fewer records."),
    ("guard-removed", "review", "A limit is gone: the default takes its place, where there is one."),
    ("guard-changed", "review", "A limit takes the place of another that it cannot be compared with."),
    ("duplicates-changed", "review", "Something else happens to records with the same key."),
    ("granularity-changed", "review", "Handlers get changes by the field, or by the record."),
    # Trees
    ("tree-added", "safe", "A new system; syncs that lead to it are told on their own."),
    ("tree-removed", "breaking", "A system is no longer read or written."),
    ("adapter-changed", "breaking", "A tree is another kind of system."),
    ("tree-branch-added", "review", "A system holds a branch that only others held."),
    ("tree-branch-removed", "breaking", "A system no longer holds a branch that others still hold."),
    ("derived-from-changed", "review", "A branch is made from other branches, or read instead."),
    ("column-changed", "review", "A field is read from another column, and written there."),
    ("row-column-changed", "review", "A `_name` stands for another column, or is new, or gone."),
    ("transform-changed", "review", "A field's value is made by another pipeline."),
    ("constant-changed", "review", "A field has another constant in a system."),
    ("source-changed", "review", "A field's value comes from another kind of source."),
    ("split-changed", "review", "Cells of a set or list are split at something else."),
    ("where-changed", "breaking", "Other rows of a system are records."),
    ("field-omitted", "breaking", "A system no longer holds a field: its values stay there."),
    ("field-held", "review", "A system holds a field that it did not hold."),
    ("sync-policy-widened", "breaking", "A sync writes what belonged to the system."),
    ("sync-policy-narrowed", "review", "A sync leaves to the system what it wrote."),
    ("generate-added", "review", "New records get names where the left side has none."),
    ("generate-removed", "review", "New records get no names any more."),
    ("generate-changed", "review", "New records get other names, or share them with others."),
    ("old-deleted", "breaking", "Old records are deleted that were kept or set aside."),
    ("old-kept", "review", "Old records stay as they are."),
    ("old-set-aside", "review", "Old records get values that say that they are old."),
    ("returns-changed", "review", "Records that return get other values."),
    ("delete-after-sooner", "breaking", "Records that are set aside are deleted, or sooner than before."),
    ("delete-after-later", "safe", "Records that are set aside are deleted later, or never."),
    ("match-added", "review", "New records adopt those that are there without a key."),
    ("match-changed", "review", "Records without a key are known by other fields, or their keys may move."),
    ("match-removed", "breaking", "Records without a key are unreadable: nothing adopts them."),
    ("unreadable-changed", "review", "An unreadable row stops the run, or no longer does."),
    ("place-changed", "breaking", "A branch is in another file or table, or given by another query."),
    ("option-changed", "review", "A system's branch is read or written in another way."),
    # Syncs
    ("sync-added", "safe", "A new sync, which runs when somebody calls it."),
    ("sync-removed", "breaking", "A sync is gone: a job that calls it fails."),
    ("sync-redirected", "breaking", "A sync leads from or to another system."),
    ("sync-branch-added", "review", "A sync takes in a branch that both systems held."),
    ("sync-branch-removed", "breaking", "A sync leaves out a branch that both systems hold."),
)
"""Each kind of change by its id."""
