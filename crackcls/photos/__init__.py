"""Photos of a visitor: tiles, verdict, pictures, exports; no photo is written to disk."""
