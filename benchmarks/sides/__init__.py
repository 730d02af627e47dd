"""The contestants: each makes one tool do a task, as well as that tool can."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

__all__ = ["SIDES", "Side", "Skipped", "side_for"]


class Skipped(Exception):
    """This contestant cannot do the task; the message says why."""


class Side(Protocol):
    """One tool, ready to do one task again and again.

    Attributes:
        facts: numbers known from the start, such as "compile_seconds".
        same_batches: whether it sees the batches that ours sees.
    """

    facts: dict[str, Any]
    same_batches: bool

    def reset(self) -> None:
        """Go back to the start; this is not timed."""
        ...

    def run(self) -> None:
        """Do a round of the task; this is timed."""
        ...

    def outcome(self) -> float:
        """Return what the round led to: the final cost, or an accuracy."""
        ...


# Each starts with the name of the module, so that nothing else is imported.
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
    """Return what makes a contestant from a task and a folder they all share."""
    module, kind = SIDES[name].split(":")
    return getattr(importlib.import_module(f"benchmarks.sides.{module}"), kind)
