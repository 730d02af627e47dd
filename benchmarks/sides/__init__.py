"""The contestants: each does a task with one tool, as fast as that tool can."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

__all__ = ["SIDES", "Side", "Skipped", "side_for"]


class Skipped(Exception):
    """This contestant cannot do the task; the message says why."""


class Side(Protocol):
    """One tool, ready to repeat one task.

    Attributes:
        facts: numbers known from the start, such as "compile_seconds".
        same_batches: whether it sees the same batches as our contestant.
    """

    facts: dict[str, Any]
    same_batches: bool

    def reset(self) -> None:
        """Return to the start (not timed)."""
        ...

    def run(self) -> None:
        """Do a round of the task (timed)."""
        ...

    def outcome(self) -> float:
        """Return the outcome of the round: the final cost, or an accuracy."""
        ...


# Each name starts with that of its module, so that only this one is imported.
SIDES = {
    "assay": "assay_training:Training",
    "assay search": "assay_search:AssaySearch",
    "assay stacked": "assay_members:Stacked",
    "assay side by side": "assay_members:SideBySide",
    "assay streamed": "assay_streaming:Streamed",
    "assay from memory": "assay_streaming:InMemory",
    "assay product": "products:Assay",
    "pytorch": "pytorch_training:Training",
    "pytorch search": "pytorch_search:PyTorchSearch",
    "pytorch product": "products:PyTorch",
    "keras jax": "keras_training:Training",
    "keras torch": "keras_training:Training",
    "scikit": "scikit_training:Training",
}


def side_for(name: str) -> Callable[[Any, Path], Side]:
    """Return the function that makes a contestant from a task and the shared folder."""
    module, kind = SIDES[name].split(":")
    return getattr(importlib.import_module(f"benchmarks.sides.{module}"), kind)
