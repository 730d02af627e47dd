"""The registry of functions that explain the numbers in each kind of layer."""

from collections.abc import Callable

from assay import spec
from assay._errors import InputError
from assay.nn._registry import LayerRegistry
from assay.nn.xray._calculation import Calculation, Position
from assay.nn.xray._layer_pass import LayerPass

__all__ = ["XRAYS", "Explainer", "explainer_of", "xrays"]

Explainer = Callable[[LayerPass, int, Position], Calculation]
"""A function that maps (layer pass, row, position in the output) to a calculation."""

XRAYS: LayerRegistry[Explainer] = LayerRegistry()


def xrays(*declarations: type[spec.Layer]) -> Callable[[Explainer], Explainer]:
    """Register a function as the explainer for one or more spec classes."""
    return XRAYS.register(*declarations)


def explainer_of(kind: str) -> Explainer:
    """Return the function that explains the numbers in layers of the given kind.

    Raises:
        InputError: no function is registered for this kind.
    """
    if kind in XRAYS:
        return XRAYS[kind]
    raise InputError(
        f"The layer kind {kind!r} has no x-ray. Register a function for it with "
        "assay.nn.xray.xrays."
    )
