"""A Flax NNX module of the user's own as pure functions."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import InputError, fault
from assay.nn import is_picked
from assay.training.network._network import Network
from assay.training.rows._examples import inputs_and_lengths

__all__ = ["OwnNetwork"]

_KINDS = (nnx.Param, nnx.RngState, ...)


class OwnNetwork(Network):
    """A network made by a factory, with the interface of `Network`.

    The module maps inputs (n, *input_shape) to raw outputs (n, num_outputs): logits,
    or standardized numbers. Where its call takes `lengths` it is given those of
    sequences, (n,). Dropout and batch normalization are switched by `module.train()`
    and `module.eval()`; random keys are those of the iteration.

    Args:
        own: holds the factory, called as factory(input_shape, num_outputs, rngs=rngs).
        input_shape: shape of one example.
        num_outputs: what the task asks for.
        freeze: patterns of parts that are held as they are.

    Raises:
        InputError: the factory fails, or makes something that does not fit.

    Example:
        >>> def one_layer(input_shape, num_outputs, *, rngs):
        ...     return nnx.Linear(input_shape[0], num_outputs, rngs=rngs)
        >>> own = spec.OwnModule(factory=one_layer)
        >>> network = OwnNetwork(own, (4,), num_outputs=3)
        >>> network.num_parameters
        15
    """

    def __init__(
        self,
        own: spec.OwnModule,
        input_shape: tuple[int, ...],
        *,
        num_outputs: int,
        freeze: tuple[str, ...] = (),
    ) -> None:
        self.layers = (own,)
        self._own = own
        self.input_shape = input_shape
        self.num_outputs = num_outputs
        self._freeze = freeze
        self._definition, *templates = nnx.split(self._made(0), *_KINDS)
        self._parameters, self._random, self._rest = map(_flat, templates)
        self.draws = bool(self._random)
        paths = [*self._parameters, *self._rest]
        self.names = tuple(dict.fromkeys(str(path[0]) for path in paths))
        self._check()

    def _made(self, seed: int) -> nnx.Module:
        factory, name = self._own.factory, self._own.name
        try:
            module = factory(self.input_shape, self.num_outputs, rngs=nnx.Rngs(seed))
        except Exception as error:
            call = f"{name}({self.input_shape}, {self.num_outputs}, rngs=...)"
            fix = "Take (input_shape, num_outputs, *, rngs) and return an nnx.Module."
            told = f"{type(error).__name__}: {error}"
            rule = f"{call} makes the network"
            raise InputError(fault(rule, "model", told, fix)) from error
        if not isinstance(module, nnx.Module):
            fix = "Return an nnx.Module."
            rule = f"{name} makes an nnx.Module"
            raise InputError(fault(rule, "model", type(module).__name__, fix))
        return module

    def _check(self) -> None:
        """Raise unless the module maps two examples to two rows of outputs."""
        name, wanted = self._own.name, (2, self.num_outputs)
        if not self._parameters:
            fix = "Hold layers as attributes, or learned arrays as nnx.Param."
            raise InputError(fault(f"{name} has parameters", "model", name, fix))
        inputs = jax.ShapeDtypeStruct((2, *self.input_shape), jnp.float32)
        parameters, rest = self._parameters, self._rest
        try:
            found: Any = jax.eval_shape(
                lambda x: self.infer(_tree(parameters), _tree(rest), {}, x), inputs
            )
        except Exception as error:
            told = f"{type(error).__name__}: {str(error).splitlines()[0]}"
            fix = f"Inputs are (n, {', '.join(map(str, self.input_shape))}), float32."
            rule = f"{name} takes inputs of the shape {inputs.shape}"
            raise InputError(fault(rule, "model", told, fix)) from error
        shape = getattr(found, "shape", type(found).__name__)
        if shape != wanted:
            fix = "End it in nnx.Linear(..., num_outputs, rngs=rngs), with no softmax."
            rule = f"{name} gives outputs of the shape {wanted} for 2 examples"
            raise InputError(fault(rule, "outputs.shape", shape, fix))
        if not jnp.issubdtype(found.dtype, jnp.floating):
            fix = "Return logits, not classes."
            rule = f"{name} gives real numbers"
            raise InputError(fault(rule, "outputs.dtype", str(found.dtype), fix))

    def initialize(self, rng: np.random.Generator) -> tuple[Any, Any]:
        """Return fresh (parameters, statistics), nested by attribute."""
        module = self._made(int(rng.integers(2**31)))
        _, parameters, _, rest = nnx.split(module, *_KINDS)
        host = jax.device_get((_tree(_flat(parameters)), _tree(_flat(rest))))
        return jax.tree.map(np.asarray, host)

    @property
    def num_parameters(self) -> int:
        """Number of learned numbers."""
        return sum(int(np.size(v[...])) for v in self._parameters.values())

    def train(
        self,
        parameters: Any,
        statistics: Any,
        hyper: Any,
        inputs: Any,
        *,
        mask: Any = None,
        key: Any = None,
        first_row: Any = 0,
    ) -> tuple[jax.Array, Any]:
        """Return the outputs in training and the new statistics.

        Rows that pad a batch are real ones, drawn again, so that statistics of the
        batch are those of examples; they weigh nothing in the cost.
        """
        module = self._merged(parameters, statistics, key)
        module.train()
        for path, part in nnx.iter_modules(module):
            if path and is_picked([str(name) for name in path], self._freeze):
                part.set_attributes(use_running_average=True, raise_if_not_found=False)
        outputs = self._called(module, inputs)
        return outputs, _tree(_flat(nnx.split(module, *_KINDS)[3]))

    def infer(
        self, parameters: Any, statistics: Any, hyper: Any, inputs: Any
    ) -> jax.Array:
        """Return the outputs outside of training."""
        module = self._merged(parameters, statistics, None)
        module.eval()
        return self._called(module, inputs)

    def record(
        self, parameters: Any, statistics: Any, hyper: Any, inputs: Any, **how: Any
    ) -> tuple[jax.Array, dict[str, jax.Array]]:
        """Return the outputs, and no named values: it is not known what is inside."""
        perturbations = how.pop("perturbations", {})
        if how.pop("training", False):
            outputs, _ = self.train(parameters, statistics, hyper, inputs, **how)
        else:
            outputs = self.infer(parameters, statistics, hyper, inputs)
        outputs = outputs + perturbations.get("output", 0)
        return outputs, {"output": outputs}

    def _called(self, module: Any, inputs: Any) -> jax.Array:
        values, lengths = inputs_and_lengths(inputs)
        takes_lengths = "lengths" in inspect.signature(module.__call__).parameters
        return module(values, lengths=lengths) if takes_lengths else module(values)

    def _merged(self, parameters: Any, statistics: Any, key: Any) -> Any:
        random = {}
        for place, (path, variable) in enumerate(self._random.items()):
            value = variable[...]
            if key is not None and isinstance(variable, nnx.RngKey):
                value = jax.random.fold_in(key, place)
            random[path] = variable.replace(value)  # not shared between traces
        states = [
            _filled(self._parameters, parameters),
            nnx.from_flat_state(list(random.items())),
            _filled(self._rest, statistics),
        ]
        return nnx.merge(self._definition, *states)


def _flat(state: Any) -> dict[tuple[Any, ...], Any]:
    return dict(nnx.to_flat_state(state))


def _tree(flat: Mapping[tuple[Any, ...], Any]) -> dict[str, Any]:
    """Return values nested by the names of attributes; places in lists are text."""
    tree: dict[str, Any] = {}
    for path, variable in flat.items():
        *parents, last = map(str, path)
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = variable[...]
    return tree


def _filled(flat: Mapping[tuple[Any, ...], Any], tree: Any) -> Any:
    return nnx.from_flat_state(list(_replaced(flat, tree)))


def _replaced(flat: Mapping[tuple[Any, ...], Any], tree: Any) -> Iterator[Any]:
    for path, variable in flat.items():
        value = tree
        for name in path:
            value = value[str(name)]
        yield path, variable.replace(jnp.asarray(value))
