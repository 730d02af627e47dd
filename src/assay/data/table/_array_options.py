"""How cells are read that hold more than a value: images and series."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from assay._errors import Faults, did_you_mean, fault

__all__ = ["MODES", "Layout", "check_layout"]

MODES = ("auto", "L", "RGB")
"""What images are read as: as they are, gray, or colored."""


@dataclass(frozen=True)
class Layout:
    """What a user says about images and series; kept for the rows to come.

    Args:
        image_size: height and width that images are resized to; None keeps theirs,
            which must then be one for all.
        image_mode: one of `MODES`.
        series_column: names the series of a row, in a table with a row a moment.
        time_column: orders the rows of a series.
        kinds: what columns hold, as far as the user or the source says it.
        channels: columns that became the channels of series; empty until they did.
    """

    image_size: tuple[int, int] | None = None
    image_mode: str = "auto"
    series_column: str | None = None
    time_column: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict, hash=False)
    channels: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the layout as plain JSON values."""
        size = None if self.image_size is None else list(self.image_size)
        held = {"image_size": size, "kinds": dict(self.kinds)}
        return asdict(self) | held | {"channels": list(self.channels)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Layout":
        """Return the layout that `to_json` wrote."""
        size = data["image_size"]
        return cls(
            None if size is None else (size[0], size[1]),
            image_mode=data["image_mode"],
            series_column=data["series_column"],
            time_column=data["time_column"],
            kinds=data["kinds"],
            channels=tuple(data["channels"]),
        )


def check_layout(layout: Layout) -> None:
    """Raise an InputError that tells everything wrong with a layout."""
    faults = Faults()
    size = layout.image_size
    if size is not None and (
        len(size) != 2 or any(not isinstance(n, int) or n < 1 for n in size)
    ):
        told = "Write image_size=(32, 32)."
        faults.add(fault("image_size is (height, width)", "image_size", size, told))
    if layout.image_mode not in MODES:
        hint = did_you_mean(layout.image_mode, MODES)
        told = f"Write image_mode='L' for gray or 'RGB' for colored images.{hint}"
        faults.add(
            fault(f"image_mode in {MODES}", "image_mode", layout.image_mode, told)
        )
    if layout.time_column is not None and layout.series_column is None:
        told = "Write series_column='id' to name the column that tells series apart."
        faults.add(
            fault(
                "series_column is given with time_column",
                "time_column",
                layout.time_column,
                told,
            )
        )
    faults.raise_if_any()
