"""Compares saved arrays with the arrays of a network."""

from collections.abc import Sequence

import numpy as np

from assay.experiment.model._files import leaves
from assay.training import Fitted, Network

__all__ = ["array_faults"]


def array_faults(members: Sequence[Fitted], network: Network) -> list[str]:
    """Return the differences in name, shape and type between saved and required arrays.

    Without this check, wrong arrays might be broadcast silently. For example, a bias of
    shape (1,) would be used for all classes, and the predictions would look plausible.
    """
    template = network.initialize(np.random.default_rng(0))
    pairs = [pair for m in members for pair in zip(m.model, template, strict=True)]
    faults: list[str] = []
    for saved_tree, network_tree in pairs:
        saved, needed = dict(leaves(saved_tree)), dict(leaves(network_tree))
        faults += [f"{n} is missing" for n in needed if n not in saved]
        faults += [
            f"{n} does not belong to any layer" for n in saved if n not in needed
        ]
        for name in saved.keys() & needed.keys():
            got, wanted = saved[name], needed[name]
            if got.shape != wanted.shape:
                faults.append(f"{name} has shape {got.shape}, not {wanted.shape}")
            if got.dtype != wanted.dtype:
                faults.append(f"{name} is of type {got.dtype}, not {wanted.dtype}")
    return sorted(set(faults))
