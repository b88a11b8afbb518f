"""What a column's name tells of its values: tables of words, each with what they are taken for.

A name is a guess, so each of these errs to the careful side: a secret is left out, what may be personal is
masked or kept out of comments, and a number that people dial or write on envelopes stays text.
"""

from __future__ import annotations

from itertools import pairwise

from .words import words

_SECRET = frozenset(
    "password passwd passwort pwd pw pwhash passphrase secret token apikey salt credential".split()
)
_SECRET_PAIRS = frozenset({("api", "key"), ("private", "key"), ("access", "key"), ("pass", "word")})

_SENSITIVE = frozenset(
    """dob birth birthdate birthday birthdays dateofbirth ssn sin nin passport iban religion ethnicity
    ethnicities race races disability disabilities medical health diagnosis allergy allergies salary
    income nationalid iep""".split()
)
_SENSITIVE_PAIRS = frozenset(
    {("national", "id"), ("social", "security"), ("tax", "id"), ("tax", "number"), ("bank", "account")}
)

_PERSONAL = frozenset(
    """name names firstname lastname middlename surname forename givenname familyname fullname lastfirst
    nickname username login email emails mail phone phones mobile fax sms address street city town
    mother father parent parents guardian guardians contact contacts pronouns gender sex nationality
    first last middle given family maiden fname lname vorname nachname prenom nom apellido initials
    person people teacher teachers student students pupil staff user users member author owner manager
    counselor coach employee customer client patient relative spouse partner by note notes comment comments
    remark remarks description""".split()
)

_WRITTEN_DIGITS = frozenset(
    """phone phones telephone tel mobile cell fax sms zip zipcode postcode postal plz ssn iban isbn issn
    barcode""".split()
)

_TELLING = frozenset("id ids idnumber number num no nr code key uuid guid sku isbn".split())


def is_secret(label: str) -> bool:
    """Return whether a column called *label* seems to hold passwords, hashes of them, or tokens."""
    return _has(label, _SECRET, _SECRET_PAIRS)


def is_sensitive(label: str) -> bool:
    """Return whether its values should be masked: dates of birth, national ids, health and the like."""
    return _has(label, _SENSITIVE, _SENSITIVE_PAIRS)


def is_personal(label: str) -> bool:
    """Return whether its values may tell who somebody is, so that none of them is written down."""
    return is_sensitive(label) or _has(label, _PERSONAL)


def is_written_digits(label: str) -> bool:
    """Return whether its digits are no number: phones, postcodes."""
    return _has(label, _WRITTEN_DIGITS)


def is_telling(label: str) -> bool:
    """Return whether its name says that it tells records apart: `Student_Number`, `sourcedId`, `userid`."""
    found = words(label)
    return bool(found) and (found[-1] in _TELLING or found[-1].endswith("id") or found[0] in ("id", "uuid"))


def _has(label: str, single: frozenset[str], pairs: frozenset[tuple[str, str]] = frozenset()) -> bool:
    found = words(label)
    joined = "".join(found)
    return not single.isdisjoint(found) or joined in single or not pairs.isdisjoint(pairwise(found))
