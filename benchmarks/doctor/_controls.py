"""Healthy runs of many kinds, for which the doctor must not report findings."""

from collections.abc import Callable, Iterator

from assay import spec
from benchmarks.doctor._data import MORE, NAMES
from benchmarks.doctor._plants import Recipe, dense, healthy

__all__ = ["controls"]

_STOP = (spec.EarlyStopping(15),)


def _with_norm(depth: int, norm: spec.Layer) -> tuple[spec.Layer, ...]:
    layers: list[spec.Layer] = []
    for _ in range(depth):
        layers += [spec.Dense(32), norm, spec.ReLU()]
    return tuple(layers)


def _with_dropout(rate: float) -> tuple[spec.Layer, ...]:
    drop = spec.Dropout(rate)
    return (*dense(64), drop, *dense(64), drop)


def _smoothing(dataset: str) -> tuple[spec.Regularizer, ...]:
    numbers = dataset in ("friedman1", "diabetes")
    return () if numbers else (spec.LabelSmoothing(0.1),)


_CONTROLS: dict[str, Callable[[str], Recipe]] = {
    "adam": lambda d: healthy(d, "adam", regularizers=_STOP),
    "sgd": lambda d: healthy(d, "sgd", regularizers=_STOP),
    "no stopping": lambda d: healthy(d, "adam", num_epochs=30, model=dense(16)),
    "one layer": lambda d: healthy(d, "adam", model=dense(32), regularizers=_STOP),
    "tanh": lambda d: healthy(
        d, "adam", model=dense(32, activation=spec.Tanh()), regularizers=_STOP
    ),
    "gelu": lambda d: healthy(
        d, "adam", model=dense(32, 32, activation=spec.GELU()), regularizers=_STOP
    ),
    "sigmoid": lambda d: healthy(
        d,
        "adam",
        model=dense(32, activation=spec.Sigmoid()),
        rate=3.0,
        num_epochs=120,
        regularizers=_STOP,
    ),
    "deep with batch norm": lambda d: healthy(
        d, "adam", model=_with_norm(6, spec.BatchNorm()), regularizers=_STOP
    ),
    "deep with layer norm": lambda d: healthy(
        d, "adam", model=_with_norm(6, spec.LayerNorm()), regularizers=_STOP
    ),
    "warm-up": lambda d: healthy(
        d, "adam", rate=3.0, schedule=spec.WarmupCosine(), regularizers=_STOP
    ),
    "steps": lambda d: healthy(
        d, "sgd", schedule=spec.Step(), regularizers=_STOP, num_epochs=60
    ),
    "batch of 4": lambda d: healthy(
        d, "sgd", rate=0.1, batch_size=4, regularizers=_STOP
    ),
    "dropout": lambda d: healthy(
        d, "adam", model=_with_dropout(0.3), num_epochs=80, regularizers=_STOP
    ),
    "wide": lambda d: healthy(d, "adam", model=dense(256), regularizers=_STOP),
    "long": lambda d: healthy(
        d, "adam", num_epochs=200, regularizers=(*_STOP, spec.L2(1e-3))
    ),
    "decay": lambda d: healthy(
        d, "adam", regularizers=(spec.WeightDecay(0.02), *_STOP), num_epochs=60
    ),
    "rmsprop": lambda d: healthy(
        d, "adam", optimizer=spec.RMSProp(1e-3), regularizers=_STOP, num_epochs=60
    ),
    "adagrad": lambda d: healthy(
        d, "adam", optimizer=spec.Adagrad(0.03), regularizers=_STOP, num_epochs=60
    ),
    "nesterov": lambda d: healthy(
        d, "sgd", optimizer=spec.Nesterov(0.05), regularizers=_STOP
    ),
    "batch of 128": lambda d: healthy(
        d, "adam", rate=2.0, batch_size=128, regularizers=_STOP, num_epochs=80
    ),
    "smooth labels": lambda d: healthy(
        d, "adam", regularizers=(*_STOP, *_smoothing(d))
    ),
    "three tanh": lambda d: healthy(
        d, "sgd", model=dense(32, 32, 32, activation=spec.Tanh()), regularizers=_STOP
    ),
    "linear": lambda d: healthy(
        d, "adam", rate=3.0, model=(), num_epochs=120, regularizers=_STOP
    ),
}


def controls() -> Iterator[tuple[str, str, Recipe]]:
    """Yield the name, data set and recipe of each control."""
    for dataset in (*NAMES, *MORE):
        for name, recipe in _CONTROLS.items():
            if name == "linear" and dataset in ("circles", "moons", "friedman1"):
                continue
            yield name, dataset, recipe(dataset)
