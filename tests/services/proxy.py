"""A network between a client and a server that can be cut, slowed and refused: it relays bytes, no more."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType

_CHUNK = 65_536


class Proxy:
    """Passes on what comes at `port` to a server of this machine, and back.

    Answers are counted over all connections.
    """

    def __init__(self, server: int) -> None:
        self._server = server
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._guard = threading.Lock()
        self._refused = False
        self._pause = 0.0
        self._left: int | None = None
        self._ended = threading.Event()
        self.answered = 0
        """How many bytes of answers have passed."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        with suppress(OSError):  # wakes the thread that waits in `accept`
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut_after(self, answers: int) -> None:
        """Cut all connections off when *answers* more bytes have come back; later ones are not touched."""
        with self._guard:
            self._left = answers

    def refuse(self, *, refused: bool = True) -> None:
        """Cut all connections off and close new ones at once, until told otherwise."""
        self._refused = refused
        if refused:
            self.cut()

    def slow(self, seconds: float) -> None:
        """Wait before each piece of an answer is passed on."""
        self._pause = seconds

    def cut(self) -> None:
        """Cut all connections off, as a server does that is started again."""
        with self._guard:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            _close(*pair)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._refused:
                _close(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                _close(client)
                continue
            pair = (client, server)
            with self._guard:
                self._pairs.add(pair)
            for origin, end, answers in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pass, args=(origin, end, answers, pair), daemon=True).start()

    def _pass(
        self,
        origin: socket.socket,
        end: socket.socket,
        answers: bool,
        pair: tuple[socket.socket, socket.socket],
    ) -> None:
        with suppress(OSError):
            while data := origin.recv(_CHUNK):
                if answers:
                    self._ended.wait(self._pause)
                    data, last = self._allowed(data)
                    end.sendall(data)
                    if last:
                        self.cut()
                        return
                else:
                    end.sendall(data)
        with self._guard:
            self._pairs.discard(pair)
        _close(*pair)

    def _allowed(self, data: bytes) -> tuple[bytes, bool]:
        """Return what of *data* may pass, and whether everything is cut off then."""
        with self._guard:
            last = self._left is not None and self._left < len(data)
            if last:
                data, self._left = data[: self._left], None
            elif self._left is not None:
                self._left -= len(data)
            self.answered += len(data)
            return data, last


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
