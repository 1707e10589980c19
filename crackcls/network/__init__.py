"""The network: built, cut, run, exported, calibrated, packed; nothing here knows of pages."""
