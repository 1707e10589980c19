"""Measurements, each a command of its own."""

import crackcls as crackcls  # Before NumPy, as in the program: it sets NumPy's threads.
