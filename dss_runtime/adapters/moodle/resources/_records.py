"""Categories, courses, cohorts and groups: records with an idnumber of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dss_runtime import override
from dss_runtime.adapters.moodle._encoding import Value
from dss_runtime.adapters.moodle.resources._base import Cells, Resource, Row, together, waiting, warned

if TYPE_CHECKING:
    from dss_runtime.adapters.moodle._moodle import Moodle


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A column that holds the idnumber of another record, where Moodle has its id in `parameter`."""

    resource: str
    parameter: str
    table: str
    column: str


@dataclass(frozen=True, kw_only=True)
class Records(Resource):
    """Records of one table, with the functions that write them.

    `lengths` are those of the database's columns. `warns` says that changes are made one by one, with a
    warning for each that is refused; otherwise they are all or nothing. `constants` are what a call to create
    one needs beside the columns; where a change has to be `complete`, it needs them too, and all `required`
    columns. What is `fixed` stays as it was created.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    lengths: Mapping[str, int]
    create_function: str
    change_function: str
    remove_function: str
    remove_parameter: str
    warns: bool = False
    where: str = ""
    refs: Mapping[str, Ref] = field(default_factory=dict[str, Ref])
    constants: Mapping[str, Value] = field(default_factory=dict[str, Value])
    complete: bool = False
    fixed: tuple[str, ...] = ()
    keys: tuple[str, ...] = ("idnumber",)

    @override
    def query(self, moodle: Moodle) -> tuple[str, Mapping[str, object]]:
        prefix = moodle.settings.prefix
        parts, joins = list[str](), ""
        for column in self.columns:
            ref = self.refs.get(column)
            parts.append("above.idnumber" if ref else f"record.{column}")
            if ref:  # no table has two
                joins += f" LEFT JOIN {prefix}{ref.table} above ON above.id = record.{ref.column}"
        where = f" WHERE {self.where}" if self.where else ""
        return f"SELECT {', '.join(parts)} FROM {prefix}{self.table} record{joins}{where}", {}

    @override
    def read(self, moodle: Moodle) -> Iterator[Cells]:
        for found in _LISTS[self.name](moodle):
            yield {column: found.get(column, "") for column in self.columns}

    @override
    def create(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        known = moodle.ids(self.name, [row.key["idnumber"] for row in rows])
        for row in rows:
            if row.key["idnumber"] in known:
                row.fail("there is one with this idnumber already")
        self._item(moodle, rows)
        for row in waiting(rows):
            row.item = {**self.constants, **row.item}

        def call(batch: Sequence[Row]) -> None:
            items = [row.item for row in batch]
            made = moodle.client.write(self.create_function, **{self.name: items})
            moodle.check_made(self.name, batch, made)

        together(moodle, rows, call)

    @override
    def change(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        for row in waiting(rows):
            for column in self.fixed:
                if column in row.values:
                    row.fail(f"{column}: Moodle cannot change it; remove the record and create it anew")
        self._find(moodle, rows)
        self._complete(moodle, waiting(rows))
        self._item(moodle, rows)
        for row in waiting(rows):
            row.item = {"id": moodle.id(self.name, row.key["idnumber"]), **row.item}
            if self.complete:
                row.item |= self.constants

        def call(batch: Sequence[Row]) -> None:
            items = [row.item for row in batch]
            answer = moodle.client.write(self.change_function, **{self.name: items})
            fail_warned(batch, answer)

        together(moodle, rows, call)

    @override
    def remove(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        self._find(moodle, rows)
        for row in waiting(rows):
            row.item = {"id": moodle.id(self.name, row.key["idnumber"])}

        def call(batch: Sequence[Row]) -> None:
            ids: list[Value] = [row.item["id"] for row in batch]
            if self.name == "categories":
                ids = [{"id": each, "recursive": 0} for each in ids]
            answer = moodle.client.write(self.remove_function, **{self.remove_parameter: ids})
            fail_warned(batch, answer)

        together(moodle, rows, call)
        moodle.forget(self.name, [row.key["idnumber"] for row in rows])

    @override
    def refusal(self, values: Mapping[str, Value], *, new: bool) -> str:
        return text_refusal(values, self.required, self.lengths, new=new)

    def _complete(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        """Add to changes what Moodle needs of every one, as it is now."""
        lacking = [row for row in rows if not row.values.keys() >= set(self.required)]
        if not self.complete or not lacking:
            return
        held = {each["idnumber"]: each for each in _LISTS[self.name](moodle)}
        for row in lacking:
            now = held[row.key["idnumber"]]
            row.values = {**{column: now[column] for column in self.required}, **row.values}

    def _find(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        moodle.find(self.name, [(row, row.key["idnumber"]) for row in rows])

    def _item(self, moodle: Moodle, rows: Sequence[Row]) -> None:
        """Say what a call needs of each row: ids in the place of the idnumbers that it refers to."""
        for column, ref in self.refs.items():
            moodle.find(
                ref.resource, [(row, str(row.values[column])) for row in rows if row.values.get(column)]
            )
        for row in waiting(rows):
            row.item = {}
            for column, value in row.values.items():
                of = self.refs.get(column)
                if of is None:
                    row.item[column] = value
                elif value:
                    row.item[of.parameter] = moodle.id(of.resource, str(value))
                else:
                    row.item[of.parameter] = 0


def fail_warned(batch: Sequence[Row], answer: Any) -> None:
    """Note the rows that Moodle has warned of, by their ids: those it has not changed."""
    by_id = {row.item["id"]: row for row in batch}
    for warning in warned(answer):
        row = by_id.get(int(warning.get("itemid", 0)))
        if row is not None:
            row.fail(f"Moodle says: {warning.get('message')} ({warning.get('warningcode')})")


def text_refusal(
    values: Mapping[str, Value], required: Sequence[str], lengths: Mapping[str, int], *, new: bool
) -> str:
    """Return why Moodle would not take texts: it refuses tags, and says so only while debugging."""
    for column in required:
        if (new or column in values) and not str(values.get(column, "")).strip():
            return f"{column} is empty, and Moodle needs it"
    for column, value in values.items():
        text = str(value)
        if column in lengths and len(text) > lengths[column]:
            return f"{column} has {len(text)} characters, and Moodle keeps {lengths[column]}"
        if column in lengths and ("<" in text or ">" in text):
            return f"{column} holds < or >, which Moodle takes for tags"
    return ""


def _categories(moodle: Moodle) -> Iterator[Cells]:
    found = moodle.categories()
    by_id = {each["id"]: each for each in found}
    for each in found:
        above = by_id.get(each.get("parent"), {})
        yield {**each, "parent": above.get("idnumber") or ""}


def _courses(moodle: Moodle) -> Iterator[Cells]:
    above = {each["id"]: each.get("idnumber") or "" for each in moodle.categories()}
    for each in moodle.courses():
        yield {**each, "category": above.get(each.get("categoryid"), "")}


def _cohorts(moodle: Moodle) -> Iterator[Cells]:
    yield from moodle.listed("core_cohort_get_cohorts")


def _groups(moodle: Moodle) -> Iterator[Cells]:
    for course in moodle.courses():
        for each in moodle.listed("core_group_get_course_groups", courseid=course["id"]):
            yield {**each, "course": course.get("idnumber") or ""}


_LISTS = {"categories": _categories, "courses": _courses, "cohorts": _cohorts, "groups": _groups}

CATEGORIES = Records(
    name="categories",
    table="course_categories",
    columns=("idnumber", "name", "parent"),
    required=("idnumber", "name"),
    lengths={"idnumber": 100, "name": 255},
    refs={
        "parent": Ref(resource="categories", parameter="parent", table="course_categories", column="parent")
    },
    create_function="core_course_create_categories",
    change_function="core_course_update_categories",
    remove_function="core_course_delete_categories",
    remove_parameter="categories",
)
COURSES = Records(
    name="courses",
    table="course",
    columns=(
        "idnumber",
        "shortname",
        "fullname",
        "category",
        "summary",
        "format",
        "visible",
        "startdate",
        "enddate",
    ),
    required=("idnumber", "shortname", "fullname", "category"),
    lengths={"idnumber": 100, "shortname": 255, "fullname": 254, "format": 21},
    where="record.category <> 0",  # the front page is a course too
    refs={
        "category": Ref(
            resource="categories", parameter="categoryid", table="course_categories", column="category"
        )
    },
    warns=True,
    create_function="core_course_create_courses",
    change_function="core_course_update_courses",
    remove_function="core_course_delete_courses",
    remove_parameter="courseids",
)
COHORTS = Records(
    name="cohorts",
    table="cohort",
    columns=("idnumber", "name", "visible"),
    required=("idnumber", "name"),
    lengths={"idnumber": 100, "name": 254},
    create_function="core_cohort_create_cohorts",
    change_function="core_cohort_update_cohorts",
    complete=True,
    remove_function="core_cohort_delete_cohorts",
    remove_parameter="cohortids",
    constants={"categorytype": {"type": "system", "value": ""}},
)
GROUPS = Records(
    name="groups",
    table="groups",
    columns=("idnumber", "name", "course"),
    required=("idnumber", "name"),
    fixed=("course",),
    lengths={"idnumber": 100, "name": 254},
    refs={"course": Ref(resource="courses", parameter="courseid", table="course", column="courseid")},
    create_function="core_group_create_groups",
    change_function="core_group_update_groups",
    remove_function="core_group_delete_groups",
    remove_parameter="groupids",
    constants={"description": ""},
)
