"""Reads the built-in data sets, most of which are small tables from scikit-learn.

The files are read directly, because importing `sklearn.datasets` takes seconds.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay._errors import AssayError
from assay.data.sources._optional_packages import PACKAGED, Packaged
from assay.data.table._table import Reader, Table

__all__ = ["BUILTIN", "BUILTINS", "Builtin"]

_PARTS = ("mean", "error", "worst")
_CELL = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)


@dataclass(frozen=True)
class Builtin:
    """A built-in table, with its files, columns and target.

    Args:
        name: the name that `load` accepts.
        summary: one-line description of the contents.
        files: files in scikit-learn. Their columns are concatenated, and the last
            column is the target.
        features: names of the columns before the target.
        target: name of the target column.
        header: whether the first line is "rows,columns,class,class,..."; if so, each
            target is a position in the list of classes.
        delimiter: delimiter between the values; None for whitespace.
        whole: whether the target is a whole number.
    """

    name: str
    summary: str
    files: tuple[str, ...]
    features: tuple[str, ...]
    target: str
    header: bool = True
    delimiter: str | None = ","
    whole: bool = False

    def read(self) -> Table:
        """Read the table."""
        paths = [_folder() / file for file in self.files]
        values = np.column_stack(
            [
                np.loadtxt(path, delimiter=self.delimiter, skiprows=int(self.header))
                for path in paths
            ]
        )
        target = values[:, -1]
        if self.header:
            with paths[0].open(encoding="utf-8") as file:
                classes = np.array(file.readline().strip().split(",")[2:])
            target = classes[target.astype(int)]
        elif self.whole:
            target = target.astype(np.int64)
        frame = pl.DataFrame(values[:, :-1], schema=list(self.features))
        frame = frame.with_columns(pl.Series(self.target, target))
        return Table(frame, name=self.name, source=self.name, target=self.target)


def _folder() -> Path:
    # find_spec does not import anything if its argument is a top-level package.
    spec = importlib.util.find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise AssayError(
            "The built-in data sets require scikit-learn. Run pip install scikit-learn."
        )
    return Path(spec.submodule_search_locations[0]) / "datasets" / "data"


_MEMBERS = (
    Builtin(
        "breast_cancer",
        "569 tumors with 30 measurements, classified as benign or malignant",
        ("breast_cancer.csv",),
        tuple(
            f"{part} {name}" if part != "error" else f"{name} error"
            for part in _PARTS
            for name in _CELL
        ),
        target="diagnosis",
    ),
    Builtin(
        "diabetes",
        "442 patients with 10 measurements and diabetes progression after one year",
        ("diabetes_data_raw.csv.gz", "diabetes_target.csv.gz"),
        ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"),
        target="progression",
        header=False,
        delimiter=None,
    ),
    Builtin(
        "digits",
        "1797 handwritten digits of 8 x 8 pixels, classified by digit",
        ("digits.csv.gz",),
        tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
        target="digit",
        header=False,
        whole=True,
    ),
    Builtin(
        "iris",
        "150 iris flowers with 4 measurements, classified by species",
        ("iris.csv",),
        (
            "sepal length (cm)",
            "sepal width (cm)",
            "petal length (cm)",
            "petal width (cm)",
        ),
        target="species",
    ),
    Builtin(
        "wine",
        "178 wines with 13 chemical measurements, classified by cultivar",
        ("wine_data.csv",),
        (
            "alcohol",
            "malic_acid",
            "ash",
            "alcalinity_of_ash",
            "magnesium",
            "total_phenols",
            "flavanoids",
            "nonflavanoid_phenols",
            "proanthocyanins",
            "color_intensity",
            "hue",
            "od280/od315_of_diluted_wines",
            "proline",
        ),
        target="cultivar",
    ),
)

BUILTINS: dict[str, Builtin | Packaged] = {m.name: m for m in _MEMBERS} | PACKAGED
"""The built-in data sets by name."""


def _accepts(source: Any) -> bool:
    return isinstance(source, str) and source in BUILTINS


BUILTIN = Reader(
    "builtin",
    "a built-in data set by name: " + ", ".join(BUILTINS),
    _accepts,
    lambda name: BUILTINS[name].read(),
)
"""The reader for built-in data sets."""
