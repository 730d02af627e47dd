"""Describes the columns that requests must contain."""

from dataclasses import dataclass
from typing import Any

from assay.data import Task
from assay.experiment import Run

__all__ = ["InputColumn", "Schema", "schema_of"]


@dataclass(frozen=True)
class InputColumn:
    """A column that requests must contain.

    Args:
        name: name of the column.
        kind: kind of the values: "number", "boolean", "category", "date", "image",
            "sequence" or "text".
        categories: values that occurred in training, only for category columns.
        shape: shape of each cell; () for a single value and (steps, channels) for
            sequences.
        uneven: whether sequences may differ in their number of steps.
    """

    name: str
    kind: str
    categories: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    uneven: bool = False


@dataclass(frozen=True)
class Schema:
    """The task and the input columns of a model.

    Args:
        task: task of the model.
        columns: the columns that the model uses.
        order: names of all training columns, in the order in which a row sent as a list
            must contain their values.
    """

    task: Task
    columns: tuple[InputColumn, ...]
    order: tuple[str, ...]

    @property
    def sole(self) -> InputColumn | None:
        """The only column if it contains images, sequences or text; None otherwise."""
        first = self.columns[0]
        return first if first.shape or first.kind == "text" else None


def schema_of(run: Run) -> Schema:
    """Return the schema of a run's model."""
    preparation = run.model.preparation
    described = run.folder.read_object("data.json").get("columns", ())
    order = tuple(c["name"] for c in described if not c.get("ignored"))
    columns = tuple(map(_column, preparation.encoders))
    by_place = {name: place for place, name in enumerate(order)}
    in_order = sorted(columns, key=lambda c: by_place.get(c.name, len(order)))
    return Schema(preparation.task, tuple(in_order), order)


def _column(encoder: Any) -> InputColumn:
    kind: str = encoder.kind
    return InputColumn(
        encoder.column,
        kind,
        categories=getattr(encoder, "categories", ()),
        shape=encoder.input_shape if kind in ("image", "sequence") else (),
        uneven=getattr(encoder, "uneven", False),
    )
