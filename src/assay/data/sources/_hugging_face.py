"""Reads Hugging Face data sets, in memory or saved to disk.

`save_to_disk` writes a folder of Arrow streams and JSON files, which is read directly,
so the `datasets` package is not needed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from assay._errors import InputError
from assay._load_json import load_json
from assay.data.table._memory import check_size
from assay.data.table._table import Reader, Table

__all__ = ["HUGGING_FACE", "is_saved", "read_saved"]

_INFO, _STATE, _PARTS = "dataset_info.json", "state.json", "dataset_dict.json"
_TEST = "test"
_BYTES_FACTOR = 2  # the stored rows and their concatenated copy


def is_saved(folder: Path) -> bool:
    """Return whether a folder was written by `save_to_disk`."""
    one = (folder / _INFO).is_file() and (folder / _STATE).is_file()
    return one or (folder / _PARTS).is_file()


def read_saved(folder: Path) -> Table:
    """Read a folder written by `save_to_disk`. A "test" split becomes the test set.

    Raises:
        InputError: a file is missing or damaged.
    """
    name = folder.resolve().name
    try:
        if not (folder / _PARTS).is_file():
            return _table([_part(folder)], name, str(folder), num_test=0)
        names = load_json((folder / _PARTS).read_text())["splits"]
        names = sorted(names, key=lambda n: n == _TEST)
        parts = [_part(folder / n) for n in names]
    except (
        *(OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError),
        pl.exceptions.PanicException,  # a subclass of BaseException
    ) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(
            f"The saved data set {str(folder)!r} cannot be read. The reader reports: "
            f"{reason}. Save it again with save_to_disk."
        ) from error
    num_test = parts[-1][0].height if names[-1] == _TEST and len(names) > 1 else 0
    return _table(parts, name, str(folder), num_test=num_test)


def _part(folder: Path) -> tuple[pl.DataFrame, Mapping[str, Any]]:
    """Return the rows of a part, and the feature type of each column."""
    features = load_json((folder / _INFO).read_text())["features"]
    state = load_json((folder / _STATE).read_text())
    paths = [folder / file["filename"] for file in state["_data_files"]]
    check_size(str(folder), _BYTES_FACTOR * sum(p.stat().st_size for p in paths))
    return pl.concat([pl.read_ipc_stream(path) for path in paths]), features


def _table(
    parts: list[tuple[pl.DataFrame, Mapping[str, Any]]],
    name: str,
    source: str,
    *,
    num_test: int,
) -> Table:
    features = parts[0][1]
    names = parts[0][0].columns
    frame = pl.concat([part.select(names) for part, _ in parts])
    columns, labels = [], []
    for column in frame.get_columns():
        feature = features.get(column.name, {})
        if feature.get("_type") == "ClassLabel" and feature.get("names"):
            labels.append(column.name)
            column = _class_names(column, feature["names"])
        elif isinstance(column.dtype, pl.Extension):  # arrays with a fixed shape
            column = column.ext.storage()
        columns.append(column)
    kinds = {n: "image" for n, f in features.items() if f.get("_type") == "Image"}
    target = labels[0] if len(labels) == 1 else None
    return Table(
        pl.DataFrame(columns),
        name=name,
        source=source,
        target=target,
        num_test=num_test,
        kinds=kinds,
        task="classification" if target else None,
    )


def _class_names(codes: pl.Series, names: list[str]) -> pl.Series:
    """Return the class names for codes, or null for -1, which marks a missing class."""
    name_of = dict(enumerate(names))
    return codes.replace_strict(name_of, default=None, return_dtype=pl.String)


def _accepts(source: Any) -> bool:
    # Checking the name of the module avoids importing the package.
    return type(source).__module__.split(".")[0] == "datasets"


def _read(source: Any) -> Table:
    is_dict = isinstance(source, Mapping)
    names = sorted(source, key=lambda n: n == _TEST) if is_dict else [""]
    parts = []
    for name in names:
        part = source[name] if is_dict else source
        if not hasattr(part, "__getitem__"):
            raise InputError(
                f"The rows of {type(part).__name__} cannot be read by position. Write "
                "datasets.Dataset.from_list(list(source))."
            )
        frame = pl.DataFrame(pl.from_arrow(part.with_format("arrow")[:]))
        parts.append((frame, part.features.to_dict()))
    num_test = parts[-1][0].height if names[-1] == _TEST and len(names) > 1 else 0
    return _table(parts, "table", "datasets", num_test=num_test)


HUGGING_FACE = Reader(
    "hugging_face", "a Hugging Face data set in memory", _accepts, _read
)
"""The reader for Hugging Face data sets in memory. `FOLDER` reads saved ones."""
