"""Names that must differ, case and accents aside: which are taken, and which one is the next that is free."""

from __future__ import annotations

from collections.abc import Iterable

from dss_runtime.types._fold import fold_accents, fold_case

_MOST_DIGITS = 9


def folded(name: str) -> str:
    """Return what is left of *name* when case, accents and outer white space do not count."""
    return fold_accents(fold_case(name)).strip()


class NameSpace:
    """Names of which no two may be the same; most systems tell Elena from elena no better than from Eléna.

    A name that somebody holds is taken. One that is only announced may still be given to the record that it
    was announced for, and is not offered to others.
    """

    def __init__(self) -> None:
        self._holders: dict[str, str] = {}
        self._announced: set[str] = set()
        self._next: dict[tuple[str, str, int], int] = {}

    def take(self, names: Iterable[str], holder: str) -> None:
        """Let *holder* have *names*; those that are taken stay with whom they are."""
        for name in names:
            self._holders.setdefault(folded(name), holder)

    def announce(self, names: Iterable[str]) -> None:
        """Keep *names* from being offered."""
        self._announced.update(map(folded, names))

    def holder(self, name: str) -> str | None:
        """Return who has *name*, None where nobody does."""
        return self._holders.get(folded(name))

    def give(self, wanted: Iterable[str], limit: int | None, holder: str) -> str | None:
        """Let *holder* have the first of *wanted* that is free, or else the last of them counted up.

        It has at most *limit* characters and is cut where it would have more, before the number and an `@`.
        Returns None where no name is free that fits.
        """
        each = ""
        for each in wanted:
            local, domain = _parts(each)
            if limit is not None and len(each) > limit:
                local = _cut(local, limit - len(domain))
            if local and self._got(local + domain, holder):
                return local + domain
        return self._counted_up(each, limit, holder)

    def _counted_up(self, wanted: str, limit: int | None, holder: str) -> str | None:
        """Let *holder* have *wanted* with the least number from 2 that makes it free.

        Where to go on is remembered by what stands before the number, so that many of one name, or of names
        that are cut to one, take no longer than as many others.
        """
        local, domain = _parts(wanted)
        stem, form, ending = "", "", folded(domain)
        for digits in range(1, _MOST_DIGITS + 1):
            room = len(local) if limit is None else limit - len(domain) - 1 - digits
            if stem != (stem := _cut(local, room)):
                form = folded(stem)
            if not stem:
                return None
            place, end = (form, ending, digits), 10**digits
            for number in range(self._next.get(place, max(2, end // 10)), end):
                name = f"{stem}.{number}{domain}"
                if self._got(name, holder):
                    self._next[place] = number + 1
                    return name
            self._next[place] = end
        return None

    def _got(self, name: str, holder: str) -> bool:
        """Let *holder* have *name* if it is free, and return whether it is."""
        form = folded(name)
        if form in self._holders or form in self._announced:
            return False
        self._holders[form] = holder
        return True


def _parts(name: str) -> tuple[str, str]:
    """Return what may be cut and counted up of *name*, and what stays at its end, as an address's domain."""
    local, at, domain = name.partition("@")
    return (local, at + domain) if local else (name, "")


def _cut(text: str, room: int) -> str:
    """Return at most *room* characters of *text*, which then ends neither in a dot nor in a space."""
    return text[: max(room, 0)].rstrip(" .")
