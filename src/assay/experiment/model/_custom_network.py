"""Checks for runs whose networks were written in Python and need a factory."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assay._errors import Faults, InputError
from assay.experiment.model._files import factory_name, is_custom_network, leaves
from assay.training import Fitted, Network

__all__ = ["check_arrays", "check_factory"]


def check_factory(training: Mapping[str, Any], factory: Any, path: Path) -> None:
    """Check that a factory is passed if, and only if, the run needs one.

    Args:
        training: training spec of the run as plain data.
        factory: factory of the network, or None.
        path: path of the run's folder.

    Raises:
        InputError: the factory is missing or not needed.
    """
    custom = is_custom_network(training)
    if custom and factory is None:
        name = factory_name(training)
        raise InputError(
            f"{path} contains the parameters of {name}, a network written in Python, "
            f"but not its code. Use assay.load({str(path)!r}, model={name})."
        )
    if factory is not None and not custom:
        raise InputError(
            f"{path} does not contain a network written in Python, so the `model` "
            "argument is not needed. Remove it."
        )


def check_arrays(members: Sequence[Fitted], network: Network) -> None:
    """Check that saved arrays have the shapes that a network needs.

    Raises:
        InputError: the arrays belong to a different network. The message lists every
            array that differs.
    """
    faults = Faults()
    trees = network.initialize(np.random.default_rng(0))
    pairs = [pair for m in members for pair in zip(trees, m.model, strict=True)]
    for template, saved in pairs:
        made, read = dict(leaves(template)), dict(leaves(saved))
        for name in dict.fromkeys([*made, *read]):
            shapes = [a[name].shape if name in a else None for a in (made, read)]
            if shapes[0] != shapes[1]:
                faults.add(
                    f"{name} must have the saved shape {shapes[1]}, but has the shape "
                    f"{shapes[0]}. Pass the network that the run was trained with."
                )
    faults.raise_if_any()
