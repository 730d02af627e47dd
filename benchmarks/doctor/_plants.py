"""Faults that are planted in healthy runs, each with three severities."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from assay import spec
from benchmarks.doctor._data import NAMES, Arrays

__all__ = ["DOSES", "PLANTS", "Change", "Plant", "Recipe", "healthy", "plants_for"]

DOSES = ("subtle", "clear", "gross")
_EPOCHS, _BATCH_SIZE, _UNITS = 40, 32, 32
_RATES = {"adam": 3e-3, "sgd": 0.05}

Change = Callable[[Arrays, np.random.Generator], Arrays]
Initial = Callable[[dict[str, dict[str, np.ndarray]]], None]


@dataclass(frozen=True)
class Recipe:
    """Specifies the data and the training of a network.

    Args:
        training: settings of the fit.
        change: function that plants a fault in the arrays.
        initial: function that changes the initial parameters in place.
        num_train: number of training rows; by default, all.
        balanced: whether all classes have the same weight in the score.
    """

    training: spec.Training
    change: Change | None = None
    initial: Initial | None = None
    num_train: int | None = None
    balanced: bool = False


@dataclass(frozen=True)
class Plant:
    """A fault with three severities.

    Args:
        name: name of the planted fault.
        expected: codes that are correct for the first finding.
        recipes: function (dataset, optimizer, dose number) -> faulty recipe, or None
            if the fault cannot be planted.
        optimizers: optimizers to train with.
        refuse: whether the correct repair is to change nothing.
        data: data sets in which the fault is planted.
        mendable: whether changing the settings can correct the fault.
    """

    name: str
    expected: tuple[str, ...]
    recipes: Callable[[str, str, int], Recipe | None]
    optimizers: tuple[str, ...] = ("adam", "sgd")
    refuse: bool = False
    data: tuple[str, ...] = field(default=NAMES)
    mendable: bool = True


def dense(
    *widths: int, activation: spec.Layer | None = None, **options: Any
) -> tuple[spec.Layer, ...]:
    """Return dense layers, each followed by an activation."""
    layers: list[spec.Layer] = []
    for width in widths:
        layers += [spec.Dense(width, **options), activation or spec.ReLU()]
    return tuple(layers)


def healthy(dataset: str, kind: str, /, **fields: Any) -> Recipe:
    """Return the recipe for the healthy twin, with some fields replaced."""
    rate = fields.pop("rate", 1.0) * _RATES[kind]
    rule = spec.Adam(rate) if kind == "adam" else spec.Momentum(rate)
    values: dict[str, Any] = {
        "model": dense(_UNITS, _UNITS),
        "cost": _cost(dataset),
        "optimizer": rule,
        "regularizers": (),
        "batch_size": _BATCH_SIZE,
        "num_epochs": _EPOCHS,
    }
    return Recipe(spec.Training(**(values | fields)))


def _cost(dataset: str) -> str:
    if dataset in ("friedman1", "diabetes"):
        return "squared_error"
    binary = ("moons", "circles", "breast_cancer", "overlap", "uneven")
    return "binary_cross_entropy" if dataset in binary else "cross_entropy"


def _depth(dataset: str, optimizer: str, dose: int) -> Recipe:
    widths = (_UNITS,) * (6, 10, 16)[dose]
    model = dense(*widths, activation=spec.Sigmoid())
    return healthy(dataset, optimizer, model=model)


def _gain(dataset: str, optimizer: str, dose: int) -> Recipe:
    recipe = healthy(dataset, optimizer, model=dense(*(_UNITS,) * 6))
    return replace(recipe, initial=_scaled((2, 4, 8)[dose]))


def _dead(dataset: str, optimizer: str, dose: int) -> Recipe:
    return replace(healthy(dataset, optimizer), initial=_biased(-(1, 3, 6)[dose]))


def _saturated(dataset: str, optimizer: str, dose: int) -> Recipe:
    model = dense(_UNITS, _UNITS, activation=spec.Tanh())
    recipe = healthy(dataset, optimizer, model=model)
    return replace(recipe, initial=_scaled((5, 10, 20)[dose]))


def _symmetric(dataset: str, optimizer: str, dose: int) -> Recipe:
    names = ("ones", "zeros", "zeros")
    model = dense(*(_UNITS,) * (2, 2, 3)[dose], initializer=names[dose])
    return healthy(dataset, optimizer, model=model)


def _fast(dataset: str, optimizer: str, dose: int) -> Recipe:
    return healthy(dataset, optimizer, rate=(10, 30, 100)[dose])


def _slow(dataset: str, optimizer: str, dose: int) -> Recipe:
    return healthy(dataset, optimizer, rate=1 / (10, 100, 1000)[dose])


def _noisy(dataset: str, optimizer: str, dose: int) -> Recipe:
    momentum = (0.99, 0.99, 0.995)[dose]
    rule = spec.Momentum(_RATES["sgd"], momentum=momentum)
    return healthy(dataset, "sgd", optimizer=rule, batch_size=(8, 2, 1)[dose])


def _raw(dataset: str, optimizer: str, dose: int) -> Recipe:
    factor = (1e2, 1e3, 1e4)[dose]

    def change(arrays: Arrays, rng: np.random.Generator) -> Arrays:
        column = int(rng.integers(arrays.train[0].shape[1]))
        parts = [(x.copy(), y) for x, y in arrays.parts]
        for x, _ in parts:
            x[:, column] = x[:, column] * factor + factor
        return arrays.with_parts(*parts)

    return replace(healthy(dataset, optimizer), change=change)


def _raw_target(dataset: str, optimizer: str, dose: int) -> Recipe:
    scale = (1e1, 1e2, 1e4)[dose]

    def change(arrays: Arrays, rng: np.random.Generator) -> Arrays:
        parts = [(x, y * scale + 3 * scale) for x, y in arrays.parts]
        return replace(arrays.with_parts(*parts), unit=scale)

    return replace(healthy(dataset, optimizer), change=change)


def _overfit(dataset: str, optimizer: str, dose: int) -> Recipe:
    model = dense(128, 128, 128)
    recipe = healthy(dataset, optimizer, model=model, num_epochs=200)
    return replace(recipe, num_train=(80, 40, 20)[dose])


def _underfit(dataset: str, optimizer: str, dose: int) -> Recipe:
    return healthy(dataset, optimizer, model=dense((2, 1, 1)[dose], (2, 2, 1)[dose]))


def _penalized(dataset: str, optimizer: str, dose: int) -> Recipe:
    return healthy(dataset, optimizer, regularizers=(spec.L2((0.1, 1, 10)[dose]),))


def _dropped(dataset: str, optimizer: str, dose: int) -> Recipe:
    rate = (0.8, 0.9, 0.95)[dose]
    drop = spec.Dropout(rate)
    model = (*dense(_UNITS), drop, *dense(_UNITS), drop)
    return healthy(dataset, optimizer, model=model)


def _soft(dataset: str, optimizer: str, dose: int) -> Recipe:
    model = dense(*(_UNITS,) * dose, _UNITS)[:-1]
    return healthy(dataset, optimizer, model=(*model, spec.Softmax()))


def _narrow_output(dataset: str, optimizer: str, dose: int) -> Recipe:
    """Return a recipe whose output layer has no gradient for negative values."""
    outputs = {"wine": 3, "digits": 10}.get(dataset, 1)
    model = (*dense(*(_UNITS,) * (dose + 1)), spec.Dense(outputs), spec.Sigmoid())
    return healthy(dataset, optimizer, model=model)


def _minority(dataset: str, optimizer: str, dose: int) -> Recipe:
    ratio = (10, 30, 100)[dose]

    def change(arrays: Arrays, rng: np.random.Generator) -> Arrays:
        (x, y), *rest = arrays.parts
        few = np.flatnonzero(y == 0)
        num_left = max(int((y != 0).sum() / max(arrays.num_classes - 1, 1) / ratio), 2)
        keep = np.concatenate([np.flatnonzero(y != 0), few[:num_left]])
        keep = rng.permutation(keep)
        return arrays.with_parts((x[keep], y[keep]), *rest)

    return replace(healthy(dataset, optimizer), change=change, balanced=True)


def _mislabeled(dataset: str, optimizer: str, dose: int) -> Recipe:
    share = (0.1, 0.2, 0.4)[dose]

    def change(arrays: Arrays, rng: np.random.Generator) -> Arrays:
        (x, y), *rest = arrays.parts
        y, wrong = y.copy(), rng.random(len(y)) < share
        shift = rng.integers(1, arrays.num_classes, len(y))
        y[wrong] = (y[wrong] + shift[wrong]) % arrays.num_classes
        return arrays.with_parts((x, y), *rest)

    return replace(healthy(dataset, optimizer), change=change)


def _shuffled(dataset: str, optimizer: str, dose: int) -> Recipe:
    def change(arrays: Arrays, rng: np.random.Generator) -> Arrays:
        return arrays.with_parts(*[(x, rng.permutation(y)) for x, y in arrays.parts])

    return replace(healthy(dataset, optimizer), change=change)


def _broken(dataset: str, optimizer: str, dose: int) -> Recipe:
    share = (0.0, 0.01, 0.1)[dose]

    def change(arrays: Arrays, rng: np.random.Generator) -> Arrays:
        (x, y), *rest = arrays.parts
        x, number = x.copy(), max(round(share * len(x)), 1)
        x[rng.permutation(len(x))[:number], 0] = (np.nan, np.inf, -np.inf)[dose]
        return arrays.with_parts((x, y), *rest)

    return replace(healthy(dataset, optimizer), change=change)


def _two(dataset: str, optimizer: str, dose: int) -> Recipe:
    recipe = _depth(dataset, optimizer, dose)
    slow = healthy(dataset, optimizer, rate=0.01).training.optimizer
    return replace(
        recipe, training=recipe.training.model_copy(update={"optimizer": slow})
    )


def _scaled(gain: float) -> Initial:
    def plant(parameters: dict[str, dict[str, np.ndarray]]) -> None:
        for values in parameters.values():
            if "kernel" in values:
                values["kernel"] = values["kernel"] * gain

    return plant


def _biased(bias: float) -> Initial:
    def plant(parameters: dict[str, dict[str, np.ndarray]]) -> None:
        for name, values in parameters.items():
            if name != "output" and "kernel" in values:
                values["bias"] = values["bias"] + bias

    return plant


_SMALL = ("wine", "moons")
_CLASSES = ("wine", "moons", "digits")
_RATE = ("learning_rate_too_large", "not_a_number", "oscillation")
_INITIAL = ("exploding_gradients", "bad_initial_values", "not_a_number")
PLANTS = (
    Plant("sigmoid depth", ("vanishing_gradients",), _depth),
    Plant("initial gain", _INITIAL, _gain),
    Plant("negative bias", ("dead_units",), _dead),
    Plant("saturating gain", ("saturated_units", *_INITIAL), _saturated),
    Plant("constant weights", ("symmetric_units",), _symmetric),
    Plant("fast", (*_RATE, "dead_units"), _fast),
    Plant("slow", ("learning_rate_too_small",), _slow),
    Plant("small batch", ("batch_too_small", *_RATE), _noisy, ("sgd",), data=_SMALL),
    Plant("raw column", ("inputs_not_scaled",), _raw),
    Plant("broken input", ("not_a_number",), _broken, data=_SMALL, mendable=False),
    Plant("raw target", ("target_not_scaled",), _raw_target, data=("friedman1",)),
    Plant("few rows", ("overfitting",), _overfit),
    Plant("narrow", ("narrow_layer", "underfitting"), _underfit),
    Plant("strong L2", ("over_regularized",), _penalized),
    Plant("strong dropout", ("over_regularized",), _dropped),
    Plant("softmax twice", ("wrong_output",), _soft, data=_CLASSES),
    Plant("squashed output", ("wrong_output",), _narrow_output),
    Plant("minority", ("class_imbalance",), _minority, data=_CLASSES),
    Plant("label noise", ("label_noise",), _mislabeled, data=_CLASSES),
    Plant("shuffled", ("no_signal",), _shuffled, refuse=True),
    Plant("sigmoid and slow", ("vanishing_gradients", "learning_rate_too_small"), _two),
)


def plants_for(only: str = "") -> Iterator[Plant]:
    """Yield the planted faults whose names contain a given word."""
    return (plant for plant in PLANTS if only in plant.name)
