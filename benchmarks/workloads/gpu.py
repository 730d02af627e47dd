"""Small dense, wide dense, convolutional and recurrent networks for a GPU."""

from dataclasses import replace

from assay import spec
from benchmarks._race import Race, Rival
from benchmarks._task import Task, sorted_by_teacher
from benchmarks.workloads.dense import DEEP
from benchmarks.workloads.images import SMALL_NET

__all__ = ["WORKLOADS"]

# Both sides multiply in TF32, which has 10 bits of precision, and add in different
# orders.
_TOLERANCE = 0.05


def _task(
    name: str, model: tuple[spec.Layer, ...], shape: tuple[int, ...], batch_size: int
) -> Task:
    training = DEEP.training.model_copy(
        update={"model": model, "batch_size": batch_size, "num_epochs": 4}
    )
    return Task(name, training, sorted_by_teacher(shape), num_examples=8192)


_WIDE = (spec.Dense(2048), spec.ReLU(), spec.Dense(2048), spec.ReLU())
_TASKS = (
    replace(DEEP, name=f"gpu {DEEP.name}"),
    _task("gpu dense 784-2048-2048-10, batch 512", _WIDE, (784,), 512),
    _task("gpu images 28x28x1, conv32-conv64-128", SMALL_NET, (28, 28, 1), 128),
    _task("gpu LSTM 64, 50 steps of 16", (spec.LSTM(64),), (50, 16), 128),
)
WORKLOADS = tuple(
    Race(replace(task, tolerance=_TOLERANCE), (Rival("PyTorch", ("pytorch",)),))
    for task in _TASKS
)
