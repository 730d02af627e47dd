"""Values that a training starts from in place of fresh ones."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from assay._errors import Faults, fault

__all__ = ["InitialValues", "merge_initial_values"]


class InitialValues(NamedTuple):
    """Parameters and statistics of another training; what is left out starts fresh.

    Args:
        parameters: nested by layer and name.
        statistics: running statistics, nested by layer and name.
    """

    parameters: Any
    statistics: Any


def merge_initial_values(
    fresh: tuple[Any, Any], given: InitialValues | None
) -> tuple[Any, Any]:
    """Return fresh (parameters, statistics), but those given where they are.

    What is given for layers that the model does not have is left aside.

    Raises:
        InputError: a given array has another shape; tells all of them.

    Example:
        >>> fresh = {"dense1": {"kernel": np.zeros(2), "bias": np.zeros(1)}}
        >>> given = Given({"dense1": {"kernel": np.ones(2)}, "other": {}}, {})
        >>> begin((fresh, {}), given)[0]["dense1"]
        {'kernel': array([1., 1.]), 'bias': array([0.])}
    """
    if given is None:
        return fresh
    faults = Faults()
    begun = tuple(
        _begin(tree, values, (), faults)
        for tree, values in zip(fresh, given, strict=True)
    )
    faults.raise_if_any()
    return begun[0], begun[1]


def _begin(tree: Any, given: Any, path: tuple[str, ...], faults: Faults) -> Any:
    if isinstance(tree, Mapping):
        if not isinstance(given, Mapping):
            given = {}
        return {
            name: _begin(value, given[name], (*path, name), faults)
            if name in given
            else value
            for name, value in tree.items()
        }
    if np.shape(given) == np.shape(tree):
        return np.asarray(given, tree.dtype)
    name = ".".join(path)
    rule = f"{name} has the shape {np.shape(tree)} of the model"
    fix = f'Write fresh = ["{path[0]}"] to start that layer anew, or leave out model.'
    faults.add(fault(rule, f"{name}.shape", np.shape(given), fix))
    return tree
