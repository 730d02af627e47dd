"""Networks for images, with convolution, pooling and batch normalization."""

from assay import spec
from benchmarks._race import Race, Rival
from benchmarks._task import Task, sorted_by_teacher

__all__ = ["SMALL_NET", "WORKLOADS"]

SMALL_NET: tuple[spec.Layer, ...] = (
    spec.Conv2D(32, 3),
    spec.ReLU(),
    spec.MaxPool2D(2),
    spec.Conv2D(64, 3),
    spec.ReLU(),
    spec.MaxPool2D(2),
    spec.Flatten(),
    spec.Dense(128),
    spec.ReLU(),
)


def _block(filters: int) -> tuple[spec.Layer, ...]:
    return (spec.Conv2D(filters, 3), spec.BatchNorm(), spec.ReLU())


_NORMED_NET: tuple[spec.Layer, ...] = (
    *_block(32),
    *_block(32),
    spec.MaxPool2D(2),
    *_block(64),
    *_block(64),
    spec.MaxPool2D(2),
    spec.Flatten(),
)


def _race(
    name: str, model: tuple[spec.Layer, ...], shape: tuple[int, ...], target: float
) -> Race:
    training = spec.Training(
        model=model,
        cost=spec.CrossEntropy(),
        optimizer=spec.Adam(1e-3),
        regularizers=(),
        batch_size=64,
        num_epochs=1,
    )
    task = Task(name, training, sorted_by_teacher(shape), 2048, tolerance=0.03)
    rivals = (
        Rival("PyTorch", ("pytorch",), target),
        Rival("Keras 3", ("keras jax", "keras torch"), 2.0),
    )
    return Race(task, rivals)


WORKLOADS = (
    _race("images 28x28x1, conv32-conv64-128", SMALL_NET, (28, 28, 1), 1.3),
    _race("images 32x32x3, batch norm", _NORMED_NET, (32, 32, 3), 1.25),
)
