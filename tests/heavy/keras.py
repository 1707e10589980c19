"""A child process of a fast run finds this first: see tests/conftest.py."""

raise ImportError("no fast test may import this")
