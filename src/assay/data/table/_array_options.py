"""Options for reading images and time series."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from assay._errors import Faults, did_you_mean, fault, one_column

__all__ = ["MODES", "Layout", "check_layout"]

MODES = ("auto", "L", "RGB")
"""The modes in which images can be read: unchanged, grayscale or color."""


@dataclass(frozen=True)
class Layout:
    """Options for reading images and time series, used in training and prediction.

    Args:
        image_size: height and width to which images are resized, or of images stored
            as lists of pixels; None if all images already have the same size.
        image_mode: one of `MODES`.
        series_column: column that identifies the series of each row, in a table with
            one row per time step.
        time_column: column that determines the order of the rows in each series.
        kinds: column kinds by column name, as set by the user or the source.
        channels: names of the channels, in order; empty if the channels have no names
            or the rows have not been joined into series yet.
        decimal_commas: columns of a long table that contain decimal commas, as
            detected during training.
        channels_first: whether lists of pixels begin with all values of the first
            channel, as detected during training; None if no column contains such lists.
    """

    image_size: tuple[int, int] | None = None
    image_mode: str = "auto"
    series_column: str | None = None
    time_column: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict, hash=False)
    channels: tuple[str, ...] = ()
    decimal_commas: tuple[str, ...] = ()
    channels_first: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the options as plain JSON values."""
        size = None if self.image_size is None else list(self.image_size)
        changed: dict[str, Any] = {"image_size": size, "kinds": dict(self.kinds)}
        changed |= {"channels": list(self.channels)}
        return asdict(self) | changed | {"decimal_commas": list(self.decimal_commas)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Layout":
        """Restore the options from the output of `to_json`."""
        size = data["image_size"]
        return cls(
            None if size is None else (size[0], size[1]),
            image_mode=data["image_mode"],
            series_column=data["series_column"],
            time_column=data["time_column"],
            kinds=data["kinds"],
            channels=tuple(data["channels"]),
            # absent from older files
            decimal_commas=tuple(data.get("decimal_commas", ())),
            channels_first=data.get("channels_first"),
        )


def check_layout(layout: Layout) -> None:
    """Raise an InputError that lists every fault in the options."""
    faults = Faults()
    size = layout.image_size
    if size is not None and not _is_size(size):
        numbers = [int(n) for n in re.findall(r"\d+", str(size)) if int(n)] or [32]
        fix = f"Write image_size=({numbers[0]}, {numbers[:2][-1]})."
        faults.add(
            fault(
                "len(image_size) == 2 and min(image_size) >= 1", "image_size", size, fix
            )
        )
    for name in ("series_column", "time_column"):
        column = getattr(layout, name)
        if not isinstance(column, str | None):
            is_list = isinstance(column, list | tuple) and column
            fix = one_column(name, column if is_list else [column])
            faults.add(fault(f"isinstance({name}, str)", name, column, fix))
    if layout.image_mode not in MODES:
        hint = did_you_mean(layout.image_mode, MODES)
        fix = f"Write image_mode='L' for grayscale or 'RGB' for color images.{hint}"
        faults.add(
            fault(f"image_mode in {MODES}", "image_mode", layout.image_mode, fix)
        )
    if layout.time_column is not None and layout.series_column is None:
        rule = "time_column is None or series_column is not None"
        fix = "Also specify the column that identifies each series: series_column='id'."
        faults.add(fault(rule, "time_column", layout.time_column, fix))
    if layout.time_column is not None and layout.time_column == layout.series_column:
        fix = "Specify the column with the time of each step, or omit time_column."
        rule = "time_column != series_column"
        faults.add(fault(rule, "time_column", layout.time_column, fix))
    faults.raise_if_any()


def _is_size(size: Any) -> bool:
    is_pair = isinstance(size, tuple | list) and len(size) == 2
    return is_pair and all(isinstance(n, int) and n >= 1 for n in size)
