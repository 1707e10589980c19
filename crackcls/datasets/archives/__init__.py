"""Archives from outside, unpacked whole or refused; nothing here knows a data set."""
