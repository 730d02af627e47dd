"""Fixtures for fits with monitors."""

import functools
from collections.abc import Callable

import pytest

from assay.training import Fit


@pytest.fixture(scope="session")
def start(start: Callable[..., Fit]) -> Callable[..., Fit]:
    """Return a function that creates a new fit with monitors."""
    return functools.partial(start, monitors=True)
