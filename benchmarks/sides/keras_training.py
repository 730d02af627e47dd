"""Keras 3: the same network on one of Keras's backends, trained with Keras's `fit`."""

import os
from pathlib import Path
from typing import Any

import keras
import numpy as np

from assay import spec
from benchmarks._task import Task
from benchmarks.sides.parameters import read_start

__all__ = ["Training"]


class Training:
    """A fit from Assay's initial parameters, with batches drawn by Keras."""

    same_batches = False

    def __init__(self, task: Task, folder: Path) -> None:
        if os.environ["KERAS_BACKEND"] == "torch":
            import torch

            torch.set_num_threads(len(os.sched_getaffinity(0)))
        keras.utils.set_random_seed(0)
        self.task = task
        self._data = task.data()
        self._model = _model(task, self._data.inputs.shape[1:])
        self._weights = _weights(task, read_start(folder))
        self.facts: dict[str, Any] = {"variant": keras.backend.backend()}
        self.reset()
        self.run()

    def reset(self) -> None:
        """Load the initial parameters and reset the optimizer."""
        self._model.set_weights(self._weights)
        for variable in self._model.optimizer.variables:
            if "learning_rate" not in variable.path:
                variable.assign(np.zeros(variable.shape, variable.dtype))

    def run(self) -> None:
        """Train to completion."""
        self._model.fit(
            self._data.inputs,
            self._data.targets,
            batch_size=self.task.batch_size,
            epochs=self.task.num_epochs,
            verbose=0,
        )

    def outcome(self) -> float:
        """Return the cost on all examples."""
        inputs, targets = self._data.inputs, self._data.targets
        cost = self._model.evaluate(inputs, targets, batch_size=1024, verbose=0)
        return float(np.squeeze(cost))


def _model(task: Task, input_shape: tuple[int, ...]) -> Any:
    layers = [_layer(layer) for layer in task.training.model]
    output = keras.layers.Dense(task.num_classes)
    model = keras.Sequential([keras.Input(input_shape), *layers, output])
    asked: Any = task.training.optimizer
    kind = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}[asked.kind]
    epsilon = {"epsilon": asked.epsilon} if asked.kind == "adam" else {}
    model.compile(
        optimizer=kind(asked.learning_rate, **epsilon),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def _layer(layer: spec.Layer) -> Any:
    """Return the Keras layer that corresponds to a spec."""
    made: Any = layer
    match layer:
        case spec.Dense():
            return keras.layers.Dense(made.units)
        case spec.Conv2D():
            how = {"strides": made.stride, "padding": made.padding}
            return keras.layers.Conv2D(made.filters, made.size, **how)
        case spec.MaxPool2D():
            return keras.layers.MaxPooling2D(made.size)
        case spec.BatchNorm():
            how = {"momentum": 1 - made.momentum, "epsilon": made.epsilon}
            return keras.layers.BatchNormalization(**how)
        case spec.LSTM():
            return keras.layers.LSTM(made.units)
        case spec.Flatten():
            return keras.layers.Flatten()
    return keras.layers.Activation(layer.kind)


def _weights(task: Task, start: dict[int, dict[str, np.ndarray]]) -> list[np.ndarray]:
    """Return the weights in Keras's order. The array layout is the same as in Assay."""
    found: list[np.ndarray] = []
    for place, layer in enumerate([*task.training.model, None]):
        named = start.get(place, {})
        # The weights include the running statistics.
        if isinstance(layer, spec.BatchNorm):
            scale = named["scale"]
            found += [scale, named["bias"], np.zeros_like(scale), np.ones_like(scale)]
            continue
        order = ("kernel", "recurrent_kernel", "bias")
        found += [named[name] for name in order if name in named]
    return found
