"""A proxy like those that know nothing of WebSocket: it refuses or ignores every upgrade and forwards the rest."""

import socket
import threading
from contextlib import suppress
from typing import Self

CHUNK = 64 * 1024
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class RefusingProxy:
    """Between a browser and the site at `target_port`. A context manager; `url` is where to browse.

    A silent one leaves the browser waiting. `upgrades` is how often it was asked.
    """

    def __init__(self, target_port: int, *, silent: bool = False) -> None:
        self._target_port = target_port
        self._silent = silent
        self._unanswered: list[socket.socket] = []
        self.upgrades = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.close()
        for client in self._unanswered:
            client.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """A browser upgrades only on a connection of its own, so the first request tells."""
        first = client.recv(CHUNK)
        if first.startswith(b"GET /ws/"):
            self.upgrades += 1
            if self._silent:
                self._unanswered.append(client)
                return
            client.sendall(REFUSAL)
            client.close()
            return
        site = socket.create_connection(("127.0.0.1", self._target_port))
        site.sendall(first)
        threading.Thread(target=_pump, args=(site, client), daemon=True).start()
        _pump(client, site)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
