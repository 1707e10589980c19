"""Tell cracked concrete from sound concrete: package under the `crackcls` app."""

import os

# Threads of our own keep the cores busy. OpenBLAS would bring as many again, which wait by turning
# round and round: a photo took a tenth longer, the first training a fifth. Read once, with NumPy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
