"""The layer family."""

from typing import Annotated

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._family import Family

__all__ = ["AnyLayer", "Layer"]


class Layer(Family):
    """A step of a model that maps a batch of arrays to another batch."""


AnyLayer = Annotated[SerializeAsAny[Layer], BeforeValidator(Layer.read)]
