"""Networks of the user's own, when a run is read: the factory is handed in again."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from assay._errors import Faults, InputError, fault
from assay.experiment.model._files import is_own, leaves
from assay.training import Fitted, Network

__all__ = ["check_arrays", "check_factory"]


def check_factory(asked: Mapping[str, Any], factory: Any, path: Path) -> None:
    """Raise unless a factory is given where a run needs one, and only there.

    Raises:
        InputError: it is missing, or not needed.
    """
    if is_own(asked) and factory is None:
        name = asked["model"][0]["factory"]
        raise InputError(
            f"{path} holds what {name}, a network written in Python, has learned, but "
            f"not the network. Write assay.load({str(path)!r}, model={name})."
        )
    if factory is not None and not is_own(asked):
        rule, fix = "model is for a network of one's own", "Leave it out."
        raise InputError(fault(rule, "model", getattr(factory, "__name__", "?"), fix))


def check_arrays(fitted: Fitted, network: Network) -> None:
    """Raise unless saved arrays are those of a network.

    Raises:
        InputError: they are of another one; tells every array that differs.
    """
    faults = Faults()
    pairs = zip(network.initialize(np.random.default_rng(0)), fitted[:2], strict=True)
    for template, saved in pairs:
        wanted, held = dict(leaves(template)), dict(leaves(saved))
        for name in dict.fromkeys([*wanted, *held]):
            shapes = [a[name].shape if name in a else None for a in (wanted, held)]
            if shapes[0] != shapes[1]:
                rule = f"{name} has the shape that was saved, {shapes[1]}"
                fix = "Give the network that the run was trained with."
                faults.add(fault(rule, f"{name}.shape", shapes[0], fix))
    faults.raise_if_any()
