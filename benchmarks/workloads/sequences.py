"""Recurrent and convolutional networks for sequences."""

import functools

import numpy as np

from assay import spec
from benchmarks._race import Race, Rival
from benchmarks._task import Data, Task, sorted_by_teacher

__all__ = ["WORKLOADS"]


def _training(model: tuple[spec.Layer, ...], **changes: object) -> spec.Training:
    asked = {
        "model": model,
        "cost": spec.CrossEntropy(),
        "optimizer": spec.Adam(1e-3),
        "regularizers": (),
        "batch_size": 64,
        "num_epochs": 4,
    }
    return spec.Training(**(asked | changes))  # type: ignore[arg-type]


@functools.cache
def _mnist_1d(num_examples: int) -> Data:
    """Return 4,000 training and 1,000 test sequences, drawn with a fixed seed.

    References:
        Greydanus and Kobak, 2024, "Scaling down deep learning with MNIST-1D".
    """
    from mnist1d.data import get_dataset_args, make_dataset

    made = make_dataset(get_dataset_args())
    inputs = [made[name].astype(np.float32)[..., None] for name in ("x", "x_test")]
    targets = [made[name].astype(np.int32) for name in ("y", "y_test")]
    return Data(
        inputs[0][:num_examples], targets[0][:num_examples], inputs[1], targets[1]
    )


def _to_accuracy(name: str, model: tuple[spec.Layer, ...], goal: float) -> Race:
    """Return a race to the accuracy reported for the network in the data set's paper.

    Without weight decay, neither side reaches this accuracy in 400 epochs.
    """
    optimizer = spec.AdamW(1e-2, weight_decay=0.1)
    training = _training(model, optimizer=optimizer, batch_size=100, num_epochs=200)
    task = Task(name, training, _mnist_1d, 4000, goal=goal)
    return Race(task, (Rival("PyTorch", ("pytorch",), 2.0),))


def _window(size: int) -> tuple[spec.Layer, ...]:
    return (spec.Conv1D(25, size, stride=2, padding=1), spec.ReLU())


_LSTM = Race(
    Task(
        "LSTM 64, 50 steps of 16",
        _training((spec.LSTM(64),)),
        sorted_by_teacher((50, 16)),
        num_examples=2048,
        tolerance=0.03,
    ),
    (
        Rival("PyTorch", ("pytorch",), 1.2),
        Rival("Keras 3", ("keras jax", "keras torch"), 2.0),
    ),
)
WORKLOADS = (
    _LSTM,
    _to_accuracy(
        "GRU on MNIST-1D to 91%",
        (spec.GRU(6, return_sequences=True, bidirectional=True), spec.Flatten()),
        0.91,
    ),
    _to_accuracy(
        "1-D CNN on MNIST-1D to 94%",
        (*_window(5), *_window(3), *_window(3), spec.Flatten()),
        0.94,
    ),
)
