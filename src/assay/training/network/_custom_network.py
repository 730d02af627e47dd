"""Turns a user's Flax NNX module into pure functions."""

import inspect
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import InputError, fault
from assay.nn import Applied, is_picked
from assay.training._arrays import (
    Array,
    Count,
    HostInputs,
    Inputs,
    Mask,
    Outputs,
    PassKey,
    Tree,
    host_array,
)
from assay.training._jax import Path, as_array, output_shapes, to_host, tree_map
from assay.training.network._model_state import ModelState
from assay.training.network._modules import Variables, flat, from_flat, merge, split
from assay.training.network._network import Network
from assay.training.rows._examples import inputs_and_lengths

__all__ = ["CustomNetwork"]

# Parameters, random keys, and all other variables, which are treated as statistics. The
# order matters because a variable belongs to the first kind that matches.
_KINDS = (nnx.Param, nnx.RngState, ...)


class CustomNetwork(Network):
    """A network built by a user's factory, with the interface of `Network`.

    The module maps inputs (n, *input_shape) to raw outputs (n, num_outputs): logits or
    standardized numbers. A module whose `__call__` accepts `lengths` receives the
    sequence lengths (n,). `module.train()` and `module.eval()` switch the mode of
    dropout and batch normalization. Random keys are derived from the iteration.

    Args:
        module: spec with the factory, which is called as
            factory(input_shape, num_outputs, rngs=rngs).
        input_shape: shape of one example.
        num_outputs: number of outputs that the task requires.
        freeze: patterns that select the frozen parts.

    Raises:
        InputError: the factory fails or returns an unsuitable module.

    Example:
        >>> def one_layer(input_shape, num_outputs, *, rngs):
        ...     return nnx.Linear(input_shape[0], num_outputs, rngs=rngs)
        >>> module = spec.OwnModule(factory=one_layer)
        >>> network = CustomNetwork(module, (4,), num_outputs=3)
        >>> network.num_parameters
        15
    """

    def __init__(
        self,
        module: spec.OwnModule,
        input_shape: tuple[int, ...],
        *,
        num_outputs: int,
        freeze: tuple[str, ...] = (),
    ) -> None:
        self.layers = (module,)
        self._factory, self._name = module.factory, module.name
        self.input_shape = input_shape
        self.num_outputs = num_outputs
        self._freeze = freeze
        self._definition, states = split(self._make(seed=0), *_KINDS)
        self._parameters, self._random, self._statistics = map(flat, states)
        self.draws = bool(self._random)
        paths = [*self._parameters, *self._statistics]
        self.names = tuple(dict.fromkeys(str(path[0]) for path in paths))
        self._check()

    def _make(self, *, seed: int) -> nnx.Module:
        name = self._name
        try:
            module = self._factory(
                self.input_shape, self.num_outputs, rngs=nnx.Rngs(seed)
            )
        except Exception as error:
            call = f"{name}({self.input_shape}, {self.num_outputs}, rngs=...)"
            fix = "Accept (input_shape, num_outputs, *, rngs) and return an nnx.Module."
            cause = f"{type(error).__name__}: {error}"
            rule = f"isinstance({call}, nnx.Module)"
            raise InputError(fault(rule, "model", cause, fix)) from error
        if not isinstance(module, nnx.Module):
            fix = "Return an nnx.Module."
            rule = f"isinstance({name}(...), nnx.Module)"
            raise InputError(fault(rule, "model", type(module).__name__, fix))
        return module

    def _check(self) -> None:
        """Raise an InputError unless the module maps two inputs to two output rows."""
        name, wanted = self._name, (2, self.num_outputs)
        if not self._parameters:
            fix = "Store layers as attributes, and learned arrays as nnx.Param."
            raise InputError(fault(f"num_parameters({name}) >= 1", "model", name, fix))
        inputs: Any = jax.ShapeDtypeStruct((2, *self.input_shape), jnp.float32)
        state = _tree(self._parameters), _tree(self._statistics)
        try:
            outputs = output_shapes(lambda x: self._infer(*state, x), inputs)
        except Exception as error:
            cause = f"{type(error).__name__}: {str(error).splitlines()[0]}"
            fix = f"Accept float32 inputs of shape {inputs.shape} for two examples."
            rule = f"{name}(inputs).shape == {wanted}"
            raise InputError(fault(rule, "model", cause, fix)) from error
        shape = getattr(outputs, "shape", type(outputs).__name__)
        if not isinstance(outputs, jax.ShapeDtypeStruct) or shape != wanted:
            fix = "End with nnx.Linear(..., num_outputs, rngs=rngs), without a softmax."
            rule = f"{name}(inputs).shape == {wanted}"
            raise InputError(fault(rule, "outputs.shape", shape, fix))
        if not jnp.issubdtype(outputs.dtype, jnp.floating):
            fix = "Return logits, not classes."
            rule = f"issubdtype({name}(inputs).dtype, floating)"
            raise InputError(fault(rule, "outputs.dtype", str(outputs.dtype), fix))

    def initialize(self, rng: np.random.Generator) -> ModelState:
        """Return newly drawn parameters and statistics, nested by attribute."""
        module = self._make(seed=int(rng.integers(2**31)))
        _, (parameters, _, statistics) = split(module, *_KINDS)
        state = ModelState(_tree(flat(parameters)), _tree(flat(statistics)))
        return tree_map(lambda leaf: host_array(np.asarray(leaf)), to_host(state))

    @property
    def layer_paths(self) -> tuple[str, ...]:
        """Names of the attributes, and "output" for the outputs of the network."""
        return tuple(dict.fromkeys([*self.names, "output"]))

    @property
    def saturating(self) -> frozenset[str]:
        """An empty set, because the layers are unknown."""
        return frozenset()

    @cached_property
    def work(self) -> tuple[int, int]:
        """Estimated numbers of multiplications and outputs per example."""
        return self.num_parameters, self.num_outputs

    @property
    def num_parameters(self) -> int:
        """Total number of learned parameters."""
        return sum(np.size(v[...]) for v in self._parameters.values())

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

        Padding rows are copies of real rows, so batch statistics depend only on real
        examples. Padding rows have weight 0 in the cost.
        """
        module = self._merge_state(parameters, statistics, key)
        module.train()
        for path, part in nnx.iter_modules(module):
            if path and is_picked([str(name) for name in path], self._freeze):
                part.set_attributes(use_running_average=True, raise_if_not_found=False)
        outputs = self._call(module, inputs)
        _, (_, _, statistics_state) = split(module, *_KINDS)
        return outputs, _tree(flat(statistics_state))

    def infer(
        self,
        parameters: Tree,
        statistics: Tree,
        hyperparameters: Tree,
        inputs: Inputs | HostInputs,
    ) -> Outputs:
        """Return the inference outputs."""
        return self._infer(parameters, statistics, inputs)

    def _infer(
        self, parameters: Tree, statistics: Tree, inputs: Inputs | HostInputs
    ) -> Any:
        """Return the module's result without checking it."""
        module = self._merge_state(parameters, statistics, None)
        module.eval()
        return self._call(module, inputs)

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
        """Return the outputs, which are the only named values of a custom network."""
        if training:
            outputs, _ = self.train(
                parameters, statistics, hyperparameters, inputs, mask=mask, key=key
            )
        else:
            outputs = self._infer(parameters, statistics, inputs)
        outputs = outputs + (perturbations or {}).get("output", 0)
        return outputs, {"output": outputs}

    def applied(
        self, parameters: Tree, statistics: Tree, hyperparameters: Tree, inputs: Inputs
    ) -> list[Applied]:
        """Return the whole network as one layer, because its layers are unknown."""
        values, _ = inputs_and_lengths(inputs)
        outputs = self._infer(parameters, statistics, inputs)
        return [Applied("output", self._call, values, outputs, None)]

    def _call(self, module: Any, inputs: Inputs | HostInputs) -> Any:
        values, lengths = inputs_and_lengths(inputs)
        takes_lengths = "lengths" in inspect.signature(module.__call__).parameters
        return module(values, lengths=lengths) if takes_lengths else module(values)

    def _merge_state(
        self, parameters: Tree, statistics: Tree, key: PassKey | None
    ) -> Any:
        """Return the module with the given arrays and a random key."""
        random: Variables = {}
        for place, (path, variable) in enumerate(self._random.items()):
            value = variable[...]
            if key is not None and issubclass(type(variable), nnx.RngKey):
                value = jax.random.fold_in(key, place)
            random[path] = variable.replace(value)  # traces must not share variables
        states = [
            from_flat(_replaced(self._parameters, parameters)),
            from_flat(random.items()),
            from_flat(_replaced(self._statistics, statistics)),
        ]
        return merge(self._definition, states)


def _tree(variables: Variables) -> Tree:
    """Return values nested by attribute name, with list indices as strings."""
    tree: dict[str, Any] = {}
    for path, variable in variables.items():
        *parents, last = map(str, path)
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = variable[...]
    return tree


def _replaced(variables: Variables, tree: Tree) -> Iterator[tuple[Path, Any]]:
    """Yield each variable with its value from a tree."""
    for path, variable in variables.items():
        value: Any = tree
        for name in path:
            value = value[str(name)]
        yield path, variable.replace(as_array(value))
