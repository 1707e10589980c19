"""The network: built, cut, run, exported, calibrated; nothing here knows of runs or pages."""
