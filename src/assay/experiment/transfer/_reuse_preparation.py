"""Reuses the preparation of a source run for data of the same form."""

from dataclasses import replace
from typing import Any

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.data import Dataset, Preparation

__all__ = ["reuse_preparation"]

_MOST_SHOWN = 8  # column names in a message


def reuse_preparation(
    new: Preparation, source: Preparation, dataset: Dataset, *, run: str
) -> Preparation:
    """Return a preparation that treats the inputs of new data as the source run did.

    Means, standard deviations, categories and words are those of the source run; the
    task and the scale of the target are those of the new data.

    Args:
        new: preparation fitted on the new data.
        source: preparation fitted on the data of the source run.
        dataset: the new data.
        run: name of the source run, for messages.

    Raises:
        InputError: the new data do not have the form of the run's data; lists every
            fault.
    """
    if new.kind != source.kind:
        fix = f"{run} was trained on inputs of the kind {source.kind}."
        rule = f"the inputs are of the kind {source.kind}"
        raise InputError(fault(rule, "kind", new.kind, fix))
    faults = Faults()
    encoders: tuple[Any, ...] = source.encoders
    if new.sole_encoder is None:
        faults.extend(_table_faults(source, dataset, run))
    else:
        faults.extend(_shape_faults(new.sole_encoder, source.sole_encoder, run))
        encoders = (replace(encoders[0], column=new.columns[0]),)
    faults.raise_if_any()
    # rows to predict will be formatted like the new data
    tolerant = new.tolerant | source.tolerant
    return replace(new, encoders=encoders, tolerant=tolerant)


def _table_faults(source: Preparation, dataset: Dataset, run: str) -> list[str]:
    columns = {c.name: c for c in dataset.columns if not c.ignored}
    missing = [name for name in source.columns if name not in columns]
    faults: list[str] = []
    if missing:
        near = did_you_mean(missing[0], columns)
        fix = f"{run} was trained on {_some(source.columns)}.{near}"
        rule = "the data have every column of the run"
        faults.append(fault(rule, "missing_columns", missing[:_MOST_SHOWN], fix))
    for encoder in source.encoders:
        column = columns.get(encoder.column)
        if column is None or column.kind in (encoder.kind, "constant"):
            continue
        fix = f'Write kinds = {{"{column.name}" = "{encoder.kind}"}}, if it is one.'
        rule = f"{column.name!r} is a {encoder.kind}, as in {run}"
        faults.append(fault(rule, f"{column.name}.kind", column.kind, fix))
    return faults


def _shape_faults(new: Any, source: Any, run: str) -> list[str]:
    if new.kind == "text":
        return []  # texts are cut or padded to the run's number of words
    shape, wanted = new.input_shape, source.input_shape
    if new.kind == "sequence" and new.uneven and source.uneven:
        shape, wanted = shape[1:], wanted[1:]
    elif new.kind == "sequence" and new.uneven != source.uneven:
        shape = ("unequal", *shape[1:]) if new.uneven else shape
        wanted = ("unequal", *wanted[1:]) if source.uneven else wanted
    if shape == wanted:
        return []
    fix = f"{run} was trained on that shape."
    if new.kind == "image":
        mode = "L" if wanted[-1] == 1 else "RGB"
        fix += f' Write image_size = {list(wanted[:2])}, image_mode = "{mode}".'
    return [fault(f"every {new.kind} has the shape {wanted}", "shape", shape, fix)]


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_SHOWN
    shown = ", ".join(names[:_MOST_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
