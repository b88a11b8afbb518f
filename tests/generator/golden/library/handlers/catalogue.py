"""What is special about Catalogue."""

from __future__ import annotations

from collections.abc import Iterable as _Iterable
from datetime import date
from typing import final

from dss_runtime import override
from tests.generator.golden.library.generated.importers import CatalogueImporterBase
from tests.generator.golden.library.generated.models import Book, Librarian, Loan, Reader


@final
class CatalogueImporter(CatalogueImporterBase):
    """Reads Catalogue."""

    @override
    def load_librarians(self) -> _Iterable[Librarian]:
        """Return the records of librarians as the system has them."""
        return [Librarian(card=1, name="Ada", desk="front")]

    @override
    def load_readers(self) -> _Iterable[Reader]:
        """Return the records of readers as the system has them."""
        return [Reader(card=2, name="Ben", guarantor=1), Reader(card=3, name="Cleo", guarantor=2)]

    @override
    def load_books(self) -> _Iterable[Book]:
        """Return the records of books as the system has them."""
        return [Book(signature="A 1", title="Persuasion"), Book(signature="B 2", title="Emma")]

    @override
    def derived_loans(self) -> _Iterable[Loan]:
        """Return the records of loans, from books, readers of `self.tree`."""
        for book, reader in zip(self.tree.books.values(), self.tree.readers.values(), strict=True):
            yield Loan(book=book.signature, reader=reader.card, day=date(2026, 9, book.title.count("m") + 1))
