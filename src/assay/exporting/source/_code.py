"""Builds the code of a network line by line."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from assay.exporting._trained_layers import TrainedLayer
from assay.nn import LayerRegistry

__all__ = ["Code", "Translator", "Translators"]


class Code:
    """Collects the arrays of a network and the lines that build and run it.

    In the lines that run the network, `x` is the input and output of each layer, and
    `lengths` contains the number of real steps in each row.

    Args:
        translators: translators by kind of layer.
        uneven: whether rows have different numbers of steps. Layers whose outputs have
            no steps set this to False.
    """

    def __init__(self, translators: "Translators", *, uneven: bool = False) -> None:
        self.translators = translators
        self.uneven = uneven
        self.build: list[str] = []
        self.forward: list[str] = []
        self.arrays: dict[str, np.ndarray] = {}
        self.helpers: list[str] = []

    @property
    def lengths(self) -> str:
        """The expression for the lengths, or "None" if no steps are padded."""
        return "lengths" if self.uneven else "None"

    def layer(
        self, name: str, expression: str, arrays: Mapping[str, np.ndarray | None]
    ) -> str:
        """Add a part of the network and its arrays; return an expression for the part.

        Args:
            name: name of the part; must be an identifier.
            expression: expression that creates the part.
            arrays: arrays of the part by name; None for an absent array.
        """
        self.build.append(f"self.{name} = {expression}")
        for array_name, array in arrays.items():
            if array is not None:
                self.arrays[f"{name}.{array_name}"] = np.asarray(array, order="C")
        return f"self.{name}"

    def run(self, *lines: str) -> None:
        """Add lines that run the network."""
        self.forward += lines

    def uses(self, *helpers: str) -> None:
        """Add functions and classes that the code uses."""
        self.helpers += [name for name in helpers if name not in self.helpers]

    def fill(self, value: str = "0.0") -> None:
        """Fill the padded steps of x."""
        if self.uneven:
            self.uses("fill")
            self.run(f"x = fill(x, lengths, {value})")

    def layers(self, layers: Sequence[TrainedLayer]) -> None:
        """Add layers in sequence."""
        for trained in layers:
            self.translators[trained.layer.kind](self, trained)


Translator = Callable[[Code, TrainedLayer], None]
"""A function that adds the code of a layer."""

Translators = LayerRegistry[Translator]
