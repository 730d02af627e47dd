"""The state of a fit before its first iteration."""

import numpy as np

from assay import optim
from assay._seeds import key_data
from assay.training._arrays import Tree, host_array
from assay.training._jax import to_host
from assay.training.network._packing import Packed
from assay.training.program._state import Best, Memory, State
from assay.training.program._static import Static

__all__ = ["initial_state"]


def initial_state(
    static: Static, parameters: Packed, statistics: Tree, memory: Memory, *, seed: int
) -> State:
    """Return the initial state of a fit.

    Args:
        static: settings that determine which parts the state has.
        parameters: packed initial parameters.
        statistics: initial running statistics of normalization layers.
        memory: initial state of the optimizer.
        seed: seed of the fit.
    """
    infinite, zero = host_array(np.float32(np.inf)), host_array(np.int32(0))
    best = Best(parameters, statistics, infinite, zero)
    plateau = to_host(optim.schedules.start_plateau())
    return State(
        parameters=parameters,
        statistics=statistics,
        optimizer=memory,
        key=host_array(key_data(seed, "masks")),
        best=best if static.stops_early else None,
        stale_epochs=zero,
        plateau=plateau if static.watches_plateau else None,
        stopped=host_array(np.False_),
        diverged_at=host_array(np.int32(-1)),
    )
