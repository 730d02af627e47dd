"""The preparation of a run, taken over for data of the same kind."""

from dataclasses import replace
from typing import Any

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.data import Dataset, Preparation

__all__ = ["adopt"]

_MOST_SHOWN = 8


def adopt(
    own: Preparation, theirs: Preparation, dataset: Dataset, *, run: str
) -> Preparation:
    """Return a preparation that makes of new data what another one made of its own.

    Means, spreads, categories and words are the other's; the task and the scale of the
    target are one's own.

    Args:
        own: fitted on the new data.
        theirs: fitted on the data of the run.
        dataset: the new data.
        run: its name, for the texts of faults.

    Raises:
        InputError: the new data are not such as the run's were; all faults.
    """
    if own.kind != theirs.kind:
        fix = f"{run} was trained on inputs of the kind {theirs.kind}."
        rule = f"the inputs are of the kind {theirs.kind}"
        raise InputError(fault(rule, "kind", own.kind, fix))
    faults = Faults()
    encoders: tuple[Any, ...] = theirs.encoders
    if own.sole_encoder is None:
        faults.extend(_table_faults(theirs, dataset, run))
    else:
        faults.extend(_shape_faults(own.sole_encoder, theirs.sole_encoder, run))
        encoders = (replace(encoders[0], column=own.columns[0]),)
    faults.raise_if_any()
    tolerant = own.tolerant | theirs.tolerant
    return replace(own, encoders=encoders, tolerant=tolerant)


def _table_faults(theirs: Preparation, dataset: Dataset, run: str) -> list[str]:
    columns = {c.name: c for c in dataset.columns if not c.ignored}
    absent = [name for name in theirs.columns if name not in columns]
    found = []
    if absent:
        near = did_you_mean(absent[0], columns)
        fix = f"{run} was trained on {_some(theirs.columns)}.{near}"
        rule = "every column of the run is given"
        found.append(fault(rule, "missing_columns", absent[:_MOST_SHOWN], fix))
    for encoder in theirs.encoders:
        column = columns.get(encoder.column)
        if column is None or column.kind in (encoder.kind, "constant"):
            continue
        fix = f'Write kinds = {{"{column.name}" = "{encoder.kind}"}}, if it is one.'
        rule = f"{column.name!r} is a {encoder.kind}, as in {run}"
        found.append(fault(rule, f"{column.name}.kind", column.kind, fix))
    return found


def _shape_faults(own: Any, theirs: Any, run: str) -> list[str]:
    if own.kind == "text":
        return []  # texts are cut or padded to the run's number of words
    shape, wanted = own.input_shape, theirs.input_shape
    if own.kind == "sequence" and own.uneven and theirs.uneven:
        shape, wanted = shape[1:], wanted[1:]
    elif own.kind == "sequence" and own.uneven != theirs.uneven:
        shape = ("unequal", *shape[1:]) if own.uneven else shape
        wanted = ("unequal", *wanted[1:]) if theirs.uneven else wanted
    if shape == wanted:
        return []
    fix = f"{run} was trained on that shape."
    if own.kind == "image":
        mode = "L" if wanted[-1] == 1 else "RGB"
        fix += f' Write image_size = {list(wanted[:2])}, image_mode = "{mode}".'
    return [fault(f"every {own.kind} has the shape {wanted}", "shape", shape, fix)]


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_SHOWN
    shown = ", ".join(names[:_MOST_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
