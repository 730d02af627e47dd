"""Imports Flax NNX without IPython.

Flax imports IPython only to detect whether the code runs in a notebook, where IPython
is already loaded. Elsewhere, importing IPython takes as long as importing Flax itself.
"""

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

__all__ = ["nnx"]

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _without(package: str) -> "Iterator[None]":
    """Prevent a package from being imported unless it is already loaded."""
    if package in sys.modules:
        yield
        return
    modules: dict[str, Any] = sys.modules
    modules[package] = None  # importing the package now raises an ImportError
    try:
        yield
    finally:
        del modules[package]


with _without("IPython"):
    from flax import nnx
