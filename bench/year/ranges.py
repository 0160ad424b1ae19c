"""Boards of all series, opened over ranges of every length."""

import time
from functools import cache

from django.test import Client

from bench.year.filling import NAME
from dashboard import actions
from dashboard.tiers import DAY, HOUR
from project.accounts.actions import create_user, issue_token

WIDTH = 1_500
"""Windows that a page asks for at least, see static/dashboard/range.js."""
RANGES = {
    "1 min": 60,
    "15 min": 900,
    "1 h": HOUR,
    "2.5 h": 9_000,
    "6 h": 6 * HOUR,
    "16 h": 16 * HOUR,
    "1 d": DAY,
    "7 d": 7 * DAY,
    "30 d": 30 * DAY,
    "90 d": 90 * DAY,
    "1 y": 365 * DAY,
    "5 y": 1_826 * DAY,
}
BOARDS = {
    "100 lines": [{"metric": NAME, "fn": "avg", "by": ["series"]}],
    "p95 in 10 lines": [{"metric": NAME, "fn": "p95", "by": ["rack"]}],
}


def opened(board: str, seconds: int, times: int) -> tuple[int, list[float]]:
    """Its step, and the milliseconds that the server took for each time the board was opened."""
    client, slugs = _client()
    took = []
    for _ in range(times):
        now = time.time()
        begun = time.perf_counter()
        answer = client.get(f"/api/v1/boards/{slugs[board]}/data?from={now - seconds}&to={now}&width={WIDTH}")
        took.append((time.perf_counter() - begun) * 1e3)
        assert answer.status_code == 200, answer.content
    return answer.json()["step"], took


@cache
def _client() -> tuple[Client, dict[str, str]]:
    user = create_user("reader")
    _, secret = issue_token(user, "bench", scopes=["read"])
    slugs = {}
    for title, queries in BOARDS.items():
        panel = {"id": "p", "type": "line", "queries": queries}
        slugs[title] = actions.create(user, title, [panel]).slug
    return Client(SERVER_NAME="127.0.0.1", headers={"authorization": f"Bearer {secret}"}), slugs
