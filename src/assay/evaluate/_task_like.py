"""The attributes of a task that evaluation requires."""

from collections.abc import Sequence
from typing import Any, Protocol

__all__ = ["TaskLike"]


class TaskLike(Protocol):
    """Protocol for a task with a kind and classes (none for regression).

    With this protocol, predictions can be evaluated without a data set.
    """

    @property
    def kind(self) -> str:
        """Return the kind of task: "binary", "multiclass" or "regression"."""
        ...

    @property
    def classes(self) -> Sequence[Any]:
        """Return the names of the classes, ordered by index."""
        ...
