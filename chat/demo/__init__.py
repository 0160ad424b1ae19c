"""A believable team, and some weeks of its talk, for looking around and for screenshots."""
