"""Initial values taken from another fit."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from assay._errors import Faults, fault
from assay.training._arrays import Array, Tree, host_array
from assay.training.network._model_state import ModelState

__all__ = ["InitialValues", "merge_initial_values"]


class InitialValues(NamedTuple):
    """Parameters and statistics of another fit. Missing entries are drawn at random.

    Args:
        parameters: nested by layer and name.
        statistics: running statistics, nested by layer and name.
    """

    parameters: Tree
    statistics: Tree


def merge_initial_values(
    fresh: ModelState | tuple[Tree, Tree], initial: InitialValues | None
) -> ModelState:
    """Replace newly drawn parameters and statistics with initial values.

    Values for layers that the network does not have are ignored.

    Raises:
        InputError: some shapes differ from those of the network. The error lists
            every fault.

    Example:
        >>> fresh = {"dense1": {"kernel": np.zeros(2), "bias": np.zeros(1)}}
        >>> initial = InitialValues({"dense1": {"kernel": np.ones(2)}, "other": {}}, {})
        >>> merge_initial_values((fresh, {}), initial).parameters["dense1"]
        {'kernel': array([1., 1.]), 'bias': array([0.])}
    """
    parameters, statistics = fresh
    if initial is None:
        return ModelState(parameters, statistics)
    faults = Faults()
    merged = ModelState(
        _merge(parameters, initial.parameters, (), faults),
        _merge(statistics, initial.statistics, (), faults),
    )
    faults.raise_if_any()
    return merged


def _merge(fresh: Tree, initial: Tree, path: tuple[str, ...], faults: Faults) -> Tree:
    return {
        name: _merge_entry(entry, initial[name], (*path, name), faults)
        if name in initial
        else entry
        for name, entry in fresh.items()
    }


def _merge_entry(
    fresh: Array | Tree, initial: Array | Tree, path: tuple[str, ...], faults: Faults
) -> Array | Tree:
    if isinstance(fresh, Mapping):
        within: Tree = initial if isinstance(initial, Mapping) else {}
        return _merge(fresh, within, path, faults)
    shape = () if isinstance(initial, Mapping) else np.shape(initial)
    if shape == fresh.shape:
        return host_array(np.asarray(initial, fresh.dtype))
    name = ".".join(path)
    rule = f"{name}.shape == {fresh.shape}"
    fix = f'Set fresh = ["{path[0]}"] to reinitialize this layer, or remove model.'
    faults.add(fault(rule, f"{name}.shape", shape, fix))
    return fresh
