"""The encoder for image columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from assay.data.preparation.encoders._channels import channel_moments, standardize
from assay.data.preparation.encoders._encoder import Feature
from assay.data.table._array_cells import to_images
from assay.data.table._pixel_scale import PixelScale, check_pixel_scale, pixel_scale

__all__ = ["ImageEncoder"]


@dataclass(frozen=True)
class ImageEncoder:
    """Encodes images of equal size, with each channel standardized.

    Images whose pixel scale differs from that of the training images, for example 0 to
    1 instead of 0 to 255, are rejected.
    """

    kind: ClassVar[str] = "image"
    column: str
    shape: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    pixel_scale: PixelScale = ""

    @classmethod
    def fit(cls, column: str, values: pl.Series) -> "ImageEncoder":
        """Return an encoder fitted to the training rows."""
        images = to_images(values)
        height, width, channels = images.shape[1:]
        mean, std = channel_moments(images)
        shape = (height, width, channels)
        return cls(column, shape, mean, std, pixel_scale=pixel_scale(images))

    @property
    def cardinality(self) -> None:
        """Always None, because the values are not codes."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """A single feature, or none if no channel varies."""
        varies = any(std > 0 for std in self.std)
        return (Feature(self.column, self.column, self.kind),) if varies else ()

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        return self.shape

    def no_rows(self) -> np.ndarray:
        """Return empty inputs, with 0 rows."""
        return np.zeros((0, *self.shape), dtype=np.float32)

    def encode(self, values: pl.Series) -> np.ndarray:
        """Return standardized images (n, height, width, channels), float32."""
        images = to_images(values)
        check_pixel_scale(self.column, images, self.pixel_scale)
        return standardize(images, self.mean, self.std)

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        return {
            "shape": list(self.shape),
            "mean": list(self.mean),
            "std": list(self.std),
            "pixel_scale": self.pixel_scale,
        }

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "ImageEncoder":
        """Restore an encoder from the output of `to_json`."""
        height, width, channels = data["shape"]
        shape = (height, width, channels)
        mean, std = tuple(data["mean"]), tuple(data["std"])
        return cls(column, shape, mean, std, pixel_scale=data.get("pixel_scale", ""))
