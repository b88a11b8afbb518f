"""This term, last term, and what happened between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random

from ..rules import family_id
from ._courses import catalogue, schedule
from ._people import arts, predecessor, staff, students
from ._pools import last_names, staff_last_names
from ._records import Course, Staff, Student, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The numbers of the people and courses to whom each thing happened; no student is in two of these."""

    joined: tuple[str, ...]
    left: tuple[str, ...]
    left_before: tuple[str, ...]
    returned: tuple[str, ...]
    changed_room: tuple[str, ...]
    changed_grade: tuple[str, ...]
    renamed: tuple[str, ...]
    changed_course: tuple[str, ...]
    families_changed: tuple[str, ...]
    staff_joined: tuple[str, ...]
    staff_left: tuple[str, ...]
    staff_renamed: tuple[str, ...]
    staff_second_school: tuple[str, ...]
    staff_two_schools: tuple[str, ...]
    courses_renamed: tuple[str, ...]
    courses_new: tuple[str, ...]
    courses_retired: tuple[str, ...]
    ordinary: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Both terms. `left` and `staff_left` are in the old one only; `former` had left before either."""

    now: Term
    last: Term
    left: tuple[Student, ...]
    staff_left: tuple[Staff, ...]
    former: Term
    changes: Changes


def terms(count: int, seed: int) -> Terms:
    """Return two terms of a school with *count* students in this one.

    Below 20 students nothing happens between the terms, as every share of so few would be a large one.
    """
    random = Random(seed)
    leaving, left_before = _share(count, 4), _share(count, 2)
    pool = students(random, count + leaving + left_before)
    drawn = _Draw(random, pool)
    left, gone = drawn.take(leaving), drawn.take(left_before)
    joined, returned = drawn.take(_share(count, 5)), drawn.take(_share(count, 1))
    rooms, grades = drawn.take(_share(count, 4)), drawn.take(_share(count, 1))
    renamed, courses = drawn.take(_share(count, 1)), drawn.take(3 * _share(count, 2))
    families = tuple(sorted({family_id(each) for each in drawn.take(_share(count, 2), with_guardians=True)}))

    absent, expected, robotics = {*left, *gone}, {*joined[::2]}, {*courses[1::3]}
    now_students = tuple(
        _this_term(each, preregistered=each.idnumber in expected, robotics=each.idnumber in robotics)
        for each in pool
        if each.idnumber not in absent
    )
    before = _last_term(random, pool, rooms, grades, renamed, courses, families)
    then = {each.idnumber: each for each in before}
    absent = {*joined, *returned, *gone}
    last_students = tuple(each for each in then.values() if each.idnumber not in absent)

    now_staff = staff(random, pool)
    last_staff, staff_changes = _staff_last_term(random, now_staff, changing=count >= 20)
    now = _term(now_students, now_staff)
    last = _term(last_students, last_staff)
    last, courses_renamed = _old_course_names(last, changing=count >= 20)
    former = _term((then[each] for each in (*gone, *returned)), last_staff)
    numbers, old_numbers = {each.idnumber for each in now.courses}, {each.idnumber for each in last.courses}
    return Terms(
        now=now,
        last=last,
        left=tuple(then[each] for each in left),
        staff_left=tuple(each for each in last_staff if each.idnumber in staff_changes["left"]),
        former=former,
        changes=Changes(
            joined=joined,
            left=left,
            left_before=gone,
            returned=returned,
            changed_room=rooms,
            changed_grade=grades,
            renamed=renamed,
            changed_course=courses,
            families_changed=families,
            staff_joined=staff_changes["joined"],
            staff_left=staff_changes["left"],
            staff_renamed=staff_changes["renamed"],
            staff_second_school=staff_changes["second_school"],
            staff_two_schools=tuple(each.idnumber for each in now_staff if len(each.schools) > 1),
            courses_renamed=courses_renamed,
            courses_new=tuple(sorted(numbers - old_numbers)),
            courses_retired=tuple(sorted(old_numbers - numbers)),
            ordinary=drawn.rest(),
        ),
    )


class _Draw:
    """Draws students without putting them back."""

    def __init__(self, random: Random, pool: tuple[Student, ...]) -> None:
        self._order = list(pool)
        random.shuffle(self._order)

    def take(self, count: int, *, with_guardians: bool = False) -> tuple[str, ...]:
        able = [each for each in self._order if each.guardians or not with_guardians][:count]
        taken = {each.idnumber for each in able}
        self._order = [each for each in self._order if each.idnumber not in taken]
        return tuple(sorted(taken))

    def rest(self) -> tuple[str, ...]:
        return tuple(sorted(each.idnumber for each in self._order))


def _share(count: int, per_cent: int) -> int:
    return max(1, count * per_cent // 100) if count >= 20 else 0


def _term(everyone: Iterable[Student], people: tuple[Staff, ...]) -> Term:
    present = tuple(everyone)
    return Term(students=present, staff=people, courses=catalogue(present), lines=schedule(present, people))


def _this_term(student: Student, *, preregistered: bool, robotics: bool) -> Student:
    """Return *student* as of now; robotics is new this term."""
    return replace(student, status=-1 if preregistered else 0, art="ROB" if robotics else student.art)


def _last_term(
    random: Random,
    pool: tuple[Student, ...],
    rooms: tuple[str, ...],
    grades: tuple[str, ...],
    renamed: tuple[str, ...],
    courses: tuple[str, ...],
    families: tuple[str, ...],
) -> Iterable[Student]:
    in_rooms, in_grades, in_renamed, in_families = {*rooms}, {*grades}, {*renamed}, {*families}
    latin, other_art = {*courses[0::3]}, {*courses[2::3]}
    for student in pool:
        number = student.idnumber
        # Moodle has had every address in lower case; that alone must never count as a change.
        then = replace(student, guardians=tuple(each.lower() for each in student.guardians))
        if family_id(number) in in_families:
            # Of two guardians the second is new this term; a single one has a new address.
            old = (f"old.{then.guardians[0]}",) if len(then.guardians) == 1 else then.guardians[:1]
            then = replace(then, guardians=old)
        if number in in_rooms:
            then = replace(then, room=1 if then.room == 0 else 0)
        if number in in_grades:
            then = replace(then, grade=then.grade - 1 if then.grade else 1)
        if number in in_renamed:
            names = [each for each in last_names if each != then.lastname]
            then = replace(then, lastname=random.choice(names))
        if number in latin:
            then = replace(then, art="LAT")  # taught for the last time
        if number in other_art:
            then = replace(then, art=arts[arts.index(then.art) - 1])
        yield then


def _staff_last_term(
    random: Random, people: tuple[Staff, ...], *, changing: bool
) -> tuple[tuple[Staff, ...], Mapping[str, tuple[str, ...]]]:
    then = [replace(each, email=each.email.lower() if each.email else None) for each in people]
    happened: dict[str, list[str]] = {"joined": [], "left": [], "renamed": [], "second_school": []}
    if changing:
        teachers = [index for index, each in enumerate(people) if each.subject and len(each.schools) == 1]
        leaving = max(1, len(teachers) * 3 // 100)
        picked = random.sample(teachers, leaving + 1)
        for count, index in enumerate(picked[:leaving], start=1):
            happened["joined"].append(then[index].idnumber)
            then[index] = predecessor(random, len(people) + count, then[index])
            happened["left"].append(then[index].idnumber)
        married = picked[-1]
        names = [each for each in staff_last_names if each != then[married].lastname]
        then[married] = replace(then[married], lastname=random.choice(names))
        happened["renamed"].append(then[married].idnumber)
    for index, each in enumerate(then):
        if changing and each.subject == "PED" and len(each.schools) > 1:
            then[index] = replace(each, schools=each.teaches)
            happened["second_school"].append(each.idnumber)
    return tuple(then), {what: tuple(sorted(numbers)) for what, numbers in happened.items()}


def _old_course_names(term: Term, *, changing: bool) -> tuple[Term, tuple[str, ...]]:
    """Return *term* with two courses under the names they had before."""
    old = {"SCI07": "Science 7", "SCI08": "Science 8"} if changing else {}

    def before(each: Course) -> Course:
        return replace(each, fullname=old.get(each.idnumber, each.fullname))

    return replace(term, courses=tuple(before(each) for each in term.courses)), tuple(old)
