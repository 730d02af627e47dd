"""Counts the floating-point operations per example from the layer specs."""

import math
from collections.abc import Sequence

from assay import spec

__all__ = ["operations"]

_GATES = {"simple_rnn": 1, "gru": 3, "lstm": 4}


def operations(
    layers: Sequence[spec.Layer], input_shape: tuple[int, ...], num_outputs: int
) -> int:
    """Return the number of operations in matrix products per training example.

    A multiplication and an addition count as two operations. The gradients with respect
    to the weights and to the input each cost as much as the product. The first layer
    does not need the gradient with respect to its input.

    Args:
        layers: layers of the model, excluding the output layer.
        input_shape: shape of an example, channels last.
        num_outputs: number of outputs.

    Example:
        >>> operations([spec.Dense(8), spec.ReLU()], (4,), 3)
        272
    """
    shape, total, first = input_shape, 0, True
    for layer in [*layers, spec.Dense(num_outputs)]:
        of_inputs, of_states, shape = _products(layer, shape)
        total += 2 * (of_inputs * (2 if first else 3) + of_states * 3)
        first = first and of_inputs == 0
    return total


def _products(
    layer: spec.Layer, shape: tuple[int, ...]
) -> tuple[int, int, tuple[int, ...]]:
    """Return (input multiply-adds, state multiply-adds, output shape)."""
    match layer:
        case spec.Dense():
            places, units = math.prod(shape[:-1]), _whole(layer.units)
            return places * shape[-1] * units, 0, (*shape[:-1], units)
        case spec.Convolution():
            space = _places(layer, shape[:-1])
            filters, window = _whole(layer.filters), _each(layer.size, len(space))
            inputs = math.prod(window) * shape[-1] // _whole(layer.groups)
            return math.prod(space) * inputs * filters, 0, (*space, filters)
        case spec.Pooling():
            return 0, 0, (*_places(layer, shape[:-1]), shape[-1])
        case spec.Recurrent():
            (steps, channels), units = shape, _whole(layer.units)
            twice = 2 if layer.bidirectional else 1
            gates = steps * twice * _GATES[layer.kind] * units
            width = units * twice
            output = (steps, width) if layer.return_sequences else (width,)
            return gates * channels, gates * units, output
        case spec.Flatten():
            return 0, 0, (math.prod(shape),)
    return 0, 0, shape


def _places(layer: spec.Window, space: tuple[int, ...]) -> tuple[int, ...]:
    """Return the number of positions of a window along each axis."""
    size = _each(layer.size, len(space))  # type: ignore[attr-defined]
    stride = _each(layer.stride or layer.size, len(space))  # type: ignore[attr-defined]
    if layer.padding == "same":  # type: ignore[attr-defined]
        return tuple(-(-n // s) for n, s in zip(space, stride, strict=True))
    asked = 0 if layer.padding == "valid" else layer.padding  # type: ignore[attr-defined]
    padding = _each(asked, len(space))
    axes = zip(space, size, stride, padding, strict=True)
    return tuple((n - f + 2 * p) // s + 1 for n, f, s, p in axes)


def _each(value: object, rank: int) -> tuple[int, ...]:
    """Return one number per axis."""
    return value if isinstance(value, tuple) else (_whole(value),) * rank


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"A size must be a number, but got {value!r}.")
    return value
