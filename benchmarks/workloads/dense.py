"""Dense networks, some of which spend more time on the loop than on arithmetic."""

from assay import spec
from benchmarks._race import Race, Rival
from benchmarks._task import Task, sorted_by_teacher

__all__ = ["DEEP", "WIDE", "WORKLOADS"]


DEEP = Task(
    "dense 20-64-64-10, batch 32",
    spec.Training(
        model=(spec.Dense(64), spec.ReLU(), spec.Dense(64), spec.ReLU()),
        cost=spec.CrossEntropy(),
        optimizer=spec.Adam(1e-3),
        regularizers=(),
        batch_size=32,
        num_epochs=4,
    ),
    sorted_by_teacher((20,)),
    num_examples=16_384,
)
WIDE = Task(
    "dense 784-128-10, batch 128",
    spec.Training(
        model=(spec.Dense(128), spec.ReLU()),
        cost=spec.CrossEntropy(),
        optimizer=spec.Adam(1e-3),
        regularizers=(),
        batch_size=128,
        num_epochs=4,
    ),
    sorted_by_teacher((784,)),
    num_examples=16_384,
)
STOCHASTIC = Task(
    "dense 20-64-10, batch 1",
    spec.Training(
        model=(spec.Dense(64), spec.ReLU()),
        cost=spec.CrossEntropy(),
        optimizer=spec.SGD(0.01),
        regularizers=(),
        batch_size=1,
        num_epochs=2,
    ),
    sorted_by_teacher((20,)),
    num_examples=4096,
)


def _race(task: Task, target: float) -> Race:
    rivals = (
        Rival("PyTorch", ("pytorch",), target),
        Rival("Keras 3", ("keras jax", "keras torch"), 2.0),
        Rival("scikit-learn", ("scikit",), 2.0),
    )
    return Race(task, rivals)


WORKLOADS = (_race(DEEP, 13.0), _race(WIDE, 2.5), _race(STOCHASTIC, 25.0))
