"""The prediction task."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["TASKS", "Class", "Task"]

TASKS = ("binary", "multiclass", "regression")
"""The kinds of task."""

Class = str | int | bool | float


@dataclass(frozen=True)
class Task:
    """The prediction task: which column to predict, and its classes, if any.

    Args:
        kind: one of `TASKS`.
        target: the column to predict.
        classes: the classes in sorted order; empty for regression.
        reason: the reason for this kind of task, as shown to users.

    Example:
        >>> Task("binary", "ill", (False, True)).num_classes
        2
    """

    kind: str
    target: str
    classes: tuple[Class, ...] = ()
    reason: str = field(default="", compare=False)

    @property
    def num_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.classes)

    def to_json(self) -> dict[str, Any]:
        """Return the task as plain JSON values."""
        return {
            "kind": self.kind,
            "target": self.target,
            "classes": list(self.classes),
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Task":
        """Restore a task from the output of `to_json`."""
        return cls(data["kind"], data["target"], tuple(data["classes"]), data["reason"])
