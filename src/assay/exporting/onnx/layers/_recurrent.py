"""Recurrent layers in ONNX."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from assay import spec
from assay.exporting._recurrent_arrays import first_states, second_bias
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._registry import Pass, translates
from assay.exporting.onnx._shapes import fill_padding

__all__: list[str] = []


@translates(spec.SimpleRNN)
def _simple_rnn(state: Pass, trained: TrainedLayer, x: str) -> str:
    return _recurrent(state, "RNN", trained, x, gates=(0,))


@translates(spec.LSTM)
def _lstm(state: Pass, trained: TrainedLayer, x: str) -> str:
    return _recurrent(state, "LSTM", trained, x, gates=(0, 3, 1, 2))  # i, o, f, g


@translates(spec.GRU)
def _gru(state: Pass, trained: TrainedLayer, x: str) -> str:
    # In ONNX, "linear" means that the reset gate acts after the recurrent product.
    linear = int(trained.layer.reset_after)
    return _recurrent(
        state, "GRU", trained, x, gates=(1, 0, 2), linear_before_reset=linear
    )  # z, r, n


def _recurrent(
    state: Pass,
    kind: str,
    trained: TrainedLayer,
    x: str,
    *,
    gates: Sequence[int],
    **attributes: Any,
) -> str:
    """Add a recurrent layer.

    Args:
        state: graph and sequence lengths.
        kind: name of the operation.
        trained: layer to add.
        x: name of the input (n, steps, c).
        gates: positions of the gates, in the order used by ONNX.
        **attributes: additional attributes of the operation.
    """
    graph, layer = state.graph, trained.layer
    directions = layer.directions
    units = layer.output_shape[-1] // len(directions)
    each = [_arrays(trained, prefix, gates) for prefix in directions]
    kernel, recurrent, bias = (np.stack(arrays) for arrays in zip(*each, strict=True))
    lengths = "" if state.lengths is None else _at_least_one(graph, state.lengths)
    starts = first_states(trained)
    steps, last = graph.ops(
        kind,
        graph.op("Transpose", x, perm=[1, 0, 2]),
        *map(graph.constant, (kernel, recurrent, bias)),
        lengths,
        *(_for_each_row(graph, start, x) for start in starts),
        num_outputs=2,
        direction=_direction(trained.layer),
        hidden_size=units,
        **attributes,
    )
    if layer.return_sequences:  # (steps, directions, n, units)
        steps = graph.op("Transpose", steps, perm=[2, 0, 1, 3])
        shape = graph.integers(0, 0, layer.output_shape[-1])
        steps = graph.op("Reshape", steps, shape)
        return fill_padding(graph, steps, state.lengths, layer.output_shape)
    last = graph.op("Transpose", last, perm=[1, 0, 2])
    last = graph.op("Reshape", last, graph.integers(0, layer.output_shape[-1]))
    first = starts[0].reshape(-1) if starts else np.float32(0)
    return _first_without_steps(state, last, first)


def _direction(layer: Any) -> str:
    if len(layer.directions) == 2:
        return "bidirectional"
    return "reverse" if layer.reverse else "forward"


def _for_each_row(graph: Graph, start: np.ndarray, x: str) -> str:
    """Repeat the initial states for each row of x, (directions, n, units)."""
    directions, _, units = start.shape
    rows = graph.op("Shape", x, start=0, end=1)
    sizes = (graph.integers(directions), rows, graph.integers(units))
    shape = graph.op("Concat", *sizes, axis=0)
    return graph.op("Expand", graph.constant(start), shape)


def _at_least_one(graph: Graph, lengths: str) -> str:
    """Replace lengths of 0 with 1, because the operation does not accept 0."""
    some = graph.op("Max", lengths, graph.constant(1, np.int64))
    return graph.cast(some, np.int32)


def _first_without_steps(state: Pass, last: str, first: Any) -> str:
    """Return the last states, or the initial state for sequences without steps."""
    graph, lengths = state.graph, state.lengths
    state.lengths = None
    if lengths is None:
        return last
    some = graph.op("Greater", lengths, graph.constant(0, np.int64))
    some = graph.op("Unsqueeze", some, graph.integers(1))
    return graph.op("Where", some, last, graph.constant(first))


def _arrays(
    trained: TrainedLayer, prefix: str, gates: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the arrays of one direction: W, R, and all biases in one row."""

    def ordered(array: np.ndarray) -> np.ndarray:
        parts = np.split(array, len(gates), axis=-1)
        return np.concatenate([parts[gate] for gate in gates], axis=-1)

    names = ("kernel", "recurrent_kernel", "bias")
    kernel, recurrent, bias = (ordered(trained.array(prefix + n)) for n in names)
    biases = np.concatenate([bias, ordered(second_bias(trained, prefix))])
    return kernel.T, recurrent.T, biases
