"""Data sets: listed, inspected, split, their copies found; nothing here trains or judges."""
