"""Recurrent layers in PyTorch."""

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source.torch._registry import translates

__all__: list[str] = []

_CLASSES = {"simple_rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}


@translates(spec.Recurrent)
def _recurrent(code: Code, trained: TrainedLayer) -> None:
    layer, arrays = trained.layer, {}
    for prefix in layer.directions:
        arrays |= _arrays(trained, prefix)
    channels = trained.array("kernel").shape[0]
    units = trained.array("recurrent_kernel").shape[0]
    options = "batch_first=True" + ", bidirectional=True" * (len(layer.directions) > 1)
    expression = f"nn.{_CLASSES[layer.kind]}({channels}, {units}, {options})"
    name = code.layer(trained.name, expression, arrays)
    code.uses("walk")
    lengths = "lengths" if code.uneven else "None"
    place = 0 if layer.return_sequences else 1
    code.run(f"x = walk({name}, x, {lengths})[{place}]")
    if not layer.return_sequences:
        code.uneven = False


def _arrays(trained: TrainedLayer, prefix: str) -> dict[str, np.ndarray]:
    """Return the arrays of one direction; PyTorch has two biases."""
    bias = trained.array(f"{prefix}bias")
    inner = np.zeros_like(bias)
    recurrent_bias = trained.optional(f"{prefix}recurrent_bias")
    if recurrent_bias is not None:  # that of the last gate of a GRU
        inner[-len(recurrent_bias) :] = recurrent_bias
    ending = "_l0_reverse" if prefix else "_l0"
    return {
        f"weight_ih{ending}": trained.array(f"{prefix}kernel").T,
        f"weight_hh{ending}": trained.array(f"{prefix}recurrent_kernel").T,
        f"bias_ih{ending}": bias,
        f"bias_hh{ending}": inner,
    }
