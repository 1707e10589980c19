"""Predictions to figures, curves and reports; nothing here trains or draws on a page."""
