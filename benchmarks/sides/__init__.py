"""The contestants, each of which performs a task with one tool as fast as possible."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

__all__ = ["SIDES", "Side", "Skipped", "side_for"]


class Skipped(Exception):
    """Raised if a contestant cannot perform the task; the message states the reason."""


class Side(Protocol):
    """A tool that performs a task repeatedly.

    Attributes:
        facts: numbers measured at the start, such as "compile_seconds".
        same_batches: whether the tool uses the same batches as Assay's contestant.
    """

    facts: dict[str, Any]
    same_batches: bool

    def reset(self) -> None:
        """Restore the initial state; not timed."""
        ...

    def run(self) -> None:
        """Run a round of the task; timed."""
        ...

    def outcome(self) -> float:
        """Return the outcome of the round: the final cost or an accuracy."""
        ...


# Each name starts with the name of a module, so that only this module is imported.
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
    """Return the function that creates a contestant for a task and a shared folder."""
    module, kind = SIDES[name].split(":")
    return getattr(importlib.import_module(f"benchmarks.sides.{module}"), kind)
