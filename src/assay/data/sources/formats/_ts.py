"""The `.ts` text format of the time series archives (UCR, UEA, Monash).

A file contains lines of `@name value`, the line `@data`, and then one series per line.
Commas separate numbers, colons separate dimensions, and the class or target comes last.
A missing value is written as `?`. By convention, NAME_TRAIN.ts comes with NAME_TEST.ts,
which is the test set.
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
_BYTES_FACTOR = 4  # about 8 characters per number, parsed as float64 and float32
_MAX_LINES = 1_000_000  # each takes about 20 microseconds to read
_SHOWN = 20  # maximum number of lines listed in a message


@dataclass
class _Header:
    """The lines before `@data`.

    Args:
        flags: values of the flags, by lower-case name.
        classes: the class labels; None for series without classes.
        dimensions: number of dimensions; None if unspecified.
    """

    flags: dict[str, bool] = field(default_factory=dict)
    classes: list[str] | None = None
    dimensions: int | None = None

    @property
    def target(self) -> str | None:
        """The name of the target column, or None for series without targets."""
        if self.classes is not None:
            return "class"
        return "target" if self.flags.get("targetlabel") else None


def find_pair(folder: Path) -> Path | None:
    """Return a folder's training file if exactly one has a test file, or None."""
    pairs = [p for p in folder.glob(f"*{_TRAIN}") if _test_of(p).is_file()]
    return pairs[0] if len(pairs) == 1 else None


def read_ts(path: Path) -> Table:
    """Read a file and, if it is a training file, the test file next to it.

    Raises:
        InputError: lines cannot be read; the message lists them.
    """
    parts = [path]
    if path.name.endswith(_TRAIN) and _test_of(path).is_file():
        parts.append(_test_of(path))
    check_size(str(path), _BYTES_FACTOR * sum(p.stat().st_size for p in parts))
    faults = Faults()
    read = [_read(part, faults) for part in parts]
    headers = {header.target for header, _, _ in read}
    channels = {s[0].shape[1] for _, series, _ in read for s in series}
    if len(channels) > 1 and not faults.messages:
        fix = "Write the same number of dimensions, separated by ':', on each line."
        faults.add(fault("len(dimensions) == 1", "dimensions", sorted(channels), fix))
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
        part_notes=(f"The test set is {parts[1].name}.",) if num_test else (),
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
    lines = _lines(path)
    header, start = _header(path, lines, faults)
    if faults.messages:  # with an invalid header, every line would be invalid
        return header, [], []
    series, labels, wrong = [], [], []
    for number, line in enumerate(lines[start:], start + 1):
        line = line.strip()
        if not line or line.startswith(("#", "%")):
            continue
        try:
            one, label = _series(line, header)
        except ValueError as error:
            wrong.append(f"line {number} ({error})")
            continue
        series.append(one)
        labels.append(label)
    if wrong:
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        fix = f"Correct these lines in {path.name}: {', '.join(wrong[:_SHOWN])}{more}."
        if header.target is None and not series:
            fix += " If every line ends with a class, write '@classLabel true' above."
        rule = "num_wrong == 0"
        faults.add(fault(rule, "num_wrong", len(wrong), fix))
    elif not series:
        fix = f"Write one series per line after @data in {path.name}."
        faults.add(fault("num_series >= 1", "num_series", 0, fix))
    return header, series, labels


def _lines(path: Path) -> list[str]:
    content = path.read_bytes()
    num_lines = content.count(b"\n")
    if num_lines > _MAX_LINES:
        rule, fix = (
            f"num_lines <= {_MAX_LINES:,}",
            "Save a data set this large as .npz.",
        )
        raise InputError(fault(rule, "num_lines", num_lines, fix))
    try:
        return content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError(
            f"The file {str(path)!r} is not UTF-8 text. Save it again as UTF-8."
        ) from None


def _header(path: Path, lines: list[str], faults: Faults) -> tuple[_Header, int]:
    """Return the header and its number of lines."""
    header = _Header()
    for number, line in enumerate(lines, 1):
        name, *values = line.strip().split() or [""]
        name = name.lower().removeprefix("@")
        if name == "data":
            if header.flags.get("timestamps"):
                faults.add(
                    "Series with timestamps are not supported. Write "
                    "'@timestamps false' in the header, and list only the values of "
                    "each series, in chronological order."
                )
            return header, number
        if name in _FLAGS:
            flag = values[0].lower() if values else ""
            if flag not in _TRUE + _FALSE:
                fix = f"Write @{name} true or @{name} false."
                faults.add(
                    fault(f"@{name} in ('true', 'false')", f"line_{number}", flag, fix)
                )
            header.flags[name] = flag in _TRUE
        elif name == "classlabel" and values and values[0].lower() in _TRUE:
            header.classes = values[1:]
        elif name == "dimensions" and values and values[0].isdecimal():
            header.dimensions = int(values[0])
    raise InputError(
        f"No @data line was found in {str(path)!r}. Write it before the series."
    )


def _series(line: str, header: _Header) -> tuple[Sequences, str]:
    """Return the series on a line, and its class or target."""
    parts, label = line.split(":"), ""
    if header.target is not None:
        label = parts.pop().strip()
        if not parts:
            raise ValueError("no ':' before its class or target")
        if header.classes and label not in header.classes:
            raise ValueError(f"the class {label!r} is not listed in @classLabel")
        if header.classes is None:
            float(label)
    if header.dimensions not in (None, len(parts)):
        raise ValueError(f"{len(parts)} dimensions instead of {header.dimensions}")
    channels = [_numbers(part) for part in parts]
    steps = max(map(len, channels))
    if not steps:
        raise ValueError("no numbers")
    # Dimensions may differ in length; shorter ones are padded with missing values.
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
