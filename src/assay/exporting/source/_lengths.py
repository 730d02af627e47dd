"""Code that updates the number of real steps in each row after a layer."""

from typing import Any

from assay.data import Preparation
from assay.exporting.source._code import Code

__all__ = ["are_uneven", "resized_lengths", "upsampled_lengths", "window_lengths"]


def are_uneven(preparation: Preparation) -> bool:
    """Return whether prepared rows may have different numbers of steps."""
    sole = preparation.sole_encoder
    return preparation.kind == "text" or getattr(sole, "uneven", False)


def window_lengths(code: Code, window: Any) -> None:
    """Update the lengths after a layer whose window slides over the steps."""
    if not code.uneven:
        return
    step, (low, high) = window.stride[0], window.padding[0]
    if window.same:
        code.run(f"lengths = -(-lengths // {step})")
        return
    reach = window.dilation[0] * (window.size[0] - 1) + 1
    places = f"(lengths + {low + high - reach}) // {step} + 1"
    # An additional window exists if it starts before the padding at the end.
    if window.round_up:
        code.run(f"room, places = lengths + {low + high - reach}, {places}")
        starts = f"(room % {step} > 0) & (places * {step} < lengths + {low})"
        places = f"places + ({starts})"
    _update(code, places, window.output[0])


def upsampled_lengths(code: Code, layer: Any) -> None:
    """Update the lengths after a transposed convolution."""
    if not code.uneven:
        return
    reach = layer.dilation[0] * (layer.size[0] - 1) + 1
    more = reach + layer.extra[0] - sum(layer.padding[0])
    _update(code, f"(lengths - 1) * {layer.stride[0]} + {more}", layer.output_shape[0])


def resized_lengths(code: Code, layer: Any) -> None:
    """Update the lengths after adding or removing rows."""
    if code.uneven:
        _update(code, f"lengths + {sum(layer.rows[0])}", layer.output_shape[0])


def _update(code: Code, places: str, most: int) -> None:
    code.uses("limited")
    code.run(f"lengths = limited({places}, lengths, {most})")
