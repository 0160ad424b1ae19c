"""A push service on loopback that speaks the real protocol: it checks VAPID, keeps a topic's newest, and decrypts.

Written against RFC 8030, 8291 and 8292 with the libraries that other servers use, not with our own code.
"""

import base64
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

DAY = 24 * 60 * 60
TOPIC_MAX = 32  # characters of URL-safe base64, RFC 8030 5.4
BODY_MAX = 4096


@dataclass
class Message:
    """One accepted push, decrypted."""

    data: dict[str, Any]
    headers: dict[str, str]


@dataclass
class Browser:
    """A browser with our service worker in it: what it received, and what stands on the lock screen by tag."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    online: bool = True
    waiting: dict[str, Message] = field(default_factory=dict)
    received: list[Message] = field(default_factory=list)
    screen: dict[int, dict[str, Any]] = field(default_factory=dict)
    pushes: int = 0

    def subscription(self) -> dict[str, str]:
        """What the page sends to the site."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": _base64(point), "auth": _base64(self.auth)}

    def decrypt(self, body: bytes) -> dict[str, Any]:
        """Opens one message.

        Raises what http_ece does when it was not made for this browser.
        """
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return dict(json.loads(plain))

    def take(self, message: Message) -> None:
        """Comes to the service, for a browser that is online or later."""
        self.pushes += 1
        if not self.online:
            self.waiting[message.headers.get("topic") or str(self.pushes)] = message
            return
        self.received.append(message)
        if "withdraw" in message.data:
            self.screen.pop(message.data["withdraw"], None)
        else:
            self.screen[message.data["id"]] = message.data

    def come_online(self) -> None:
        """Gets what has been waiting: of each topic, the newest."""
        self.online, waiting = True, list(self.waiting.values())
        self.waiting.clear()
        for message in waiting:
            self.pushes -= 1
            self.take(message)


Answer = tuple[int, dict[str, str]]


class PushService:
    """Listens until `stop()`. `answers` are given to the next requests instead of accepting them; `on_push` is called
    when a message has been accepted, and before that is answered."""

    def __init__(self) -> None:
        self.browsers: dict[str, Browser] = {}
        self.refused: list[str] = []
        self.answers: list[Answer] = []
        self.on_push: Callable[[], None] = lambda: None
        self._numbers = count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def subscribe(self) -> Browser:
        """A new browser."""
        path = f"/push/{next(self._numbers)}"
        self.browsers[path] = Browser(self.origin + path)
        return self.browsers[path]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def accept(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """What a push service answers to a POST."""
        if self.answers:
            return self.answers.pop(0)
        browser = self.browsers.get(path)
        if browser is None:
            return 410, {}
        if wrong := self._wrong(headers, body):
            self.refused.append(wrong)
            return (403 if "VAPID" in wrong else 400), {}
        browser.take(Message(browser.decrypt(body), headers))
        self.on_push()
        return 201, {"Location": f"{self.origin}/message/{browser.pushes}"}

    def _wrong(self, headers: dict[str, str], body: bytes) -> str:
        if not headers.get("ttl", "").isdigit():
            return "TTL is required"
        if headers.get("content-encoding") != "aes128gcm" or not 0 < len(body) <= BODY_MAX:
            return "the body is not one of RFC 8291"
        topic = headers.get("topic", "")
        if len(topic) > TOPIC_MAX or not topic.replace("-", "").replace("_", "").isalnum():
            return f"{topic!r} is no topic"
        authorization = headers.get("authorization", "")
        if not authorization.startswith("vapid t=") or not Vapid02.verify(authorization):
            return "VAPID: not signed"
        claims = _claims(authorization)
        if claims["aud"] != self.origin:
            return f"VAPID: made for {claims['aud']}"
        if not time.time() < claims["exp"] <= time.time() + DAY:
            return "VAPID: not valid now, or for more than a day"
        return "" if claims["sub"].startswith(("mailto:", "https:")) else "VAPID: whose is it?"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, more = service.accept(self.path, headers, body)
                self.send_response(status)
                for name, value in ({"Content-Length": "0"} | more).items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def _claims(authorization: str) -> dict[str, Any]:
    token = authorization.removeprefix("vapid t=").split(",")[0]
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
