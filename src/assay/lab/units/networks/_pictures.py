"""Converts images dropped on a page to network inputs."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay._errors import InputError
from assay.data import Layout, Preparation, read

__all__ = ["ink_of", "inputs_of_picture"]


def inputs_of_picture(file: Path, preparation: Preparation) -> Any:
    """Return an image as an input to an image model, (1, *input_shape).

    Args:
        file: image file; its size may differ from the model's input size.
        preparation: preparation of the model.

    Raises:
        InputError: the file is not an image, or the model does not accept images.
    """
    if preparation.kind != "image":
        raise InputError(
            "The model of this run does not accept images. Choose a run that was "
            "trained on images."
        )
    return preparation.transform(_read(file, preparation.input_shape))


def ink_of(file: Path, size: tuple[int, int]) -> np.ndarray:
    """Return the amount of ink, from 0 to 1, in each pixel of a resized image.

    Pixels that differ from the border are considered ink, so dark strokes on light
    paper and light strokes on a dark board give the same result.

    Raises:
        InputError: the file is not an image.
    """
    [column] = _read(file, (*size, 1)).get_columns()
    gray = np.asarray(column.to_list(), np.float32).reshape(size) / 255
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    return 1 - gray if border.mean() > 0.5 else gray


def _read(file: Path, shape: tuple[int, ...]) -> pl.DataFrame:
    """Return a frame with the image, resized to (height, width, channels)."""
    height, width, channels = shape
    mode = "RGB" if channels == 3 else "L"
    layout = Layout(image_size=(height, width), image_mode=mode)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(file, folder)
        return read(folder, layout=layout)
