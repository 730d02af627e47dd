"""Trains on several devices in a process of its own, and prints the cost curves.

python train_on_devices.py [PORT HOST_INDEX] NAME=DEVICES …

With a port, two hosts on this machine share the trainings. DEVICES may also be 8-2 for
a training that moves from 8 devices to 2, or 8x2 for two trainings in one program.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from assay import spec
from assay.training import Fit, TrainingData, advance_together, join_hosts

EVERYTHING = {
    "model": (
        # Adam would turn the rounding of a bias's gradient into noise
        spec.Dense(24, bias=False),
        spec.BatchNorm(),
        spec.ReLU(),
        spec.Dropout(0.2),
        spec.Dense(12),
        spec.Tanh(),
    ),
    "cost": "cross_entropy",
    "optimizer": spec.Adam(0.03),
    "schedule": spec.OneCycle(),
    "regularizers": (spec.L2(), spec.EarlyStopping(2)),
    "augment": (spec.Jitter(), spec.Mixup()),
    "clip_norm": 1.0,
    "class_weights": "balanced",
    "batch_size": 32,
    "num_epochs": 20,
}
IMAGES = {
    "model": (
        spec.Conv2D(4, 3, bias=False),
        spec.GroupNorm(2),
        spec.ReLU(),
        spec.MaxPool2D(2),
    ),
    "augment": (spec.HorizontalFlip(),),
    "accumulate": 2,
    "num_epochs": 3,
}
SEQUENCES = {
    "model": (spec.LSTM(6),),
    "augment": (),
    "batch_size": 29,
    "num_epochs": 3,
}
TRAININGS = {
    "everything": ({}, (9,)),
    "images": (IMAGES, (6, 6, 1)),
    "sequences": (SEQUENCES, (5, 3)),
}


def start(name: str, devices: int | str) -> Fit:
    """Return a new fit of one of the trainings."""
    changes, shape = TRAININGS[name]
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(210, *shape)).astype(np.float32)
    # nothing can be learned, so the val cost soon rises
    targets = rng.integers(0, 3, 210).astype(np.int32)
    training = spec.Training(**(EVERYTHING | changes), devices=devices)
    data = TrainingData.of(
        (inputs[:150], targets[:150]),
        (inputs[150:], targets[150:]),
        num_classes=3,
        devices=devices,
    )
    return data.fit(training, seed=0, measure_layers=name == "everything")


def curves(fit: Fit) -> dict[str, list[float]]:
    """Return the costs of a finished fit, and a number for each parameter array."""
    columns = {**fit.history.epochs, **fit.history.iterations}
    columns["monitors"] = np.nan_to_num(fit.history.monitors["gradient_norm"])
    found = {name: np.ravel(column).tolist() for name, column in columns.items()}
    parameters = fit.result().parameters
    for layer, arrays in parameters.items():
        for name, array in arrays.items():
            found[f"{layer}.{name}"] = np.ravel(array).tolist()
    return found


def stacked(name: str, devices: int) -> Fit:
    """Return a fit that shares a program with another one."""
    fits = [start(name, devices) for _ in range(2)]
    advance_together(fits, size=3)
    return fits[1]


def resumed(name: str, devices: list[int]) -> Fit:
    """Return a fit that moves to other devices after 2 epochs, by its checkpoint."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fit.safetensors"
        first = start(name, devices[0])
        first.advance(epochs=2)
        first.save(path)
        second = start(name, devices[1])
        second.restore(path)
    return second.run()


def main() -> None:
    """Print a JSON object with the curves of each training."""
    found, words = {}, sys.argv[1:]
    if words[0].isdecimal():
        port, index, *words = words
        join_hosts(f"127.0.0.1:{port}", 2, int(index))
    for word in words:
        name, _, devices = word.partition("=")
        if devices.endswith("x2"):
            fit = stacked(name, int(devices[:-2]))
        elif "-" in devices:
            fit = resumed(name, [int(count) for count in devices.split("-")])
        else:
            fit = start(name, devices if devices == "all" else int(devices)).run()
        found[word] = curves(fit)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
