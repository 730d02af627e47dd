"""A model split once into what never changes and the trees that do."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay.nn import Context, Hyperparameter, Model, build
from assay.training.rows._examples import inputs_and_lengths

__all__ = ["Network"]


class Network:
    """A model as pure functions of its parameters, statistics and hyper-parameters.

    Inputs are arrays (n, *input_shape), or {"values": …, "lengths": (n,)} for
    sequences of different lengths, padded to one.

    Args:
        layers: the model before its output layer.
        input_shape: shape of one example.
        num_outputs: size of the output layer.
        precision: in which products of matrices are computed.
        freeze: patterns of layers that are held as they are.

    Example:
        >>> network = Network([spec.Dense(8), spec.ReLU()], (4,), num_outputs=3)
        >>> network.num_parameters  # 4*8 + 8 and 8*3 + 3
        67
        >>> parameters, statistics = network.initialize(np.random.default_rng(0))
        >>> network.infer(parameters, statistics, {}, np.ones((2, 4))).shape
        (2, 3)
    """

    def __init__(
        self,
        layers: Sequence[spec.Layer],
        input_shape: tuple[int, ...],
        *,
        num_outputs: int,
        precision: str = "float32",
        freeze: Sequence[str] = (),
    ) -> None:
        self.layers = tuple(layers)
        self.input_shape = input_shape
        self.num_outputs = num_outputs
        self._freeze = tuple(freeze)
        self._dtype = jnp.dtype(precision)
        self.model = self._build(np.random.default_rng(0))
        self._definition, *self._templates = _split(self.model)
        self.names = self.model.names
        self.draws = any(self.model.layer(name).stochastic for name in self.names)

    def _build(self, rng: np.random.Generator) -> Model:
        return build(
            self.layers, self.input_shape, num_outputs=self.num_outputs, rng=rng
        )

    def initialize(self, rng: np.random.Generator) -> tuple[Any, Any]:
        """Return fresh (parameters, statistics), nested by layer and name."""
        _, parameters, _, statistics = _split(self._build(rng))
        return nnx.to_pure_dict(parameters), nnx.to_pure_dict(statistics)

    @property
    def num_parameters(self) -> int:
        """Number of learned numbers."""
        return sum(int(np.size(leaf)) for leaf in jax.tree.leaves(self._templates[0]))

    def train(
        self,
        parameters: Any,
        statistics: Any,
        hyper: Any,
        inputs: Any,
        **how: Any,
    ) -> tuple[jax.Array, Any]:
        """Return the outputs in training and the new statistics."""
        model = self._merge(parameters, hyper, statistics)
        values, context = self._pass(inputs, training=True, **how)
        outputs = model(values, context)
        return outputs, nnx.to_pure_dict(_split(model)[3])

    def infer(
        self, parameters: Any, statistics: Any, hyper: Any, inputs: Any
    ) -> jax.Array:
        """Return the outputs outside of training."""
        model = self._merge(parameters, hyper, statistics)
        return model(*self._pass(inputs))

    def record(
        self,
        parameters: Any,
        statistics: Any,
        hyper: Any,
        inputs: Any,
        **how: Any,
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """Return the outputs and every named value on the way to them."""
        model = self._merge(parameters, hyper, statistics)
        values, context = self._pass(inputs, recording=True, **how)
        return model(values, context), context.values

    def _pass(self, inputs: Any, **how: Any) -> tuple[jax.Array, Context]:
        """Return the values that go in, and what the layers may know of the pass."""
        values, lengths = inputs_and_lengths(inputs)
        return values, self._context(lengths=lengths, **how)

    def _context(self, **how: Any) -> Context:
        return Context(dtype=self._dtype, freeze=self._freeze, **how)

    def _merge(self, *trees: Any) -> Model:
        states = [
            jax.tree.unflatten(jax.tree.structure(template), jax.tree.leaves(tree))
            for template, tree in zip(self._templates, trees, strict=True)
        ]
        return nnx.merge(self._definition, *states)


def _split(model: Model) -> Any:
    return nnx.split(model, nnx.Param, Hyperparameter, nnx.BatchStat)
