"""Folds of text: what is left when case, or accents, do not count."""

from __future__ import annotations

from unicodedata import combining, normalize

# Letters and marks that no Unicode decomposition takes to ASCII, though every office does.
_ASCII_FORMS = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ł": "l", "Ł": "L",
        "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "Ŋ": "N", "ŧ": "t", "Ŧ": "T", "ə": "e", "Ə": "E", "ĸ": "k",
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʻ": "'", "ʼ": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
        "‐": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "⁄": "/", "·": ".",
    }
)  # fmt: skip


def fold_case(text: str) -> str:
    """Return *text* without differences of case and of compatibility forms; folding twice changes nothing.

    This is the compatibility caseless match of the Unicode Standard, 3.13, definition D146, composed again.
    """
    if text.isascii():
        return text.lower()
    once = normalize("NFKD", normalize("NFD", text).casefold())
    return normalize("NFKC", normalize("NFKD", once.casefold()))


def fold_accents(text: str) -> str:
    """Return *text* with Latin letters and common punctuation in ASCII; folding twice changes nothing.

    Marks are dropped only after what is ASCII: elsewhere they tell letters apart, as in Cyrillic or Japanese.
    Text in other scripts stays as it is, so that two names never become one for lack of ASCII letters.
    """
    if text.isascii():
        return text
    kept: list[str] = []
    after_ascii = False
    for character in normalize("NFKD", text).translate(_ASCII_FORMS):
        if combining(character) == 0:
            after_ascii = character.isascii()
        elif after_ascii:
            continue
        kept.append(character)
    return normalize("NFKC", "".join(kept))
