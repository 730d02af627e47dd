"""A model: named layers in sequence, the last of which is the output."""

from collections import Counter
from collections.abc import Sequence

import jax
import numpy as np
from flax import nnx

from assay import spec
from assay.nn._context import Context
from assay.nn._layer import LAYERS, Layer, Site

__all__ = ["Model", "build", "layer_names"]


class Model(nnx.Module):
    """Layers applied one after the other; each is an attribute of its name."""

    def __init__(self, layers: dict[str, Layer], input_shape: tuple[int, ...]) -> None:
        self.names = tuple(layers)
        self.input_shape = input_shape
        for name, layer in layers.items():
            setattr(self, name, layer)

    def layer(self, name: str) -> Layer:
        """Return the layer of that name."""
        return getattr(self, name)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Map inputs (n, *input_shape) to raw outputs (n, num_outputs)."""
        for name in self.names:
            x = context.record(name, self.layer(name)(x, context))
        return x


def layer_names(layers: Sequence[spec.Layer]) -> list[str]:
    """Name layers by kind and place among their kind, the last one "output".

    Example:
        >>> layer_names([spec.Dense(8), spec.ReLU(), spec.Dense(8), spec.Dense(1)])
        ['dense1', 'relu1', 'dense2', 'output']
    """
    seen: Counter[str] = Counter()
    names = []
    for layer in layers:
        seen[layer.kind] += 1
        names.append(f"{layer.kind}{seen[layer.kind]}")
    return [*names[:-1], "output"]


def build(
    layers: Sequence[spec.Layer],
    input_shape: tuple[int, ...],
    *,
    num_outputs: int,
    rng: np.random.Generator,
) -> Model:
    """Build a model from its layers; a dense output layer is added.

    Args:
        layers: what comes before the output, from first to last.
        input_shape: shape of one example.
        num_outputs: size of the output layer, which the task decides.
        rng: where initial values come from.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> model = build([spec.Dense(8)], (4,), num_outputs=3, rng=rng)
        >>> model.output.output_shape
        (3,)
    """
    asked = [*layers, spec.Dense(num_outputs)]
    built: dict[str, Layer] = {}
    shape = input_shape
    for index, (name, layer) in enumerate(zip(layer_names(asked), asked, strict=True)):
        site = Site(shape, rng, _next_activation(asked[index + 1 :]))
        built[name] = LAYERS[layer.kind](layer, site)
        shape = built[name].output_shape
    return Model(built, input_shape)


def _next_activation(following: Sequence[spec.Layer]) -> str:
    """Return the kind of the activation that a layer's output runs into."""
    for layer in following:
        if isinstance(layer, spec.Activation):
            return layer.kind
        if isinstance(layer, spec.Dense):
            break
    return "identity"
