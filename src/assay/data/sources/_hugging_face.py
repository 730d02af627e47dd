"""Data sets as Hugging Face `datasets` holds them, in memory and saved on disk.

What `save_to_disk` writes is a folder of Arrow streams with JSON beside them; it is
read as such, so that the package is not needed.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from assay._errors import InputError, fault
from assay.data.table._memory import check_size
from assay.data.table._table import Source, Table

__all__ = ["HUGGING_FACE", "is_saved", "read_saved"]

_INFO, _STATE, _PARTS = "dataset_info.json", "state.json", "dataset_dict.json"
_TEST = "test"
_BYTES_FACTOR = 2


def is_saved(folder: Path) -> bool:
    """Whether a folder is what `save_to_disk` writes."""
    one = (folder / _INFO).is_file() and (folder / _STATE).is_file()
    return one or (folder / _PARTS).is_file()


def read_saved(folder: Path) -> Table:
    """Read such a folder; of several parts, the one named test is the test part.

    Raises:
        InputError: a file is missing or damaged.
    """
    name = folder.resolve().name
    try:
        if not (folder / _PARTS).is_file():
            return _table([_part(folder)], name, str(folder), num_test=0)
        names = json.loads((folder / _PARTS).read_text())["splits"]
        names = sorted(names, key=lambda n: n == _TEST)
        parts = [_part(folder / n) for n in names]
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        told = f"The reader says: {reason}. Save it again with save_to_disk."
        raise InputError(
            fault("a saved data set can be read", "source", str(folder), told)
        ) from error
    num_test = parts[-1][0].height if names[-1] == _TEST and len(names) > 1 else 0
    return _table(parts, name, str(folder), num_test=num_test)


def _part(folder: Path) -> tuple[pl.DataFrame, Mapping[str, Any]]:
    """Return the rows of a part, and what it says of each column."""
    features = json.loads((folder / _INFO).read_text())["features"]
    state = json.loads((folder / _STATE).read_text())
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
    frame = pl.concat([part for part, _ in parts])
    columns, labels = [], []
    for series in frame.get_columns():
        told = features.get(series.name, {})
        if told.get("_type") == "ClassLabel" and told.get("names"):
            labels.append(series.name)
            series = _named(series, told["names"])
        elif isinstance(series.dtype, pl.Extension):  # arrays of a fixed shape
            series = series.ext.storage()
        columns.append(series)
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


def _named(codes: pl.Series, names: list[str]) -> pl.Series:
    """Return the names of class codes; -1 says that a row has no class."""
    held = dict(enumerate(names))
    return codes.replace_strict(held, default=None, return_dtype=pl.String)


def _accepts(given: Any) -> bool:
    # Recognised by name, so that the package is never imported here.
    return type(given).__module__.split(".")[0] == "datasets"


def _read(given: Any) -> Table:
    is_dict = isinstance(given, Mapping)
    names = sorted(given, key=lambda n: n == _TEST) if is_dict else [""]
    parts = []
    for name in names:
        part = given[name] if is_dict else given
        frame = pl.DataFrame(pl.from_arrow(part.with_format("arrow")[:]))
        parts.append((frame, part.features.to_dict()))
    num_test = parts[-1][0].height if names[-1] == _TEST and len(names) > 1 else 0
    return _table(parts, "table", "datasets", num_test=num_test)


HUGGING_FACE = Source(
    "hugging_face", "a data set of Hugging Face datasets in memory", _accepts, _read
)
"""The source for data sets in memory; saved ones are folders."""
