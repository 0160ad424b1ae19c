"""A target that misbehaves costs a bounded time and size, leads nowhere else, and its row says what is wrong."""

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dashboard.ingest import fetching
from dashboard.ingest.fetching import Failed, fetch

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """Answers each path as it was told to. `over` ends what would go on for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.over = threading.Event()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.asked.append(self.path)
        self.server.answers[self.path](self)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_page_is_fetched_packed_or_not(server: Server) -> None:
    server.answers["/"] = says(200, b"up 1\n", Content_Type="text/plain")
    assert fetch(server.url(), {}) == ("text/plain", b"up 1\n")
    server.answers["/"] = says(200, gzip.compress(b"up 1\n"), Content_Encoding="gzip")
    assert fetch(server.url(), {}).body == b"up 1\n"
    parts = gzip.compress(b"up 1\n") + gzip.compress(b"down 1\n")
    server.answers["/"] = says(200, parts, Content_Encoding="GZIP")
    assert fetch(server.url(), {}).body == b"up 1\ndown 1\n"
    server.answers["/"] = says(200, parts[:-9], Content_Encoding="gzip")
    with pytest.raises(Failed, match="cut off"):
        fetch(server.url(), {})


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_byte_now_and_then_does_not_go_on_for_ever(
    server: Server, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        assert isinstance(handler.server, Server)
        if part == "body":
            says(200)(handler)
        else:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
        while not handler.server.over.wait(0.05):
            try:
                handler.wfile.write(b"#")
            except OSError:
                return

    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.5)
    server.answers["/"] = drip
    with pytest.raises(Failed, match="did not answer in full"):
        fetch(server.url(), {})


def test_no_more_is_read_than_may_be(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TEXT_MAX", 1_000)
    server.answers["/"] = says(200, bytes(5_000))
    with pytest.raises(Failed, match="more than 1000 bytes"):
        fetch(server.url(), {})
    server.answers["/"] = says(200, gzip.compress(bytes(5_000)), Content_Encoding="gzip")
    with pytest.raises(Failed, match="unpack to 1000 bytes"):
        fetch(server.url(), {})


def test_redirects_are_followed_in_the_same_place_and_nowhere_else(server: Server) -> None:
    server.answers["/"] = says(302, Location="/metrics")
    server.answers["/metrics"] = says(200, b"up 1\n")
    assert fetch(server.url(), {}).body == b"up 1\n"
    for elsewhere in ("http://localhost:1/", "http://127.0.0.1:1/", "file:///etc/passwd", "//example.org/"):
        server.answers["/"] = says(302, Location=elsewhere)
        with pytest.raises(Failed, match="another place"):
            fetch(server.url(), {})
    server.answers["/"] = says(302, Location="/")
    with pytest.raises(Failed, match="redirected more than"):
        fetch(server.url(), {})


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://127.0.0.1/", "Only http"),
        ("http://169.254.169.254/latest/meta-data/", "Link-local"),
        ("http://[fe80::1]/", "Link-local|cannot be fetched"),
        (
            "http://nowhere.invalid/",
            "cannot be fetched|did not answer in full",
        ),  # as its resolver is quick or not
    ],
)
def test_what_is_not_fetched_from_is_said(url: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        fetch(url, {})


def test_an_error_of_the_target_is_told(server: Server) -> None:
    server.answers["/"] = says(500)
    with pytest.raises(Failed, match="It answered with 500"):
        fetch(server.url(), {})
