"""The functions that explain a number of a layer, by kind of layer."""

from collections.abc import Callable

from assay import spec
from assay._errors import InputError
from assay.nn._registry import LayerRegistry
from assay.nn.xray._calculation import Calculation, Position
from assay.nn.xray._layer_pass import LayerPass

__all__ = ["XRAYS", "Explainer", "explainer_of", "xrays"]

Explainer = Callable[[LayerPass, int, Position], Calculation]
"""Maps (a layer's pass, row, position in its output) to how the number was computed."""

XRAYS: LayerRegistry[Explainer] = LayerRegistry()


def xrays(*declarations: type[spec.Layer]) -> Callable[[Explainer], Explainer]:
    """Register a function as what explains the layers that spec classes declare."""

    def register(explainer: Explainer) -> Explainer:
        for declaration in declarations:
            XRAYS.add(declaration, explainer)
        return explainer

    return register


def explainer_of(kind: str) -> Explainer:
    """Return the function that explains layers of a kind.

    Raises:
        InputError: no function is registered for it.
    """
    if kind in XRAYS:
        return XRAYS[kind]
    raise InputError(
        f"`the layer has an x-ray` must hold, but got kind={kind!r}. Register a "
        "function for it with assay.nn.xray.xrays."
    )
