"""Concrete that is drawn: pictures from a seed; no photo is read here."""
