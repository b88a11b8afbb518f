"""Sending messages, all at once, and none for longer than it may take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dss_runtime.cli._json import Json
from dss_runtime.cli._user_code import described
from dss_runtime.cli.telling._message import Message
from dss_runtime.cli.telling._services import Service, UndeliveredError


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way: by which service, how the settings name it, and how long that may take."""

    service: Service
    name: str
    timeout: float
    message: Message
    payload: Mapping[str, Json]


def deliver(letters: Sequence[Letter], clock: Callable[[], float] = time.monotonic) -> dict[str, str]:
    """Send *letters*, and return why each was not delivered, by its name; "" for one that was.

    A service that does not answer in time is left behind: its thread ends with the process.
    """
    answers: dict[str, str] = {}

    def send(letter: Letter) -> None:
        try:
            letter.service.send(letter.message, letter.payload)
        except UndeliveredError as error:
            answers[letter.name] = str(error)
        except Exception as error:  # noqa: BLE001 - whatever a service's library raises, the run has ended as it did
            answers[letter.name] = described(error)
        else:
            answers[letter.name] = ""

    begun = clock()
    threads = [threading.Thread(target=send, args=(letter,), daemon=True) for letter in letters]
    for thread in threads:
        thread.start()
    for letter, thread in zip(letters, threads, strict=True):
        thread.join(max(0.0, begun + letter.timeout - clock()))
    return {
        letter.name: answers.get(letter.name, f"no answer within {letter.timeout:g} s") for letter in letters
    }
