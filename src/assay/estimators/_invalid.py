"""Errors for invalid input that are also ValueErrors, as scikit-learn expects."""

from collections.abc import Generator
from contextlib import contextmanager

from assay._errors import InputError

__all__ = ["InvalidInput", "as_value_errors"]


class InvalidInput(InputError, ValueError):
    """The input of an estimator is invalid."""


@contextmanager
def as_value_errors() -> Generator[None, None, None]:
    """Convert an InputError raised in the body to one that is also a ValueError.

    Example:
        >>> try:
        ...     with as_value_errors():
        ...         raise InputError("`n >= 2` must hold, but got n=1.")
        ... except ValueError as error:
        ...     print(error)
        `n >= 2` must hold, but got n=1.
    """
    try:
        yield
    except InputError as error:
        raise InvalidInput(error.faults) from error
