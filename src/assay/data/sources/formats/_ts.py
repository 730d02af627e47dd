"""The `.ts` text format of the time series archives (UCR, UEA, Monash).

Lines of `@name value`, then `@data`, then a series a line: numbers separated by
commas, dimensions by colons, the class or target last; `?` is missing. By the
archives' convention NAME_TRAIN.ts comes with NAME_TEST.ts, which is the test part.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data.sources.formats._long_tables import SERIES
from assay.data.table._array_cells import Sequences, sequence_cells
from assay.data.table._memory import check_size
from assay.data.table._table import Table

__all__ = ["find_pair", "read_ts"]

_TRAIN, _TEST = "_TRAIN.ts", "_TEST.ts"
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")
_FLAGS = ("timestamps", "univariate", "missing", "equallength", "targetlabel")
_BYTES_FACTOR = 4  # text of about 8 characters a number, parsed as float64 and float32
_SHOWN = 20


@dataclass
class _Header:
    """What the lines before `@data` say.

    Args:
        flags: true or false, by name in lower case.
        classes: the class labels; None where there are none.
        dimensions: how many; None if it is not said.
    """

    flags: dict[str, bool] = field(default_factory=dict)
    classes: list[str] | None = None
    dimensions: int | None = None

    @property
    def target(self) -> str | None:
        """The name of the target column; None if the lines hold none."""
        if self.classes is not None:
            return "class"
        return "target" if self.flags.get("targetlabel") else None


def find_pair(folder: Path) -> Path | None:
    """Return the one training file of an archive's folder, if there is just one."""
    found = [p for p in folder.glob(f"*{_TRAIN}") if _test_of(p).exists()]
    return found[0] if len(found) == 1 else None


def read_ts(path: Path) -> Table:
    """Read a file; with a test file beside a training file, both.

    Raises:
        InputError: a header or lines that cannot be understood, all of them.
    """
    parts = [path]
    if path.name.endswith(_TRAIN) and _test_of(path).exists():
        parts.append(_test_of(path))
    check_size(str(path), _BYTES_FACTOR * sum(p.stat().st_size for p in parts))
    faults = Faults()
    read = [_read(part, faults) for part in parts]
    headers = {header.target for header, _, _ in read}
    channels = {s[0].shape[1] for _, series, _ in read for s in series}
    if len(channels) > 1 and not faults.messages:
        told = "Every series needs as many dimensions, separated by ':'."
        faults.add(fault("dimensions agree", "dimensions", sorted(channels), told))
    faults.raise_if_any()
    values = np.concatenate([s.values for _, series, _ in read for s in series])
    lengths = np.concatenate([s.lengths for _, series, _ in read for s in series])
    frame = pl.DataFrame([sequence_cells(SERIES, Sequences(values, lengths))])
    target = headers.pop()
    if target is not None:
        labels = [label for _, _, labels in read for label in labels]
        frame = frame.with_columns(_labels(target, labels))
    num_test = len(read[1][1]) if len(read) > 1 else 0
    return Table(
        frame,
        name=path.stem.removesuffix("_TRAIN"),
        source=str(path),
        target=target,
        notes=(f"{parts[1].name} beside it is the test part.",) if num_test else (),
        num_test=num_test,
        kinds={SERIES: "sequence"},
        task="classification" if target == "class" else None,
    )


def _test_of(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(_TRAIN) + _TEST)


def _labels(target: str, labels: list[str]) -> pl.Series:
    if target == "target":
        return pl.Series(target, [float(label) for label in labels])
    return pl.Series(target, labels)


def _read(path: Path, faults: Faults) -> tuple[_Header, list[Sequences], list[str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        told = "Save it again as UTF-8."
        raise InputError(
            fault("the file is UTF-8 text", "source", str(path), told)
        ) from None
    header, start = _header(path, lines, faults)
    if faults.messages:  # lines read by a wrong header would all be wrong
        return header, [], []
    series, labels, wrong = [], [], []
    for number, line in enumerate(lines[start:], start + 1):
        line = line.strip()
        if not line or line.startswith(("#", "%")):
            continue
        try:
            found, label = _series(line, header)
        except ValueError as error:
            wrong.append(f"line {number} ({error})")
            continue
        series.append(found)
        labels.append(label)
    if wrong:
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        told = f"Mend or remove: {', '.join(wrong[:_SHOWN])}{more}."
        faults.add(
            fault(
                f"every line of {path.name} is a series", "num_wrong", len(wrong), told
            )
        )
    elif not series:
        told = "Write a series a line after @data."
        faults.add(fault(f"{path.name} holds series", "num_series", 0, told))
    return header, series, labels


def _header(path: Path, lines: list[str], faults: Faults) -> tuple[_Header, int]:
    """Return the header and the number of lines that it takes."""
    header = _Header()
    for number, line in enumerate(lines, 1):
        name, *values = line.strip().split() or [""]
        name = name.lower().removeprefix("@")
        if name == "data":
            if header.flags.get("timestamps"):
                told = "Write the values alone, in the order of time."
                faults.add(fault("@timeStamps false", "timestamps", True, told))
            return header, number
        if name in _FLAGS:
            said = values[0].lower() if values else ""
            if said not in _TRUE + _FALSE:
                told = f"Write @{name} true or @{name} false."
                faults.add(
                    fault(f"@{name} is true or false", f"line_{number}", said, told)
                )
            header.flags[name] = said in _TRUE
        elif name == "classlabel" and values and values[0].lower() in _TRUE:
            header.classes = values[1:]
        elif name == "dimensions" and values and values[0].isdecimal():
            header.dimensions = int(values[0])
    told = "Write the line @data before the series."
    raise InputError(fault("a .ts file has @data", "source", str(path), told))


def _series(line: str, header: _Header) -> tuple[Sequences, str]:
    """Return the series of a line, and its class or target."""
    parts, label = line.split(":"), ""
    if header.target is not None:
        label = parts.pop().strip()
        if not parts:
            raise ValueError("no ':' before its class")
        if header.classes and label not in header.classes:
            raise ValueError(f"the class {label!r} is not among those of @classLabel")
        if header.classes is None:
            float(label)
    if header.dimensions not in (None, len(parts)):
        raise ValueError(f"{len(parts)} dimensions instead of {header.dimensions}")
    channels = [_numbers(part) for part in parts]
    steps = max(map(len, channels))
    if not steps:
        raise ValueError("no number")
    # Dimensions of one series may differ in length; what is not there is missing.
    values = np.full((steps, len(channels)), np.nan, dtype=np.float32)
    for channel, numbers in enumerate(channels):
        values[: len(numbers), channel] = numbers
    return Sequences(values, np.array([steps])), label


def _numbers(text: str) -> np.ndarray:
    cells = text.replace("?", "nan").strip()
    if not cells:
        return np.empty(0)
    values = np.array(cells.split(","), dtype=np.float64)
    if np.isinf(values).any():
        raise ValueError("an infinite number")
    return values
