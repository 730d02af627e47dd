"""A single training iteration, which updates the parameters once."""

from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax.numpy as jnp
from jaxtyping import Float

from assay import optim
from assay.regularize import decay
from assay.training._arrays import Array, Count, Scalar, Tree
from assay.training._devices import on_all, split_rows
from assay.training.network._packing import Packed
from assay.training.program._hyperparameters import Hyperparameters
from assay.training.program._state import Memory, State
from assay.training.program._static import Static
from assay.training.program.iteration._batch import (
    Batch,
    batch_key,
    prepare_batch,
    with_scheduled_dropout,
)
from assay.training.program.iteration._objective import gradients

__all__ = ["ITERATION_FIELDS", "iterate", "rule_of", "update"]

ITERATION_FIELDS = ("cost", "gradient_norm", "learning_rate")


@runtime_checkable
class Rule(Protocol):
    """A rule that turns gradients into update directions."""

    def init(self, parameters: Packed, /) -> Memory:
        """Return the rule's state before the first update."""
        ...

    def update(
        self, gradient: Packed, memory: Memory, parameters: Packed, /
    ) -> tuple[Packed, Memory]:
        """Return the direction and the rule's new state."""
        ...


class Updated(NamedTuple):
    """The result of an update.

    Args:
        parameters: new parameters.
        memory: new optimizer state.
        gradient_norm: global norm of the gradient, before clipping.
        learning_rate: learning rate of the iteration.
    """

    parameters: Packed
    memory: Memory
    gradient_norm: Scalar
    learning_rate: Scalar


def rule_of(static: Static, hyperparameters: Hyperparameters) -> Rule:
    """Return the optimizer's rule with traced hyperparameters."""
    values = dict(hyperparameters.optimizer)
    del values["learning_rate"]
    rule: Any = static.optimizer.direction(**values)
    return rule


def iterate(
    static: Static,
    state: State,
    hyperparameters: Hyperparameters,
    batch: Batch,
    *,
    index: Count,
) -> tuple[State, Float[Array, " fields"]]:
    """Run an iteration and return the new state and a row of `ITERATION_FIELDS`."""
    tree = static.packing.unpack(state.parameters)
    batch = split_rows(batch, static.mesh)
    key = batch_key(static, state, index)
    hyperparameters = with_scheduled_dropout(static, hyperparameters, index)
    prepared = prepare_batch(static, hyperparameters, batch, key)
    gradient, cost, statistics = gradients(
        static,
        tree,
        hyperparameters,
        prepared,
        statistics=state.statistics,
        key=key,
    )
    gradient, cost, statistics = on_all((gradient, cost, statistics), static.mesh)
    updated = update(static, state, hyperparameters, gradient, index=index)
    faulty = ~jnp.isfinite(cost) & (state.diverged_at < 0)
    state = state._replace(
        parameters=updated.parameters,
        statistics=static.groups.keep_frozen(state.statistics, statistics),
        optimizer=updated.memory,
        diverged_at=jnp.where(faulty, index, state.diverged_at),
    )
    return state, jnp.stack([cost, updated.gradient_norm, updated.learning_rate])


def update(
    static: Static,
    state: State,
    hyperparameters: Hyperparameters,
    gradient: Tree,
    *,
    index: Count,
) -> Updated:
    """Update the parameters with the gradient of an iteration."""
    packed = static.groups.learning(static.packing.pack(gradient))
    norm = optim.global_norm(packed)
    if hyperparameters.clip_norm is not None:
        packed = optim.clip_by_global_norm(packed, hyperparameters.clip_norm)
    rate = hyperparameters.optimizer["learning_rate"]
    rate = rate * _schedule_factor(static, state, hyperparameters, index)
    parameters, memory = _update(static, state, hyperparameters, packed, rate=rate)
    return Updated(parameters, memory, norm, rate)


def _update(
    static: Static,
    state: State,
    hyperparameters: Hyperparameters,
    gradient: Packed,
    *,
    rate: Scalar,
) -> tuple[Packed, Memory]:
    """Return the new parameters and the new optimizer state."""
    weight_decay = hyperparameters.regularizers.get("weight_decay")
    memory, groups = state.optimizer, static.groups
    if weight_decay is None and groups.uniform:
        values = {**hyperparameters.optimizer, "learning_rate": rate}
        return static.optimizer.update(gradient, memory, state.parameters, **values)
    learning = groups.learning(state.parameters)
    rule = rule_of(static, hyperparameters)
    direction, memory = rule.update(gradient, memory, learning)
    if weight_decay is not None:
        kernels = groups.learning(static.kernels)
        direction = decay(direction, learning, kernels, **weight_decay)
    factors = hyperparameters.learning_rate_of
    return groups.update(state.parameters, direction, rate, factors), memory


def _schedule_factor(
    static: Static, state: State, hyperparameters: Hyperparameters, index: Count
) -> Scalar:
    if state.plateau is not None:
        return state.plateau.factor
    return static.schedule.factor(
        index, hyperparameters.total_iterations, **hyperparameters.schedule
    )
