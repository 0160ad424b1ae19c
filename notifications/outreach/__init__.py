"""Reaching people who have not seen what they were told: by push, by mail, in a digest.

Decided from what they have *seen*, never from whether they are connected. Everything here runs as jobs.
"""
