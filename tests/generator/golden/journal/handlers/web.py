"""What is special about Web."""

from __future__ import annotations

from collections.abc import Iterable as _Iterable
from typing import final

from dss_runtime import Outcome, override
from tests.generator.golden.journal.generated import actions
from tests.generator.golden.journal.generated.importers import WebImporterBase
from tests.generator.golden.journal.generated.models import Article
from tests.generator.golden.journal.generated.templates import WebTemplateBase

PAGES: dict[str, Article] = {}
"""The web site."""


@final
class WebImporter(WebImporterBase):
    """Reads Web."""

    @override
    def load_articles(self) -> _Iterable[Article]:
        """Return the records of articles as the system has them."""
        return PAGES.values()


@final
class WebTemplate(WebTemplateBase):
    """Carries out differences on Web."""

    @override
    def new_articles(self, action: actions.NewArticles, /) -> Outcome:
        """Create a record that only the left side has: `action.left`."""
        PAGES[action.left.slug] = action.left
        return Outcome.applied("published")

    @override
    def old_articles(self, action: actions.OldArticles, /) -> Outcome:
        """Deal with a record that the left side no longer has: `action.right`."""
        del PAGES[action.right.slug]
        return Outcome.applied()

    @override
    def changed_articles(self, change: actions.ChangedArticles, /) -> Outcome:
        """Carry out all changes of one record: `change.changes`."""
        PAGES[change.left.slug] = change.left
        return Outcome.applied(", ".join(change.attributes))
