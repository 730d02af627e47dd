"""Flax NNX, imported without IPython.

Flax imports IPython only to find out whether it runs in a notebook, where IPython is
already loaded. Elsewhere, importing IPython takes as long as importing Flax itself.
"""

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

__all__ = ["nnx"]

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _without(package: str) -> "Iterator[None]":
    """Context manager that prevents the import of a package that is not loaded."""
    if package in sys.modules:
        yield
        return
    modules: dict[str, Any] = sys.modules
    modules[package] = None  # makes Python raise an ImportError
    try:
        yield
    finally:
        del modules[package]


with _without("IPython"):
    from flax import nnx
