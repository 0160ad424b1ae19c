"""What is measured, how it comes in and what keeping it costs, for staff. Boards are changed on their own pages."""

from . import alerts, boards, incoming, measured, posts

__all__ = ["alerts", "boards", "incoming", "measured", "posts"]
