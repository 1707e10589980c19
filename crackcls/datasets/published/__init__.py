"""Published data sets: the facts of each, and the way to have it; nothing here trains."""
