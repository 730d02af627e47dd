"""The version of the package, below every layer so that any of them may record it."""

__all__ = ["__version__"]

__version__ = "0.1.0"
