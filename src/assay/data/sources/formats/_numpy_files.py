"""Reads NumPy archives (.npz), and single arrays (.npy) with a separate target file."""

import lzma
import math
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import polars as pl

from assay._errors import InputError, fault
from assay.data.columns._select import UNUSED_ARRAYS
from assay.data.sources.arrays._arrays import FEATURE_NAMES, LENGTHS, table_of_arrays
from assay.data.sources.arrays._targets import as_vector, is_one_hot
from assay.data.sources.formats._damaged import (
    INCOMPLETE,
    check_num_columns,
    report_damage,
)
from assay.data.table._array_names import (
    PAIRS,
    ArrayNames,
    find_arrays,
    missing_targets,
)
from assay.data.table._memory import check_size
from assay.data.table._table import Table

__all__ = ["read_npy", "read_npz"]

_LABELS = ("y", "labels", "targets", "label", "target")
_WRITE = "Write np.savez('data.npz', X=inputs, y=targets)."
_RESHAPE = "Convert them to the same shape per example"

Shapes = dict[str, tuple[tuple[int, ...], np.dtype]]


def read_npz(path: Path) -> Table:
    """Read a NumPy archive after checking its size, without unpickling objects.

    The archive contains X and y. If it also contains lengths, X contains series padded
    to the length of the longest one. Arrays with names such as X_train and X_test, or
    train_images and test_images, are the parts of a split. If no array has such a
    name, arrays of the same shape (n,) are the columns of a table.

    Raises:
        InputError: the file is not an archive, lacks a required array, or contains
            Python objects.
    """
    with _report_archive(path):
        shapes = _shapes(path)
    if {"format", "shape", "data"} <= set(shapes):  # written by scipy.sparse.save_npz
        raise InputError(
            f"{str(path)!r} contains a sparse matrix. Write X = scipy.sparse.load_npz("
            f"{str(path)!r}).toarray() and np.savez('data.npz', X=X, y=targets)."
        )
    if _are_columns(shapes):
        _check(path, shapes)
        with _report_archive(path), np.load(path, allow_pickle=False) as archive:
            frame = pl.DataFrame({name: archive[name] for name in shapes})
        return Table(frame, name=path.stem, source=str(path))
    parts = _parts(sorted(shapes))
    more = [name for name in (FEATURE_NAMES, LENGTHS) if name in shapes]
    wanted = [name for part in parts for name in part[:2] if name] + more
    _check(path, {name: shapes[name] for name in wanted})
    with _report_archive(path), np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in wanted}
    inputs = _joined({part.inputs: arrays[part.inputs] for part in parts})
    names = [part.targets for part in parts if part.targets]
    targets = _joined({name: as_vector(arrays[name]) for name in names})
    has_test = len(parts) > 1 and parts[-1].part == "test"
    table = table_of_arrays(
        inputs,
        targets,
        names=arrays.get(FEATURE_NAMES),
        lengths=arrays.get(LENGTHS),
        source=str(path),
    )
    notes = _notes_on_unused(parts, sorted(set(shapes) - set(wanted)))
    num_test = len(arrays[parts[-1].inputs]) if has_test else 0
    return replace(
        table,
        name=path.stem,
        notes=(*notes, *table.notes),
        part_notes=tuple(_notes_on_parts(parts)),
        num_test=num_test,
        target_array=parts[0].targets,
    )


def _are_columns(shapes: Shapes) -> bool:
    """Return whether each array is a column of a table, rather than X or y."""
    lengths = {shape for shape, _ in shapes.values()}
    are_vectors = len(lengths) == 1 and len(next(iter(lengths))) == 1
    types = "".join(dtype.kind for _, dtype in shapes.values())
    is_table = are_vectors and len(shapes) > 1 and not set(types) - set("biufUMm")
    return is_table and find_arrays(list(shapes)) is None


def _parts(names: list[str]) -> list[ArrayNames]:
    """Return the names of the arrays in each part.

    Raises:
        InputError: no inputs were found, or a part has no targets.
    """
    parts = find_arrays(names)
    if parts is not None:
        return parts
    lacking = missing_targets(names)
    fix = f"Add targets for {lacking}, or leave out these arrays."
    fix = fix if lacking else _WRITE
    raise InputError(fault("{'X', 'y'} <= set(arrays)", "arrays", names, fix))


def _notes_on_parts(parts: list[ArrayNames]) -> list[str]:
    known = [repr(part.inputs) for part in parts if part.part in ("train", "val")]
    notes = []
    if len(parts) > 1 and parts[-1].part == "test":
        notes.append(f"The test set is {parts[-1].inputs!r} in the archive.")
    if len(known) > 1:
        notes.append(f"The arrays {', '.join(known)} are pooled and split again.")
    return notes


def _notes_on_unused(parts: list[ArrayNames], unused: list[str]) -> list[str]:
    if not unused:
        return []
    fix = " Name the target array y." if parts[0].targets is None else ""
    return [f"{UNUSED_ARRAYS}{unused}.{fix}"]


@contextmanager
def _report_archive(path: Path) -> Iterator[None]:
    """Context manager that raises an InputError if an archive cannot be read."""
    try:
        with report_damage(path):
            yield
    except (
        *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
        *(RuntimeError, NotImplementedError),  # encryption or unknown compression
        KeyError,
    ) as error:
        reason = str(error).strip() or type(error).__name__
        fix = _WRITE if isinstance(error, RuntimeError) else INCOMPLETE
        raise InputError(
            f"{str(path)!r} cannot be read as a .npz file. The reader reports: "
            f"{reason.rstrip('.')}. {fix}"
        ) from error


def read_npy(path: Path) -> Table:
    """Read an array of inputs and, if it exists, the target file next to it.

    The targets for X.npy are in y.npy, and those for NAME.npy in NAME_labels.npy.

    Raises:
        InputError: a file is damaged, too large, or contains Python objects.
    """
    beside = _labels_of(path)
    paths = [path] if beside is None else [path, beside]
    table = table_of_arrays(*map(_read_array, paths), source=str(path))
    notes = () if beside is None else (f"The targets were read from {beside.name}.",)
    return replace(table, name=path.stem, notes=(*notes, *table.notes))


def _read_array(path: Path) -> np.ndarray:
    with path.open("rb") as file:
        start = file.read(len(np.lib.format.MAGIC_PREFIX))
        if start.startswith(b"PK"):
            raise InputError(
                f"{str(path)!r} is an archive of arrays. Rename it to "
                f"{path.with_suffix('.npz').name}."
            )
        file.seek(0)
        try:
            _check(path, {path.stem: _header(file)})
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise InputError(
                f"{str(path)!r} cannot be read as a .npy file. It is damaged or "
                "contains Python objects, which are never unpickled. Save it again as "
                "an array of numbers or strings."
            ) from error
    return np.asarray(array)


def _labels_of(path: Path) -> Path | None:
    stem = path.stem
    names = [f"{stem}_{label}" for label in _LABELS]
    # Only the word X is replaced, as in part_X, part-X, X_part and X.
    words = re.split("([-_ ])", stem)
    for inputs, labels in PAIRS:
        if inputs in words:
            names.append("".join(labels if w == inputs else w for w in words))
    files = (path.with_name(f"{name}.npy") for name in names if name != stem)
    return next((file for file in files if file.is_file()), None)


def _check(path: Path, shapes: Shapes) -> None:
    """Raise an InputError if the arrays contain objects or do not fit in memory."""
    objects = [name for name, (_, dtype) in shapes.items() if dtype.hasobject]
    if objects:
        raise InputError(
            f"The arrays {objects} contain Python objects, which are never unpickled. "
            "Save numbers or fixed-width text."
        )
    for name, (shape, _) in shapes.items():
        if any(length < 0 for length in shape):
            rule, fix = f"min({name}.shape) >= 0", "The file is damaged. Save it again."
            raise InputError(fault(rule, f"{name}.shape", shape, fix))
        # If the archive contains lengths, axis 1 contains steps instead of columns.
        if len(shape) == 2 and LENGTHS not in shapes:
            check_num_columns(shape[1])
    # The data is read once and then copied column by column.
    sizes = (math.prod(shape) * dtype.itemsize for shape, dtype in shapes.values())
    check_size(str(path), 2 * sum(sizes))


def _joined(arrays: Mapping[str, np.ndarray]) -> Any:
    """Concatenate the rows of all arrays, or return None if there are none.

    Raises:
        InputError: the examples differ in shape.
    """
    shapes = {name: array.shape for name, array in arrays.items()}
    if len({shape[1:] for shape in shapes.values()}) > 1:
        found = " and ".join(f"{name} {shape}" for name, shape in shapes.items())
        # Only targets can be vectors, because inputs have at least two axes.
        are_targets = any(len(shape) == 1 for shape in shapes.values())
        one_hot = [n for n, a in arrays.items() if are_targets and is_one_hot(a)]
        fix = " and ".join(f"{name}.argmax(axis=1)" for name in one_hot)
        raise InputError(
            "Training and test examples must have the same shape, but the arrays have "
            f"the shapes {found}. {f'Write {fix}' if one_hot else _RESHAPE}."
        )
    return np.concatenate([*arrays.values()]) if arrays else None


def _shapes(path: Path) -> Shapes:
    """Return the shapes and types of the arrays in an archive, from their headers."""
    shapes = {}
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            with archive.open(member) as file:
                shapes[member.removesuffix(".npy")] = _header(file)
    return shapes


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    """Return the shape and type of an array from its header.

    Raises:
        ValueError: the header is damaged.
    """
    try:
        version = np.lib.format.read_magic(file)
        read_header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read_header(file)
    except (OSError, RuntimeError, zlib.error, lzma.LZMAError):  # a damaged archive
        raise
    except Exception as error:  # parsing a damaged header may raise any error
        raise ValueError(f"the header is damaged: {error}") from error
    return shape, dtype
