"""Data in memory as NumPy arrays, and NumPy archives."""

import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data._frames import frame_of, is_frame
from assay.data._memory import check_size
from assay.data._source import Source, Table

__all__ = ["ARRAYS", "read_npz", "table_of_arrays"]

_PAIRS = (("X", "y"), ("inputs", "targets"))
_NAMES = "feature_names"


def table_of_arrays(
    inputs: Any, targets: Any = None, *, names: Any = None, source: str = "arrays"
) -> Table:
    """Return a table of inputs (n, d) and targets (n,); inputs may be a frame.

    Raises:
        InputError: a shape or a kind of value does not fit.
    """
    faults = Faults()
    frame = frame_of(inputs) if is_frame(inputs) else _columns(inputs, names, faults)
    if targets is None:
        faults.raise_if_any()
        return Table(frame, name="table", source=source)
    values = _vector(targets, faults)
    # A column brings its name; one of pandas may have none.
    target = str(getattr(targets, "name", values.name) or "target")
    if not faults.messages and len(values) != frame.height:
        faults.add(
            fault(
                "len(X) == len(y)",
                "lengths",
                (frame.height, len(values)),
                "Give one target for every row.",
            )
        )
    if target in frame.columns:
        faults.add(
            fault(
                "no column of X bears the target's name",
                "target",
                target,
                "Rename or drop that column.",
            )
        )
    faults.raise_if_any()
    frame = frame.with_columns(values.alias(target))
    return Table(frame, name="table", source=source, target=target)


def _columns(inputs: Any, names: Any, faults: Faults) -> pl.DataFrame:
    try:
        values: Any = np.asarray(inputs)
    except ValueError:  # rows of different lengths
        values = np.empty(0, dtype=object)
    if values.dtype.kind not in "biuf":
        faults.add(
            fault(
                "X holds numbers",
                "X.dtype",
                str(values.dtype),
                "Give words and mixed columns as a polars or pandas frame.",
            )
        )
    elif values.ndim != 2 or not values.shape[1]:
        faults.add(
            fault(
                "X has the shape (examples, features)",
                "X.shape",
                values.shape,
                "Write X.reshape(len(X), -1).",
            )
        )
    if faults.messages:
        return pl.DataFrame()
    if values.dtype == np.float16:  # polars has no 16-bit column of its own
        values = values.astype(np.float32)
    if names is None:
        names = [f"feature_{position}" for position in range(values.shape[1])]
    names = [str(name) for name in names]
    if len(names) != values.shape[1] or len(set(names)) != len(names):
        faults.add(
            fault(
                f"{_NAMES} holds {values.shape[1]} different names",
                _NAMES,
                names,
                "Write one name a column.",
            )
        )
        return pl.DataFrame()
    return pl.DataFrame(
        [
            pl.Series(name, np.ascontiguousarray(column))
            for name, column in zip(names, values.T, strict=True)
        ]
    )


def _vector(targets: Any, faults: Faults) -> pl.Series:
    if isinstance(targets, pl.Series):
        return targets
    if is_frame(targets):
        columns = frame_of(targets).get_columns()
        if len(columns) == 1:
            return columns[0]
    values = np.asarray(targets)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        faults.add(
            fault(
                "y has the shape (examples,)",
                "y.shape",
                values.shape,
                "Give one number or one class a row, such as y.argmax(axis=1).",
            )
        )
        return pl.Series()
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    if values.dtype.kind in "OU":
        return pl.Series([_plain(value) for value in values], strict=False)
    return pl.Series(np.ascontiguousarray(values))


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and math.isnan(value) else value


def read_npz(path: Path) -> Table:
    """Read a NumPy archive; its arrays are sized first, and never unpickled.

    Raises:
        InputError: it is not an archive, lacks the arrays, or holds Python objects.
    """
    try:
        shapes = _shapes(path)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise InputError(
            fault("a .npz file can be read", "source", str(path), "It is damaged.")
        ) from error
    pair = next((pair for pair in _PAIRS if set(pair) <= set(shapes)), None)
    lone = next((x for x, _ in _PAIRS if x in shapes), None)
    if pair is None and lone is None:
        raise InputError(
            fault(
                "the archive holds X and y",
                "arrays",
                sorted(shapes),
                "Write np.savez('data.npz', X=inputs, y=targets).",
            )
        )
    wanted = [*(pair or (lone,)), *([_NAMES] if _NAMES in shapes else [])]
    objects = [name for name in wanted if shapes[name][1].hasobject]
    if objects:
        raise InputError(
            fault(
                "arrays hold plain values",
                "arrays",
                objects,
                "They hold Python objects, which are never unpickled; "
                "save numbers or fixed-width text.",
            )
        )
    # Read once, then copied column by column.
    check_size(
        str(path),
        2 * sum(math.prod(shapes[n][0]) * shapes[n][1].itemsize for n in wanted),
    )
    with np.load(path, allow_pickle=False) as archive:
        held = {name: archive[name] for name in wanted}
    table = table_of_arrays(
        held[wanted[0]],
        held[pair[1]] if pair else None,
        names=held.get(_NAMES),
        source=str(path),
    )
    return Table(table.frame, name=path.stem, source=str(path), target=table.target)


def _shapes(path: Path) -> dict[str, tuple[tuple[int, ...], np.dtype]]:
    """Shape and dtype of every array in an archive, from their headers alone."""
    shapes = {}
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            with archive.open(member) as file:
                version = np.lib.format.read_magic(file)
                read_header = (
                    np.lib.format.read_array_header_1_0
                    if version == (1, 0)
                    else np.lib.format.read_array_header_2_0
                )
                shape, _, dtype = read_header(file)
            shapes[member.removesuffix(".npy")] = (shape, dtype)
    return shapes


def _accepts(given: Any) -> bool:
    if isinstance(given, Mapping):
        # {"X": [...], "y": [...]} of plain lists is a mapping of two columns.
        return any(
            set(pair) == set(given) and np.ndim(given[pair[0]]) > 1 for pair in _PAIRS
        )
    return isinstance(given, np.ndarray) or (
        isinstance(given, tuple | list) and len(given) == 2
    )


def _read(given: Any) -> Table:
    if isinstance(given, Mapping):
        inputs, targets = next(
            (given[x], given[y]) for x, y in _PAIRS if {x, y} == set(given)
        )
        return table_of_arrays(inputs, targets)
    if isinstance(given, np.ndarray):
        return table_of_arrays(given)
    return table_of_arrays(*given)


ARRAYS = Source("arrays", "(X, y): inputs (n, d) and targets (n,)", _accepts, _read)
