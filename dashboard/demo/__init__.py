"""A shop that the demo team runs: what it measures, past and present, the board for it, and what is watched."""
