"""Reads: what panels show between two moments, and the boards themselves."""
