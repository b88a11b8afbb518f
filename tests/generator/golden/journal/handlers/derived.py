"""The derived properties of the models."""

from __future__ import annotations

from typing import final

from dss_runtime import override
from tests.generator.golden.journal.generated.models import Article, ArticleDerivationBase


@final
class ArticleDerivation(ArticleDerivationBase):
    """The derived properties of Article."""

    @override
    def heading(self, record: Article, /) -> str:
        """Return the heading of *record*."""
        return f"{record.title} ({', '.join(sorted(record.tags or ()))})"

    @override
    def long(self, record: Article, /) -> bool:
        """Return the long of *record*."""
        return len(record.title) > 20
