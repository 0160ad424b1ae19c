"""What a token may be allowed to do. A signed-in session may do everything."""

SCOPES = {
    "read": "Read rooms, messages and people, and follow streams",
    "write": "Send commands: write messages, join rooms, and so on",
    "notify": "Send notices to topics and people",
    "metrics": "Send measurements",
}
ALL_SCOPES = frozenset(SCOPES)
