"""The part of a task that evaluation needs."""

from collections.abc import Sequence
from typing import Any, Protocol

__all__ = ["TaskLike"]


class TaskLike(Protocol):
    """A task with its kind and, if there are any, its classes.

    A protocol, so that predictions can be evaluated without a data set.
    """

    @property
    def kind(self) -> str:
        """Return "binary", "multiclass" or "regression"."""
        ...

    @property
    def classes(self) -> Sequence[Any]:
        """Return the names of the classes in the order of their indices."""
        ...
