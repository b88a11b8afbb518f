"""One package for each kind of system; they never import each other."""

from __future__ import annotations
