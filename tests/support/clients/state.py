"""What a client knows of one room: a snapshot, and the events applied to it."""

from typing import Any

import httpx

Message = dict[str, Any]
PAGE = 100  # messages a read


class RoomState:
    """The messages of one room by id, and the position in its stream up to which they are true.

    `faults` lists every event that came twice, out of order, or after a hole.
    """

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.messages: dict[int, Message] = {}
        self.epoch = ""
        self.seq = 0
        self.events = 0
        self.faults: list[str] = []

    @property
    def cursor(self) -> str:
        return f"{self.epoch}/{self.stream}:{self.seq}"

    def load(self, messages: list[Message], cursor: str) -> None:
        """Begin again from a snapshot and the cursor that came with it."""
        self.messages = {message["id"]: message for message in messages}
        self.epoch, _, positions = cursor.partition("/")
        heads = dict(part.rsplit(":", 1) for part in positions.split(","))
        self.seq = int(heads[self.stream])

    def apply(self, item: dict[str, Any]) -> None:
        """Apply one event of the stream, checking that it is the next one."""
        if item["seq"] != self.seq + 1:
            self.faults.append(f"event {item['seq']} ({item['type']}) came after {self.seq}")
        self.seq = item["seq"]
        self.events += 1
        data = item["data"]
        if item["type"] in ("message.pinned", "message.unpinned"):
            self.messages[data["message"]]["pin"] = data["pin"]
        elif item["type"].startswith("message."):
            self.messages[data["id"]] = data
        elif item["type"].startswith("reaction."):
            self.messages[data["message"]]["reactions"] = data["reactions"]


async def fetch_messages(http: httpx.AsyncClient, room: int) -> tuple[list[Message], str]:
    """Every message of the room, as its events tell it, and the cursor to go on from.

    A read adds what the quoted message says now; an event never does, so that is left out here.
    """
    address = f"/api/v1/rooms/{room}/messages"
    page = (await http.get(address, params={"limit": PAGE})).raise_for_status().json()
    messages, cursor = page["messages"], page["cursor"]
    while page["has_more"]:
        older = {"limit": PAGE, "before": messages[0]["seq"]}
        page = (await http.get(address, params=older)).raise_for_status().json()
        messages = page["messages"] + messages
    return [{name: value for name, value in m.items() if name != "quote"} for m in messages], cursor
