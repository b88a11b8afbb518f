"""How fast 60,000 actions are written to a database, by the product and by hand."""

from __future__ import annotations

SIZE = 100_000
"""How many records the table has: of the heavy mixture, 10,000 are new, 40,000 changed and 10,000 old."""
DATABASES = ("sqlite", "postgresql")
WRITERS = ("product", "hand")
