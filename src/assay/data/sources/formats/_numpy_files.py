"""NumPy files: archives (.npz), and single arrays (.npy) with their labels beside."""

import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from assay._errors import InputError, fault
from assay.data.sources._arrays import FEATURE_NAMES, LENGTHS, table_of_arrays
from assay.data.sources._arrays import PAIRS as NAMES
from assay.data.table._memory import check_size
from assay.data.table._table import Table

__all__ = ["read_npy", "read_npz"]

PAIRS = (*NAMES, ("x", "y"), ("data", "labels"))
_KNOWN_PARTS = ("train", "val")
_TEST = "test"
_LABELS = ("y", "labels", "targets", "label", "target")
_WRITE = "Write np.savez('data.npz', X=inputs, y=targets)."

Shapes = dict[str, tuple[tuple[int, ...], np.dtype]]


def read_npz(path: Path) -> Table:
    """Read a NumPy archive; its arrays are sized first, and never unpickled.

    It holds X and y; with lengths, X holds series padded to the longest. Arrays named
    X_train and X_test, or train_images and test_images, come as parts.

    Raises:
        InputError: it is not an archive, lacks the arrays, or holds Python objects.
    """
    try:
        shapes = _shapes(path)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise InputError(
            fault("a .npz file can be read", "source", str(path), "It is damaged.")
        ) from error
    parts = _parts(set(shapes))
    if parts is None:
        told = sorted(shapes)
        raise InputError(fault("the archive holds X and y", "arrays", told, _WRITE))
    more = [name for name in (FEATURE_NAMES, LENGTHS) if name in shapes]
    wanted = [name for part in parts for name in part if name] + more
    _check(path, {name: shapes[name] for name in wanted})
    with np.load(path, allow_pickle=False) as archive:
        held = {name: archive[name] for name in wanted}
    inputs = _joined([held[x] for x, _ in parts])
    targets = _joined([held[y] for _, y in parts if y])
    num_test = len(held[parts[-1][0]]) if len(parts) > 1 else 0
    table = table_of_arrays(
        inputs,
        targets,
        names=held.get(FEATURE_NAMES),
        lengths=held.get(LENGTHS),
        source=str(path),
    )
    notes = (f"The test part is {parts[-1][0]!r} of the archive.",) if num_test else ()
    return Table(
        table.frame,
        name=path.stem,
        source=str(path),
        target=table.target,
        notes=notes,
        num_test=num_test,
        kinds=table.kinds,
        channels=table.channels,
    )


def read_npy(path: Path) -> Table:
    """Read an array, and the targets in the file beside it, where there is one.

    X.npy goes with y.npy, images.npy with labels.npy, NAME.npy with NAME_labels.npy.

    Raises:
        InputError: a file is damaged, too large, or holds Python objects.
    """
    beside = _labels_of(path)
    paths = [path] if beside is None else [path, beside]
    arrays = []
    for file in paths:
        try:
            array = np.load(file, mmap_mode="r", allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            told = "It is damaged, or holds Python objects, which are never unpickled."
            raise InputError(
                fault("a .npy file can be read", "source", str(file), told)
            ) from error
        check_size(str(file), 2 * array.nbytes)
        arrays.append(np.asarray(array))
    table = table_of_arrays(*arrays, source=str(path))
    notes = () if beside is None else (f"The targets are in {beside.name} beside it.",)
    return Table(
        table.frame,
        name=path.stem,
        source=str(path),
        target=table.target,
        notes=notes,
        kinds=table.kinds,
    )


def _labels_of(path: Path) -> Path | None:
    stem = path.stem
    names = [f"{stem}_{label}" for label in _LABELS]
    for inputs, labels in PAIRS:
        # Of part_X, X_part and X itself, only the word for the inputs changes.
        words = stem.split("_")
        if inputs in words:
            names.append("_".join(labels if w == inputs else w for w in words))
    found = (path.with_name(f"{name}.npy") for name in names if name != stem)
    return next((file for file in found if file.is_file()), None)


def _parts(names: set[str]) -> list[tuple[str, str | None]] | None:
    """Return (inputs, targets) of each part in the archive, the test part last."""
    for x, y in PAIRS:
        if {x, y} <= names:
            return [(x, y)]
        for form in ("{}_{}", "{1}_{0}"):
            train, test = form.format(x, "train"), form.format(x, _TEST)
            if {train, test} <= names:
                known = [form.format(x, part) for part in _KNOWN_PARTS]
                held = [name for name in (*known, test) if name in names]
                pairs: list[tuple[str, str | None]]
                pairs = [(name, name.replace(x, y)) for name in held]
                return pairs if {y for _, y in pairs} <= names else None
    lone = next((x for x, _ in PAIRS if x in names), None)
    return None if lone is None else [(lone, None)]


def _check(path: Path, shapes: Shapes) -> None:
    objects = [name for name, (_, dtype) in shapes.items() if dtype.hasobject]
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
    sizes = (math.prod(shape) * dtype.itemsize for shape, dtype in shapes.values())
    check_size(str(path), 2 * sum(sizes))


def _joined(arrays: list[np.ndarray]) -> Any:
    """Return arrays one after the other; None if there are none."""
    if len(arrays) < 2:
        return arrays[0] if arrays else None
    shapes = {array.shape[1:] for array in arrays}
    if len(shapes) > 1:
        told = "Train and test examples need the same shape."
        raise InputError(fault("the parts fit each other", "shapes", shapes, told))
    return np.concatenate(arrays)


def _shapes(path: Path) -> Shapes:
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
