"""Inputs and targets that are not finite, or not on a common scale."""

import math

import numpy as np

from assay import spec
from assay.doctor._evidence import Evidence
from assay.doctor._facts import DataFacts
from assay.doctor._symptom import Seen, symptom
from assay.doctor.symptoms._units_and_gradients import exploding_gradients

__all__ = ["inputs_not_scaled", "not_a_number", "target_not_scaled"]

_UNEVEN = 10.0  # spread of one input, relative to that of a typical input
_LARGE_INPUT, _SMALL_INPUT = 10.0, 0.02  # size of the inputs; 1 if standardized
_FAR = 10.0  # distance of an input's mean from 0, in standard deviations
_LARGE, _SMALL = 5.0, 0.02  # spread of the targets; 1 if standardized
_LECUN = (
    'LeCun, Bottou, Orr and Müller, 1998, "Efficient backprop", section 4.3 '
    "(normalizing the inputs)"
)


@symptom(
    "Values are not finite",
    formula="means of the inputs and targets; cost before the first update",
    condition="one of these values is NaN or infinite, and the initial weights are not "
    "the cause",
    reference='Goodfellow, Bengio and Courville, 2016, "Deep learning", section 4.1 '
    "(overflow and underflow)",
    causes=(
        *("inputs_not_scaled", "learning_rate_too_large", "dead_units"),
        *("saturated_units", "vanishing_gradients", "underfitting"),
    ),
)
def not_a_number(evidence: Evidence) -> Seen | None:
    """Detect values that were NaN or infinite before any update."""
    data = evidence.data
    if data is not None and not math.isfinite(data.target_mean):
        return Seen("Some training targets are NaN or infinite. Drop these rows.")
    broken = [] if data is None else np.flatnonzero(~np.isfinite(data.input_means))
    if len(broken):
        return Seen(
            f"NaN or infinite values occur in {len(broken)} of the training inputs, "
            f"starting with input {broken[0]}. Replace these values, or drop the rows "
            "that contain them.",
            {"inputs": [int(place) for place in broken[:10]]},
        )
    if evidence.diverged_at != 0 or exploding_gradients(evidence) is not None:
        return None
    return Seen(
        "The cost was NaN or infinite before the first update, although the inputs and "
        "targets are finite. Check the network for logarithms and divisions.",
    )


@symptom(
    "Inputs are not scaled",
    formula="largest / median of the inputs' standard deviations; largest |mean| / "
    "standard deviation of any input; root mean square of all inputs",
    condition="a ratio is above 10; or the root mean square is above 10 or below 0.02, "
    "and the network falls short or its gradients explode. This symptom is not "
    "reported if the first layer is batch normalization. If a ratio is above 10, it "
    "is reported as a warning if the network falls short or a simple model fits the "
    "training set better, and as advice otherwise",
    reference=_LECUN,
    causes=(
        *("exploding_gradients", "saturated_units", "dead_units"),
        *("learning_rate_too_large", "learning_rate_too_small", "underfitting"),
    ),
    remedies=("normalize_inputs",),
)
def inputs_not_scaled(evidence: Evidence) -> Seen | None:
    """Detect inputs that differ widely in scale."""
    data, model = evidence.data, evidence.model
    stds = np.zeros(0) if data is None else data.input_stds
    varied = stds > 0
    if data is None or not varied.any() or not np.isfinite(stds).all():
        return None
    if model and isinstance(model[0], spec.BatchNorm):
        return None
    typical = float(np.sort(stds[varied])[(varied.sum() - 1) // 2])
    uneven = float(stds.max()) / typical
    far = float((np.abs(data.input_means[varied]) / stds[varied]).max())
    if uneven <= _UNEVEN and (far <= _FAR or typical <= 1):
        return _all_too_large_or_small(evidence, data)
    worst = int(stds.argmax())
    return Seen(
        f"Input {worst} varies {uneven:.3g} times as much as a typical input, and the "
        f"largest mean is {far:.3g} standard deviations away from 0.",
        {"ratio": uneven, "input": worst, "offset": far},
        "warning" if evidence.falls_short or evidence.is_behind else "advice",
    )


def _all_too_large_or_small(evidence: Evidence, data: DataFacts) -> Seen | None:
    """Detect inputs that are all too large or too small for a new network."""
    size = float(np.sqrt((data.input_means**2 + data.input_stds**2).mean()))
    large = size > _LARGE_INPUT
    exploding = exploding_gradients(evidence) if large else None
    if not (large or size < _SMALL_INPUT):
        return None
    if exploding is None and not evidence.falls_short:
        return None
    return Seen(
        f"The inputs have a root mean square of {size:.3g}, but the initial weights "
        "are designed for a value of about 1.",
        {"size": size},
        "warning" if evidence.falls_short or exploding is None else exploding.severity,
    )


@symptom(
    "The target is not scaled",
    formula="standard deviation and |mean| of the targets",
    condition="the standard deviation or |mean| is above 5, or the standard deviation "
    "is below 0.02 and the network falls short. This symptom is not reported if the "
    "training skill is at least 0.9. It is reported as a warning if the network falls "
    "short or a simple model fits the training set better, and as advice otherwise",
    reference='Bishop, 1995, "Neural networks for pattern recognition", section 8.2',
    causes=(
        *("exploding_gradients", "learning_rate_too_small", "underfitting"),
        *("learning_rate_too_large", "dead_units"),
    ),
    remedies=("standardize_target",),
)
def target_not_scaled(evidence: Evidence) -> Seen | None:
    """Detect regression targets that are large or very small."""
    data = evidence.data
    if data is None or not evidence.regression or evidence.solved:
        return None
    size = max(data.target_std, abs(data.target_mean))
    if size <= _LARGE and not (data.target_std < _SMALL and evidence.falls_short):
        return None
    behind = evidence.falls_short or evidence.skill < evidence.attainable
    return Seen(
        f"The targets have a mean of {data.target_mean:.3g} and a standard deviation "
        f"of {data.target_std:.3g}, but the outputs of an untrained network have "
        "a size of about 1.",
        {"mean": data.target_mean, "std": data.target_std},
        "warning" if behind else "advice",
    )
