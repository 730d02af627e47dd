"""A network as pure functions of its arrays."""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay.nn import Applied, Context, Hyperparameter, Layer, Model, build
from assay.training._arrays import (
    Array,
    Count,
    HostInputs,
    Inputs,
    Mask,
    Outputs,
    PassKey,
    Tree,
)
from assay.training._jax import tree_flatten, tree_leaves, tree_unflatten
from assay.training.network._model_state import ModelState
from assay.training.network._modules import merge, nested, split
from assay.training.rows._examples import inputs_and_lengths

__all__ = ["Network"]

_KINDS = (nnx.Param, Hyperparameter, nnx.BatchStat)  # kinds of variables in a network


class Network:
    """A network as pure functions of parameters, statistics and hyperparameters.

    Inputs are arrays (n, *input_shape). Sequences of different lengths are padded to a
    common length and passed as {"values": …, "lengths": (n,)}.

    Args:
        layers: layers before the output layer.
        input_shape: shape of one example.
        num_outputs: size of the output layer.
        precision: data type for matrix products.
        freeze: patterns that select the frozen layers.

    Example:
        >>> network = Network([spec.Dense(8), spec.ReLU()], (4,), num_outputs=3)
        >>> network.num_parameters  # 4*8 + 8 and 8*3 + 3
        67
        >>> parameters, statistics = network.initialize(np.random.default_rng(0))
        >>> import jax
        >>> infer = jax.jit(network.infer)
        >>> infer(parameters, statistics, {}, np.ones((2, 4))).shape
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
        self._definition, self._templates = split(self.model, *_KINDS)
        self.names = self.model.names
        self.draws = any(self.model.layer(name).stochastic for name in self.names)

    def _build(self, rng: np.random.Generator) -> Model:
        return build(
            self.layers, self.input_shape, num_outputs=self.num_outputs, rng=rng
        )

    def initialize(self, rng: np.random.Generator) -> ModelState:
        """Return newly drawn parameters and statistics, nested by layer and name."""
        _, (parameters, _, statistics) = split(self._build(rng), *_KINDS)
        return ModelState(nested(parameters), nested(statistics))

    @property
    def layer_paths(self) -> tuple[str, ...]:
        """Paths of all layers in forward order, such as "residual1.conv1"."""
        return tuple(path for path, _ in self._all_layers())

    @property
    def saturating(self) -> frozenset[str]:
        """Paths of the layers whose activation saturates on both sides."""
        return frozenset(p for p, layer in self._all_layers() if layer.saturates)

    @cached_property
    def work(self) -> tuple[int, int]:
        """Total numbers of multiplications and outputs per example."""
        each = [layer for _, layer in self._all_layers()]
        products = sum(layer.describe().multiply_adds for layer in each)
        return products, sum(math.prod(layer.output_shape) for layer in each)

    def _all_layers(self) -> Iterator[tuple[str, Layer]]:
        return _with_inner({name: self.model.layer(name) for name in self.names})

    @property
    def num_parameters(self) -> int:
        """Total number of learned parameters."""
        return sum(leaf.size for leaf in tree_leaves(self._templates[0]))

    def train(
        self,
        parameters: Tree,
        statistics: Tree,
        hyperparameters: Tree,
        inputs: Inputs,
        *,
        mask: Mask | None = None,
        key: PassKey | None = None,
        first_row: Count | int = 0,
    ) -> tuple[Outputs, Tree]:
        """Return the training outputs and the new statistics.

        Args:
            parameters: nested by layer and name.
            statistics: running statistics, nested in the same way.
            hyperparameters: hyperparameters of the layers, nested in the same way.
            inputs: inputs of a batch, or of a slice of it.
            mask: 1 for a real row, 0 for a padding row; None if all rows are real.
            key: random key of the iteration; None if no random numbers are needed.
            first_row: position of the first input in the batch.
        """
        model = self._merge(parameters, hyperparameters, statistics)
        values, lengths = inputs_and_lengths(inputs)
        context = Context(
            training=True,
            lengths=lengths,
            mask=mask,
            key=key,
            dtype=self._dtype,
            first_row=first_row,
            freeze=self._freeze,
        )
        outputs = model(values, context)
        _, (_, _, statistics_state) = split(model, *_KINDS)
        return outputs, nested(statistics_state)

    def infer(
        self,
        parameters: Tree,
        statistics: Tree,
        hyperparameters: Tree,
        inputs: Inputs | HostInputs,
    ) -> Outputs:
        """Return the inference outputs."""
        model = self._merge(parameters, hyperparameters, statistics)
        values, lengths = inputs_and_lengths(inputs)
        context = Context(lengths=lengths, dtype=self._dtype, freeze=self._freeze)
        return model(values, context)

    def record(
        self,
        parameters: Tree,
        statistics: Tree,
        hyperparameters: Tree,
        inputs: Inputs,
        *,
        training: bool = False,
        mask: Mask | None = None,
        key: PassKey | None = None,
        perturbations: Mapping[str, Array] | None = None,
    ) -> tuple[Outputs, dict[str, Array]]:
        """Return the outputs and every named intermediate value.

        Args:
            parameters: nested by layer and name.
            statistics: running statistics, nested in the same way.
            hyperparameters: hyperparameters of the layers, nested in the same way.
            inputs: inputs of a batch.
            training: whether this is a training pass.
            mask: as in `train`.
            key: as in `train`.
            perturbations: arrays to add to the named values, keyed by name.
        """
        model = self._merge(parameters, hyperparameters, statistics)
        values, lengths = inputs_and_lengths(inputs)
        context = Context(
            training=training,
            lengths=lengths,
            mask=mask,
            key=key,
            dtype=self._dtype,
            perturbations=perturbations,
            recording=True,
            freeze=self._freeze,
        )
        return model(values, context), context.values

    def applied(
        self, parameters: Tree, statistics: Tree, hyperparameters: Tree, inputs: Inputs
    ) -> list[Applied]:
        """Return all layers with their inputs and outputs in an inference pass."""
        model = self._merge(parameters, hyperparameters, statistics)
        values, lengths = inputs_and_lengths(inputs)
        context = Context(
            lengths=lengths, dtype=self._dtype, recording=True, freeze=self._freeze
        )
        model(values, context)
        return context.applied

    def _merge(self, *trees: Tree) -> Model:
        """Return the model with the given arrays, passed in the order of `_KINDS`."""
        states = [
            tree_unflatten(tree_flatten(template)[1], tree_leaves(tree))
            for template, tree in zip(self._templates, trees, strict=True)
        ]
        return merge(self._definition, states)


def _with_inner(layers: Mapping[str, Layer]) -> Iterator[tuple[str, Layer]]:
    """Yield (path, layer) for all layers, preceding each by its inner layers."""
    for name, layer in layers.items():
        for path, inner in _with_inner(layer.inner_layers()):
            yield f"{name}.{path}", inner
        yield name, layer
