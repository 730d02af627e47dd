"""Flax NNX, imported without IPython.

Flax imports IPython only to find out whether it runs in a notebook, in which IPython is
loaded already. Elsewhere, the import takes as long as that of the rest of Flax.
"""

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

__all__ = ["nnx"]

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _without(package: str) -> "Iterator[None]":
    """Context manager in which a package that is not loaded cannot be imported."""
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
