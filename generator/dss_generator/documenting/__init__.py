"""The data dictionary: what a schema says, for people, as Markdown with diagrams, and as JSON."""

from __future__ import annotations

from .describing import describe
from .drawing import DrawingError, draw
from .exporting import json_text
from .writing import Documented, check, document

__all__ = ["Documented", "DrawingError", "check", "describe", "document", "draw", "json_text"]
