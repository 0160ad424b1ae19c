"""Links that show one board, and nothing else, to whoever has them."""
