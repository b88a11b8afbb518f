"""Names as logins."""

from __future__ import annotations

import re
import unicodedata

_letters = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"}
)
"""Letters that carry no accent which Unicode could take off."""


def fold(text: str) -> str:
    """Return *text* in the characters `[-.@_a-z0-9]`, the only ones that Moodle allows in a username.

    >>> fold("Łucja-Zoë O'Brien")
    'lucja-zoeobrien'
    """
    bare = unicodedata.normalize("NFKD", text.lower().translate(_letters))
    return re.sub(r"[^-.@_a-z0-9]", "", bare)


def username(firstname: str, lastname: str, idnumber: str) -> str:
    """Return the login of a student or a member of staff.

    It ends in the person's number. So two names that fold to one still differ, no login depends on who else
    is in the export tonight, and none that Moodle keeps for someone who left goes to someone who comes.

    >>> username("Elána", "Ng", "00423"), username("Elana", "Ng", "00424")
    ('elana.ng.00423', 'elana.ng.00424')
    """
    parts = (fold(firstname), fold(lastname))
    name = ".".join(part for part in parts if part)[:80]  # Moodle's column holds 100
    return f"{name}.{fold(idnumber)}" if name else fold(idnumber)
