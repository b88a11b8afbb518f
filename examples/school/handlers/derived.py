"""The derived properties of the models."""

from __future__ import annotations

from typing import final

from dss_runtime import override
from generated.models import Student, StudentDerivationBase


@final
class StudentDerivation(StudentDerivationBase):
    """The derived properties of Student."""

    @override
    def name(self, record: Student, /) -> str:
        """Return the name as reports show it."""
        return f"{record.firstname} {record.lastname}"
