"""Create tests/reference/hugging_face, as saved by `datasets` with save_to_disk.

    python tests/reference/hugging_face/make_hugging_face.py

Needs the packages datasets and pillow; made with datasets 5.2.0.
"""

from pathlib import Path

import numpy as np
from datasets import (
    Array2D,
    ClassLabel,
    Dataset,
    DatasetDict,
    Features,
    Image,
    List,
    Value,
)

FOLDER = Path(__file__).parent
NAMES = ["cat", "dog", "owl"]


def images() -> DatasetDict:
    """Return 12 images in two parts; image i contains 10 i + 0 … 15 in 4 x 4."""
    cells = np.arange(16, dtype=np.uint8).reshape(4, 4)
    rows = {
        "image": [cells + np.uint8(10 * i) for i in range(12)],
        "label": [i % 3 for i in range(12)],
    }
    features = Features({"image": Image(), "label": ClassLabel(names=NAMES)})
    whole = Dataset.from_dict(rows, features=features)
    return DatasetDict(
        {"test": whole.select([9, 10, 11]), "train": whole.select(range(9))}
    )


def series() -> Dataset:
    """Return sequences of unequal lengths and arrays with a common shape."""
    rows = {
        "x": [[1.0, 2.0], [3.0], [4.0, 5.0, 6.0]],
        "cells": [[[i, 2], [3, 4]] for i in range(3)],
        "y": [0.5, 1.5, 2.5],
    }
    features = {"x": List(Value("float32")), "cells": Array2D((2, 2), "int32")}
    return Dataset.from_dict(
        rows, features=Features({**features, "y": Value("float32")})
    )


if __name__ == "__main__":
    images().save_to_disk(str(FOLDER / "images"))
    series().save_to_disk(str(FOLDER / "series"))
