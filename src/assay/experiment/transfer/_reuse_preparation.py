"""Reuses the preparation of a source run for new data with the same structure."""

from dataclasses import replace
from typing import Any

from assay._errors import Faults, InputError, did_you_mean
from assay.data import Dataset, Preparation

__all__ = ["reuse_preparation"]

_MOST_SHOWN = 8  # maximum number of column names in a message


def reuse_preparation(
    new: Preparation, source: Preparation, dataset: Dataset, *, run: str
) -> Preparation:
    """Return a preparation that encodes new inputs in the same way as the source run.

    Means, standard deviations, categories and words are taken from the source run. The
    task and the scale of the target are determined by the new data.

    Args:
        new: preparation fitted to the new data.
        source: preparation fitted to the data of the source run.
        dataset: the new data.
        run: name of the source run, for error messages.

    Raises:
        InputError: the new data differ in structure from the source run's data.
            The message lists all errors.
    """
    if new.kind != source.kind:
        raise InputError(
            f"The data must have {source.kind} inputs, like those of the source run "
            f"{run}, but they have {new.kind} inputs. Use other data or another run."
        )
    faults = Faults()
    encoders: tuple[Any, ...] = source.encoders
    if new.sole_encoder is None:
        faults.extend(_table_faults(source, dataset, run))
    else:
        faults.extend(_shape_faults(new.sole_encoder, source.sole_encoder, run))
        encoders = (replace(encoders[0], column=new.columns[0]),)
    faults.raise_if_any()
    # rows for prediction will have the same format as the new data
    tolerant = new.tolerant | source.tolerant
    return replace(new, encoders=encoders, tolerant=tolerant)


def _table_faults(source: Preparation, dataset: Dataset, run: str) -> list[str]:
    columns = {c.name: c for c in dataset.columns if not c.ignored}
    missing = [name for name in source.columns if name not in columns]
    faults: list[str] = []
    if missing:
        near = did_you_mean(missing[0], columns)
        faults.append(
            f"The data must have all the columns used by the source run {run} "
            f"({_some(source.columns)}), but they lack {_some(tuple(missing))}.{near}"
        )
    for encoder in source.encoders:
        column = columns.get(encoder.column)
        if column is None or column.kind in (encoder.kind, "constant"):
            continue
        faults.append(
            f"The column {column.name!r} must be a {encoder.kind}, as in the source "
            f"run {run}, but it was read as a {column.kind}. If it is a "
            f'{encoder.kind}, set kinds = {{"{column.name}": "{encoder.kind}"}}.'
        )
    return faults


def _shape_faults(new: Any, source: Any, run: str) -> list[str]:
    if new.kind == "text":
        return []  # texts are truncated or padded to the source run's number of words
    shape, wanted = new.input_shape, source.input_shape
    if new.kind == "sequence" and new.uneven and source.uneven:
        shape, wanted = shape[1:], wanted[1:]
    elif new.kind == "sequence" and new.uneven != source.uneven:
        shape = ("unequal", *shape[1:]) if new.uneven else shape
        wanted = ("unequal", *wanted[1:]) if source.uneven else wanted
    if shape == wanted:
        return []
    fix = "Use other data or another run."
    if new.kind == "image":
        mode = "L" if wanted[-1] == 1 else "RGB"
        fix = f'Set image_size = {list(wanted[:2])}, image_mode = "{mode}".'
    return [
        f"Each {new.kind} must have the shape {wanted}, as in the source run {run}, "
        f"not {shape}. {fix}"
    ]


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_SHOWN
    shown = ", ".join(names[:_MOST_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
