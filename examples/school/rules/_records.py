"""What the rules need to know of a record; the generated models fit, and so do the data generator's."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol


class StudentLike(Protocol):
    """A student; `guardians` are e-mail addresses, the first guardian's first."""

    @property
    def idnumber(self) -> str: ...
    @property
    def lastname(self) -> str: ...
    @property
    def grade(self) -> int: ...
    @property
    def guardians(self) -> Collection[str]: ...


class StaffLike(Protocol):
    """A member of staff; only those whose position is "teacher" are in the teachers' cohorts."""

    @property
    def idnumber(self) -> str: ...
    @property
    def schools(self) -> Collection[str]: ...
    @property
    def position(self) -> str: ...


class CourseLike(Protocol):
    """A course; `codes` are all the numbers that the schedule may call it by."""

    @property
    def idnumber(self) -> str: ...
    @property
    def codes(self) -> Collection[str]: ...


class LineLike(Protocol):
    """A line of the schedule: one student in one section; `teacher` reads "Last, First"."""

    @property
    def course(self) -> str: ...
    @property
    def section(self) -> int: ...
    @property
    def student(self) -> str: ...
    @property
    def teacher(self) -> str: ...
    @property
    def teacher_id(self) -> str: ...
