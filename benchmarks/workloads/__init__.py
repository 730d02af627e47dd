"""The workloads, in one module per kind."""

from typing import Any, Protocol

from benchmarks._race import Course, Race, Rival
from benchmarks._row import Row
from benchmarks._task import Product
from benchmarks.workloads import (
    dense,
    gpu,
    growth,
    images,
    members,
    searches,
    sequences,
    starting,
    streaming,
)

__all__ = ["ON_GPU", "PRODUCT", "WORKLOADS", "tasks"]


class Workload(Protocol):
    """A measurement that produces rows of the table."""

    @property
    def name(self) -> str:
        """Name in the table."""
        ...

    @property
    def tasks(self) -> dict[str, Any]:
        """The tasks of the contestants by name."""
        ...

    def run(self, course: Course) -> list[Row]:
        """Run the measurement and return its rows."""
        ...


PRODUCT = Race(
    Product("matrix product 1024"),
    (Rival("PyTorch", ("pytorch product",)),),
    ours="assay product",
)
WORKLOADS: tuple[Workload, ...] = (
    *dense.WORKLOADS,
    *images.WORKLOADS,
    *sequences.WORKLOADS,
    *searches.WORKLOADS,
    *growth.WORKLOADS,
    *streaming.WORKLOADS,
    *members.WORKLOADS,
    *starting.WORKLOADS,
)
ON_GPU: tuple[Race, ...] = gpu.WORKLOADS


def tasks() -> dict[str, Any]:
    """Return all tasks by name."""
    found = dict(PRODUCT.tasks)
    for workload in (*WORKLOADS, *ON_GPU):
        found |= workload.tasks
    return found
