"""Tell cracked concrete from sound concrete: package under the `crackcls` app."""

__version__ = "0.1.0"
