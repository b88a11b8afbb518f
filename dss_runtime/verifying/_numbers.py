"""What systems do to numbers: functions that say whether such a habit explains a difference."""

from __future__ import annotations

import math
import struct
from decimal import (
    MAX_EMAX,
    MAX_PREC,
    MIN_EMIN,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
)
from functools import partial

from dss_runtime.verifying._seen import Detail, Explains, Seen

_WIDE = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def keeps_digits(*modes: str) -> Explains:
    """Explain a number by the digits after the point that were found, rounded in one of *modes*."""

    def explains(seen: Seen) -> Detail:
        if not _finite(seen):
            return None
        scale = max((_places(each) for each in seen.members(seen.found)), default=0)
        return (
            scale if any(seen.becomes(partial(_rounded, scale=scale, mode=mode)) for mode in modes) else None
        )

    return explains


rounds = keeps_digits(ROUND_HALF_EVEN)
cuts_digits = keeps_digits(ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP)


def floats(seen: Seen) -> Detail:
    """Numbers are held in binary, of double or single precision."""
    if not _finite(seen):
        return None
    return "" if any(map(seen.becomes, (_double, _single))) else None


def _finite(seen: Seen) -> bool:
    return seen.both(Decimal, float) and all(
        math.isfinite(each) for value in (seen.wanted, seen.found) for each in seen.members(value)
    )


def _exact(number: Decimal | float) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(repr(number))


def _like(number: Decimal | float, made: Decimal) -> Decimal | float:
    return made if isinstance(number, Decimal) else float(made)


def _places(number: Decimal | float) -> int:
    exponent = _WIDE.normalize(_exact(number)).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _rounded(number: Decimal | float, scale: int, mode: str) -> Decimal | float:
    return _like(number, _exact(number).quantize(Decimal((0, (1,), -scale)), mode, _WIDE))


def _double(number: Decimal | float) -> Decimal | float:
    held = float(number)
    return _like(number, Decimal(repr(held))) if math.isfinite(held) else number


def _single(number: Decimal | float) -> Decimal | float:
    try:
        (held,) = struct.unpack("f", struct.pack("f", float(number)))
    except OverflowError:
        return number
    return _like(number, Decimal(repr(held)))
