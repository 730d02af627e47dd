"""Determines the link function that maps a model's raw outputs to predictions."""

from collections.abc import Mapping
from typing import Any

from assay._errors import InputError
from assay.experiment import Model

__all__ = ["link_name"]


def link_name(model: Model, known: Mapping[str, Any], form: str) -> str:
    """Return the name of the link function of a model.

    It is "identity", "sigmoid", "softmax" or "rate".

    Args:
        model: the trained model.
        known: the link functions that the format can express, by name.
        form: name of the format, such as "onnx".

    Raises:
        InputError: the format cannot express the link function.
    """
    loss = model.program.static.loss
    name = loss.link.__name__
    if name == "class_link":
        name = "sigmoid" if model.program.network.num_outputs == 1 else "softmax"
    if name not in known:
        raise InputError(
            f"Models trained with the cost {loss.name!r} cannot be exported to {form}. "
            'Use to="safetensors", which exports the parameters of every network.'
        )
    return name
