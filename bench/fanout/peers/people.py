"""Makes people, a token for each, and an open room that all are in. Prints the room's stream, then the tokens."""
