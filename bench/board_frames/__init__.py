"""Whether a board with many charts leaves a page its frames."""
