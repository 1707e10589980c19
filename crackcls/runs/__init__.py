"""Run folders and the processes that work in them; nothing here knows what the work is."""
