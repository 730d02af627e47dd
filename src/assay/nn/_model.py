"""A model: named layers in sequence, the last of which is the output."""

from collections.abc import Sequence

import jax
import numpy as np
from flax import nnx

from assay import spec
from assay.nn._chain import chain, inner_names
from assay.nn._context import Context
from assay.nn._layer import Layer, Site
from assay.nn.layers._sequence import run_layers

__all__ = ["Model", "build"]


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
        return run_layers({name: self.layer(name) for name in self.names}, x, context)


def build(
    layers: Sequence[spec.Layer],
    input_shape: tuple[int, ...],
    *,
    num_outputs: int,
    rng: np.random.Generator,
) -> Model:
    """Build a model from its layers; a dense output layer is added.

    Where what comes before it is not flat, a `Flatten` layer is put in between.

    Args:
        layers: what comes before the output, from first to last.
        input_shape: shape of one example.
        num_outputs: size of the output layer, which the task decides.
        rng: where initial values come from.

    Raises:
        InputError: layers do not fit one another or the input; all faults.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> model = build([spec.Conv2D(8, 3)], (4, 4, 1), num_outputs=3, rng=rng)
        >>> model.names
        ('conv1', 'flatten1', 'output')
        >>> model.output.output_shape
        (3,)
    """
    asked = list(layers)
    built = chain(asked, inner_names(asked), Site(input_shape, rng, path="model"))
    shape = list(built.values())[-1].output_shape if built else input_shape
    added: dict[str, spec.Layer] = {}
    if len(shape) > 1:
        added[inner_names([*asked, spec.Flatten()])[-1]] = spec.Flatten()
    added["output"] = spec.Dense(num_outputs)
    site = Site(shape, rng, path="output")
    return Model(built | chain(list(added.values()), list(added), site), input_shape)
