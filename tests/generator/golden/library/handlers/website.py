"""What is special about Website."""

from __future__ import annotations

from collections.abc import Iterable as _Iterable
from dataclasses import replace
from datetime import date
from typing import final

from dss_runtime import Outcome, override
from tests.generator.golden.library.generated import actions
from tests.generator.golden.library.generated.importers import WebsiteImporterBase
from tests.generator.golden.library.generated.models import Book, Loan, Reader
from tests.generator.golden.library.generated.templates import WebsiteTemplateBase

READERS: dict[int, Reader] = {}
BOOKS: dict[str, Book] = {"C 3": Book(signature="C 3", title="Sanditon")}
LOANS: dict[tuple[str, int, date], Loan] = {}


@final
class WebsiteImporter(WebsiteImporterBase):
    """Reads Website."""

    @override
    def load_readers(self) -> _Iterable[Reader]:
        """Return the records of readers as the system has them."""
        return READERS.values()

    @override
    def load_books(self) -> _Iterable[Book]:
        """Return the records of books as the system has them."""
        return BOOKS.values()

    @override
    def load_loans(self) -> _Iterable[Loan]:
        """Return the records of loans as the system has them."""
        return LOANS.values()


@final
class WebsiteTemplate(WebsiteTemplateBase):
    """Carries out differences on Website."""

    @override
    def new_readers(self, action: actions.NewReaders, /) -> Outcome:
        """Create a record that only the left side has: `action.left`."""
        READERS[action.left.card] = replace(action.left, guarantor=None)
        return Outcome.applied()

    @override
    def old_readers(self, action: actions.OldReaders, /) -> Outcome:
        """Deal with a record that the left side no longer has: `action.right`."""
        del READERS[action.right.card]
        return Outcome.applied()

    @override
    def changed_readers_name(self, action: actions.ChangedReadersName, /, *, new: str, old: str) -> Outcome:
        """Carry out a changed value."""
        READERS[action.left.card] = replace(READERS[action.left.card], name=new)
        return Outcome.applied(f"was {old}")

    @override
    def new_books(self, action: actions.NewBooks, /) -> Outcome:
        """Create a record that only the left side has: `action.left`."""
        BOOKS[action.left.signature] = action.left
        return Outcome.applied()

    @override
    def old_books(self, action: actions.OldBooks, /) -> Outcome:
        """Deal with a record that the left side no longer has: `action.right`."""
        del BOOKS[action.right.signature]
        return Outcome.applied()

    @override
    def changed_books_title(self, action: actions.ChangedBooksTitle, /, *, new: str, old: str) -> Outcome:
        """Carry out a changed value."""
        BOOKS[action.left.signature] = replace(action.left, title=new)
        return Outcome.applied(f"was {old}")

    @override
    def new_loans(self, action: actions.NewLoans, /) -> Outcome:
        """Create a record that only the left side has: `action.left`."""
        LOANS[action.left.book, action.left.reader, action.left.day] = action.left
        return Outcome.applied()

    @override
    def changed_loans_returned(self, action: actions.ChangedLoansReturned, /, *, new: bool, old: bool) -> Outcome:
        """Carry out a changed value."""
        LOANS[action.left.book, action.left.reader, action.left.day] = replace(action.left, returned=new)
        return Outcome.applied(f"was {old}")
