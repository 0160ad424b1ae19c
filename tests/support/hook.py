"""A program on loopback that buttons POST to."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Hook(ThreadingHTTPServer):
    """Keeps what it was sent, and answers as it is told. `on_post` is called in between."""

    status = 200
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.got: list[tuple[str, bytes]] = []
        self.keys: list[str] = []
        self.on_post: Callable[[], None] = lambda: None
        self.host = f"127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        """Answers nobody any more."""
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Answer(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.keys.append(self.headers["Idempotency-Key"])
        self.server.got.append((self.headers["Watchroom-Signature"], body))
        self.server.on_post()
        self.send_response(self.server.status)
        self.send_header("Location", f"http://{self.server.host}/elsewhere")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *args: Any) -> None:
        """Says nothing."""
