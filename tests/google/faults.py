"""Faults that the stand-in has when it is told to."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

QUOTA = (403, "quotaExceeded", "Quota exceeded for quota metric 'Queries'")
RATE = (403, "userRateLimitExceeded", "User Rate Limit Exceeded")
TOO_MANY = (429, "rateLimitExceeded", "Too many requests")
AWAY = (503, "backendError", "Service unavailable. Please try again")
FORBIDDEN = (403, "forbidden", "Not Authorized to access this resource/api")
INCOMPLETE = (412, "conditionNotMet", "User creation is not complete.")


@dataclass
class Fault:
    """What happens to the next *times* requests whose method is like *method*, and whose text holds *like*.

    They are answered with `error`, or where that is None the connection ends without an answer; `done` ones
    are carried out before that. `skip` lets so many pass first. `batch` is the method of a whole batch.
    """

    method: str
    error: tuple[int, str, str] | None = None
    times: int = 1
    done: bool = False
    like: str = ""
    retry_after: str = ""
    skip: int = 0
    delay: float = 0.0

    def hits(self, method: str, text: str) -> bool:
        """Return whether this request is one of them, and count it."""
        if self.times <= 0 or not fnmatchcase(method, self.method) or self.like not in text:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True
