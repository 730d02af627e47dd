"""Bad initial values, units that do not learn, and unsuitable gradients."""

import math

import numpy as np

from assay import spec
from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom
from assay.doctor.symptoms._rates import overshoots
from assay.doctor.symptoms._regularization import over_regularized, shrunk_by_penalty

__all__ = [
    "dead_units",
    "exploding_gradients",
    "saturated_units",
    "symmetric_units",
    "vanishing_gradients",
]

_MOST_EQUAL = 0.5  # a layer with a smaller fraction of distinct units is reported
_MOST_DEAD = 0.5  # even healthy layers have a few dead units
_MOST_SATURATED = 0.5
_LARGE_OUTPUT = 5.0  # spread of the outputs before training; about 1 is healthy
_VANISHED = 0.01  # gradient of the first layer, relative to the last
_FEWEST_LAYERS = 3

_GLOROT = (
    'Glorot and Bengio, 2010, "Understanding the difficulty of training deep '
    'feedforward neural networks"'
)


@symptom(
    "Units are identical",
    formula="number of distinct weight vectors in a layer / number of units",
    condition="the ratio is below 50% in a layer with several units, and no penalty "
    "shrank the weights of a layer to less than 30% of their initial norm",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 8.4',
    causes=(
        *("exploding_gradients", "dead_units", "vanishing_gradients"),
        *("saturated_units", "learning_rate_too_large", "learning_rate_too_small"),
        "underfitting",
    ),
    remedies=("random_initial_values",),
)
def symmetric_units(evidence: Evidence) -> Seen | None:
    """Detect units with equal weights, which all learn the same function."""
    equal = {k: s for k, s in evidence.distinct.items() if s < _MOST_EQUAL}
    if not equal or shrunk_by_penalty(evidence):
        return None
    layer = min(equal, key=equal.__getitem__)
    return Seen(
        f"Only {equal[layer]:.0%} of the units of {layer!r} have distinct weights. "
        "Identical units receive identical gradients, so they stay identical.",
        {"layer": layer, "distinct_share": equal[layer]},
        _severity(evidence),
    )


@symptom(
    "Saturated units",
    formula="fraction of a layer's activations whose slope is below 5% of the "
    "steepest slope",
    condition="the fraction is above 50% before training, and there is no batch "
    "normalization; or the fraction is above 50% after training, the network falls "
    "short, and neither vanishing gradients nor the learning rate is the cause",
    reference=_GLOROT,
    causes=(
        *("exploding_gradients", "vanishing_gradients", "learning_rate_too_small"),
        *("learning_rate_too_large", "underfitting", "overfitting"),
    ),
    remedies=("random_initial_values", "relu", "layer_norm"),
)
def saturated_units(evidence: Evidence) -> Seen | None:
    """Detect activations that operate in their flat region."""
    when, shares = "before", evidence.monitor("saturated_share", 0)
    layer, share = _worst(evidence, shares)
    share = 0.0 if _has_batch_norm(evidence) else share
    blamed = vanishing_gradients(evidence) is not None or overshoots(evidence)
    if share <= _MOST_SATURATED and evidence.falls_short and not blamed:
        when, shares = "after", evidence.monitor("saturated_share", -1)
        layer, share = _worst(evidence, shares)
    if share <= _MOST_SATURATED:
        return None
    return Seen(
        f"{share:.0%} of the activations of {layer!r} are saturated {when} training: "
        "their slope is almost 0, so hardly any gradient passes through them.",
        {"layer": layer, "saturated_share": share, "limit": _MOST_SATURATED},
        _severity(evidence),
    )


@symptom(
    "Exploding gradients",
    formula="standard deviation of the network's outputs before training",
    condition="the standard deviation is above 5, and there is no batch normalization",
    reference='He et al., 2015, "Delving deep into rectifiers", section 2.2',
    causes=(
        *("learning_rate_too_large", "dead_units", "underfitting", "overfitting"),
        *("batch_too_small", "learning_rate_too_small"),
    ),
    remedies=("random_initial_values", "clip_gradients", "layer_norm"),
)
def exploding_gradients(evidence: Evidence) -> Seen | None:
    """Detect large outputs before training."""
    stds = evidence.monitor("std", 0)
    if not len(stds) or _has_batch_norm(evidence):
        return None
    spread = float(stds[-1])
    if not spread > _LARGE_OUTPUT:
        return None
    gradients = evidence.monitor("gradient_norm", 0)
    largest = float(np.nanmax([0, *gradients]))
    return Seen(
        f"Before training, the outputs have a standard deviation of {spread:.3g} "
        "instead of about 1, and the largest gradient of a layer has a norm of "
        f"{largest:.3g}. The initial weights amplify the signals from layer to layer.",
        {"output_std": spread, "gradient_norm": largest, "limit": _LARGE_OUTPUT},
        _severity(evidence),
    )


@symptom(
    "Dead units",
    formula="fraction of a layer's units whose slope is almost 0 on all measured rows",
    condition="the fraction is above 50% before training; or it is above 50% after "
    "training, the network falls short, and neither the learning rate nor "
    "regularization is the cause",
    reference='Lu et al., 2020, "Dying ReLU and initialization"',
    causes=(
        *("vanishing_gradients", "learning_rate_too_small", "underfitting"),
        *("over_regularized", "learning_rate_too_large"),
    ),
    remedies=("leaky_relu", "prelu", "lower_rate", "random_initial_values"),
)
def dead_units(evidence: Evidence) -> Seen | None:
    """Detect units that are inactive for every row."""
    start, end = (evidence.monitor("dead_share", point) for point in (0, -1))
    blamed = overshoots(evidence) or over_regularized(evidence) is not None
    later = evidence.falls_short and not blamed
    shares = np.fmax(start, end) if later else start
    layer, share = _worst(evidence, shares)
    if share <= _MOST_DEAD:
        return None
    return Seen(
        f"{share:.0%} of the units of {layer!r} are dead: their slope is 0 for every "
        "row, so they do not learn.",
        {"layer": layer, "dead_share": share, "limit": _MOST_DEAD},
        _severity(evidence),
    )


@symptom(
    "Vanishing gradients",
    formula="gradient norm of the first layer / that of the last hidden layer",
    condition="the ratio is below 0.01 before training, there are at least 3 hidden "
    "layers, and the training skill is below 0.9",
    reference=_GLOROT,
    causes=("over_regularized", "learning_rate_too_small", "underfitting"),
    remedies=("relu", "batch_norm", "residual"),
)
def vanishing_gradients(evidence: Evidence) -> Seen | None:
    """Detect a gradient that shrinks on its way to the first layer."""
    places = evidence.with_parameters
    if len(places) <= _FEWEST_LAYERS or evidence.solved:
        return None
    norms = evidence.monitor("gradient_norm", 0)[places[:-1]]
    ratio = float(norms[0] / norms[-1]) if norms[-1] > 0 else math.nan
    if not ratio < _VANISHED:
        return None
    first, last = evidence.layers[places[0]], evidence.layers[places[-2]]
    return Seen(
        f"Before training, the gradient norm of {first!r} is {ratio:.1g} times that of "
        f"{last!r}, so the first layers hardly learn.",
        {"first": first, "last": last, "ratio": ratio, "limit": _VANISHED},
        _severity(evidence),
    )


def _has_batch_norm(evidence: Evidence) -> bool:
    """Return whether the network uses batch normalization.

    Before training, its statistics have not been measured yet, so the outputs of the
    layers are not representative.
    """
    return any(isinstance(layer, spec.BatchNorm) for layer in evidence.model)


def _worst(evidence: Evidence, shares: np.ndarray) -> tuple[str, float]:
    """Return the layer with the largest fraction, and that fraction; 0 if unknown."""
    known = np.nan_to_num(shares)
    if not len(known):
        return "", 0.0
    place = int(known.argmax())
    return evidence.layers[place], float(known[place])


def _severity(evidence: Evidence) -> str:
    return "warning" if evidence.may_gain else "advice"
