from __future__ import annotations

from tests.extensions.packages import site

__all__ = ["site"]
