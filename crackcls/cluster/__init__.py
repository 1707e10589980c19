"""Work spread by Ray over the cores of many machines: what is done with an item is passed in."""
