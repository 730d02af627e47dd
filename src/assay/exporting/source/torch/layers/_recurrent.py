"""Recurrent layers in PyTorch."""

import numpy as np

from assay import spec
from assay.exporting._recurrent_arrays import first_states, second_bias
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source.torch._registry import translates

__all__: list[str] = []

_CLASSES = {"simple_rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}


@translates(spec.Recurrent)
def _recurrent(code: Code, trained: TrainedLayer) -> None:
    layer = trained.layer
    output_index = 0 if layer.return_sequences else 1
    if layer.kind == "gru" and not layer.reset_after:
        _reset_first(code, trained, output_index)
    else:
        _native(code, trained, output_index)
    if not layer.return_sequences:
        code.uneven = False


def _native(code: Code, trained: TrainedLayer, output_index: int) -> None:
    """Add a built-in layer. Output 0 contains all states, and output 1 the last one."""
    layer, arrays = trained.layer, {}
    for prefix in layer.directions:
        arrays |= _arrays(trained, prefix)
    options = "batch_first=True" + ", bidirectional=True" * (len(layer.directions) > 1)
    expression = f"nn.{_CLASSES[layer.kind]}({_sizes(trained)}, {options})"
    name = code.layer(trained.name, expression, arrays)
    code.uses("walk")
    lengths = code.lengths
    start = f", {_start(code, trained)}" if layer.learns_state else ""
    if not layer.reverse:
        code.run(f"x = walk({name}, x, {lengths}{start})[{output_index}]")
        return
    code.uses("backward")
    code.run(
        f"x = walk({name}, backward(x, {lengths}), {lengths}{start})[{output_index}]"
    )
    if layer.return_sequences:
        code.run(f"x = backward(x, {lengths})")


def _start(code: Code, trained: TrainedLayer) -> str:
    """Add the learned initial states and return an expression for them."""
    states = {str(index): s for index, s in enumerate(first_states(trained))}
    zeros = ", ".join(f"torch.zeros{state.shape}" for state in states.values())
    expression = f"nn.ParameterList([{zeros}])"
    return code.layer(f"{trained.name}_start", expression, states)


def _reset_first(code: Code, trained: TrainedLayer, output_index: int) -> None:
    """Add a custom GRU whose reset gate acts before the recurrent product."""
    layer, parts = trained.layer, []
    code.uses("ResetFirstGRU")
    for prefix in layer.directions:
        names = ["kernel", "recurrent_kernel", "bias", "initial_state"]
        arrays = {name: trained.optional(prefix + name) for name in names}
        sizes = _sizes(trained) + ", learned=True" * layer.learns_state
        name = f"{trained.name}_backward" if prefix else trained.name
        part = code.layer(name, f"ResetFirstGRU({sizes})", arrays)
        reverse = ", reverse=True" * layer.runs_backwards(prefix)
        parts.append(f"{part}(x, {code.lengths}{reverse})[{output_index}]")
    both = f"torch.cat([{', '.join(parts)}], dim=-1)"
    code.run(f"x = {both if len(parts) > 1 else parts[0]}")


def _sizes(trained: TrainedLayer) -> str:
    channels = trained.array("kernel").shape[0]
    return f"{channels}, {trained.array('recurrent_kernel').shape[0]}"


def _arrays(trained: TrainedLayer, prefix: str) -> dict[str, np.ndarray]:
    """Return the arrays of one direction, with the two biases that PyTorch expects."""
    ending = "_l0_reverse" if prefix else "_l0"
    return {
        f"weight_ih{ending}": trained.array(f"{prefix}kernel").T,
        f"weight_hh{ending}": trained.array(f"{prefix}recurrent_kernel").T,
        f"bias_ih{ending}": trained.array(f"{prefix}bias"),
        f"bias_hh{ending}": second_bias(trained, prefix),
    }
