"""A Django app for processes that die by kill -9 at one chosen step: settings in `tests.support.mortal.settings`.

A step is the moment just before, or just after, a statement that writes. So stepping through them all passes every
state that the database can be left in: before each write, after each write that was not committed, after each commit.
"""
