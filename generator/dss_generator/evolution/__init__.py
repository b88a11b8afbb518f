"""Two versions of a schema compared: what changed, and what that does to the next sync.

`compare` is pure: two `Version`s in, a tuple of frozen `Change`s out. Where versions come from (`against`:
git, folders, locks) and which changes a project lets pass (`switches`) are apart from it.
"""

from __future__ import annotations

from .against import current, read_against
from .change import Change, Impact
from .change_rules import RULES, ChangeRule
from .compare import compare
from .lock import lock_text, write_lock
from .switches import Class, Judged, Judgement, Switch, classes, judge
from .version import Version

__all__ = [
    "RULES",
    "Change",
    "ChangeRule",
    "Class",
    "Impact",
    "Judged",
    "Judgement",
    "Switch",
    "Version",
    "classes",
    "compare",
    "current",
    "judge",
    "lock_text",
    "read_against",
    "write_lock",
]
