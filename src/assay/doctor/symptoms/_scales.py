"""Inputs and targets that were not brought to a common scale."""

import numpy as np

from assay.doctor._evidence import Evidence
from assay.doctor._symptom import Seen, symptom

__all__ = ["inputs_not_scaled", "target_not_scaled"]

_UNEVEN = 10.0  # spread of one input to that of a typical one
_FAR = 10.0  # distance of an input from 0, in its standard deviations
_LARGE = 5.0  # spread of the targets
_LECUN = (
    'LeCun, Bottou, Orr and Müller, 1998, "Efficient backprop", section 4.3 '
    "(normalizing the inputs)"
)


@symptom(
    "Inputs are not scaled",
    formula="largest standard deviation of an input / their median, and "
    "|mean| / standard deviation",
    condition="more than 10",
    reference=_LECUN,
    causes=(
        *("exploding_gradients", "saturated_units", "dead_units"),
        *("learning_rate_too_large", "learning_rate_too_small", "underfitting"),
    ),
    remedies=("normalize_inputs",),
)
def inputs_not_scaled(evidence: Evidence) -> Seen | None:
    """Return what was seen if the inputs differ widely in scale."""
    data = evidence.data
    stds = np.zeros(0) if data is None else data.input_stds
    varied = stds > 0
    if data is None or not varied.any():
        return None
    typical = float(np.sort(stds[varied])[(varied.sum() - 1) // 2])
    uneven = float(stds.max()) / typical
    far = float((np.abs(data.input_means[varied]) / stds[varied]).max())
    if uneven <= _UNEVEN and (far <= _FAR or typical <= 1):
        return None
    worst = int(stds.argmax())
    return Seen(
        f"Input {worst} varies {uneven:.3g} times as much as a typical one, and the "
        f"largest mean is {far:.3g} standard deviations away from 0.",
        {"ratio": uneven, "input": worst, "offset": far},
        "warning" if evidence.may_gain else "advice",
    )


@symptom(
    "The target is not scaled",
    formula="standard deviation and |mean| of the targets",
    condition="more than 5, and train is not solved",
    reference='Bishop, 1995, "Neural networks for pattern recognition", section 8.2',
    causes=(
        *("exploding_gradients", "learning_rate_too_small", "underfitting"),
        *("learning_rate_too_large", "dead_units"),
    ),
    remedies=("standardize_target",),
)
def target_not_scaled(evidence: Evidence) -> Seen | None:
    """Return what was seen if the numbers to predict are large."""
    data = evidence.data
    if data is None or not evidence.regression or evidence.solved:
        return None
    size = max(data.target_std, abs(data.target_mean))
    if size <= _LARGE:
        return None
    return Seen(
        f"The targets have a mean of {data.target_mean:.3g} and a standard deviation "
        f"of {data.target_std:.3g}, while a new network's outputs are about 1.",
        {"mean": data.target_mean, "std": data.target_std},
    )
