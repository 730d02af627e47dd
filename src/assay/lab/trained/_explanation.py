"""Explains how a prediction is computed from the terms of the output layer."""

from typing import Any

import numpy as np

from assay.experiment import Model, network_of
from assay.nn.xray import watch

__all__ = ["explanation"]

_MOST_TERMS = 12
_TOLERANCE = 1e-4  # relative tolerance, because the numbers in formulas are rounded


def explanation(model: Model, inputs: Any) -> dict[str, Any]:
    """Explain how the largest output of a model's first network is calculated.

    Args:
        model: trained model whose network consists of Assay's layers.
        inputs: one prepared example.
    """
    values, lengths = inputs, None
    if isinstance(inputs, dict):
        values, lengths = inputs["values"], inputs["lengths"]
    dtype = model.training.precision
    watched = watch(network_of(model, 0), values, lengths=lengths, dtype=dtype)
    last = watched.names[-1]
    output = np.asarray(watched.output(last)[0])
    at = tuple(int(i) for i in np.unravel_index(int(output.argmax()), output.shape))
    xray = watched.explain(last, at).to_json()
    terms = sorted(xray["terms"], key=lambda term: -abs(term["value"]))
    rest = terms[_MOST_TERMS:]
    return {
        "layers": watched.layers(),
        "layer": last,
        "at": at,
        "formula": xray["formula"],
        "value": xray["value"],
        "terms": terms[:_MOST_TERMS],
        "num_rest": len(rest),
        "rest": sum(term["value"] for term in rest),
        "check": xray["check"],
        "then": _last_steps(model, inputs, output.ravel()),
    }


def _last_steps(model: Model, inputs: Any, outputs: np.ndarray) -> list[str]:
    """Return the steps from the raw outputs of the first network to the prediction.

    The formula is omitted if its value differs from the model's prediction, which
    happens for costs whose outputs have a different meaning.
    """
    size = len(model.members)
    alone = model
    if size > 1:
        alone = Model(model.training, model.preparation, model.members[:1])
    predicted = np.ravel(alone.predict_inputs(inputs))
    text, computed = _restored(model, outputs.astype(np.float64))
    wanted = float(predicted.max() if len(predicted) > 1 else predicted[0])
    close = abs(computed - wanted) <= _TOLERANCE * max(abs(wanted), 1)
    steps = [f"{text} = {wanted:.4g}"] if close else []
    if size > 1:
        steps.append(
            f"This is the first of {size} networks. The prediction is the mean of the "
            f"{size} results."
        )
    return steps


def _restored(model: Model, outputs: np.ndarray) -> tuple[str, float]:
    """Return the last formula, with numbers filled in, and its value."""
    task, preparation = model.preparation.task, model.preparation
    largest = float(outputs.max())
    if task.kind == "binary":
        name = task.classes[1]
        value = 1 / (1 + np.exp(-largest))
        return f"probability of {name} = 1/(1 + exp(-({largest:.4g})))", float(value)
    if task.kind == "multiclass":
        name = task.classes[int(outputs.argmax())]
        total = float(np.exp(outputs - largest).sum())
        fraction = (
            f"exp({largest:.4g}) / sum of exp(y[k]) over all {len(outputs)} outputs"
        )
        return f"probability of {name} = {fraction}", 1 / total
    std, mean = preparation.target_std, preparation.target_mean
    value = float(outputs[0]) * std + mean
    scaled = f"{float(outputs[0]):.4g}·{std:.4g} + {mean:.4g}"
    return f"{task.target} in its original unit = {scaled}", value
