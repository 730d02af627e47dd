"""Networks written in Python: reading a saved run requires their factory."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from assay._errors import Faults, InputError, fault
from assay.experiment.model._files import factory_name, is_custom_network, leaves
from assay.training import Fitted, Network

__all__ = ["check_arrays", "check_factory"]


def check_factory(training: Mapping[str, Any], factory: Any, path: Path) -> None:
    """Raise an InputError unless a factory is passed if, and only if, a run needs one.

    Args:
        training: training spec of the run, as plain data.
        factory: factory of the network; None if none was passed.
        path: path of the run's folder.

    Raises:
        InputError: it is missing or not needed.
    """
    custom = is_custom_network(training)
    if custom and factory is None:
        name = factory_name(training)
        raise InputError(
            f"{path} has the parameters of {name}, a network written in Python, but "
            f"not the network. Write assay.load({str(path)!r}, model={name})."
        )
    if factory is not None and not custom:
        rule, fix = "model is only for a network written in Python", "Leave it out."
        raise InputError(fault(rule, "model", getattr(factory, "__name__", "?"), fix))


def check_arrays(fitted: Fitted, network: Network) -> None:
    """Check that saved arrays fit a network.

    Raises:
        InputError: they belong to another network; lists every array that differs.
    """
    faults = Faults()
    pairs = zip(network.initialize(np.random.default_rng(0)), fitted.model, strict=True)
    for template, saved in pairs:
        made, read = dict(leaves(template)), dict(leaves(saved))
        for name in dict.fromkeys([*made, *read]):
            shapes = [a[name].shape if name in a else None for a in (made, read)]
            if shapes[0] != shapes[1]:
                rule = f"{name} has the shape that was saved, {shapes[1]}"
                fix = "Pass the network that the run was trained with."
                faults.add(fault(rule, f"{name}.shape", shapes[0], fix))
    faults.raise_if_any()
