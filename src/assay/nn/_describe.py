"""The shapes, parameters and formulas of an untrained model, layer by layer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assay import spec
from assay.nn._layer import Layer, shape_text
from assay.nn._model import build

__all__ = ["Row", "describe", "description_text"]


@dataclass(frozen=True)
class Row:
    """The description of a layer in a model.

    Args:
        name: name of the layer, or path of an inner layer, such as "residual1.conv1".
        input_shape: input shape of one example.
        output_shape: output shape of one example.
        num_parameters: number of parameters, excluding those of inner layers.
        multiply_adds: number of multiplications by a parameter per example.
        formula: formula for the output, with numbers filled in.
        parameters: calculation of the parameter count.
        notes: remarks, such as the number of rows that no window covers.
    """

    name: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    num_parameters: int
    multiply_adds: int
    formula: str
    parameters: str
    notes: tuple[str, ...]


def describe(
    layers: Sequence[spec.Layer], input_shape: tuple[int, ...], *, num_outputs: int
) -> list[Row]:
    """Return one row for each layer of a model, including the output layer.

    A layer is listed before the layers it contains. If the size of a layer is a search
    space, its lower bound or first option is used, and a note is added.

    Args:
        layers: specs of the layers before the output, from first to last.
        input_shape: shape of one example, channels last.
        num_outputs: size of the output layer.

    Raises:
        InputError: the layers are incompatible with each other or with the input. The
            message lists all faults.

    Example:
        >>> rows = describe([spec.Conv2D(8, 3)], (28, 28, 1), num_outputs=10)
        >>> rows[0].formula
        'H2 = W2 = (28 - 3 + 2*1)/1 + 1 = 28, D2 = K = 8'
        >>> [(row.name, row.num_parameters) for row in rows]
        [('conv1', 80), ('flatten1', 0), ('output', 62730)]
    """
    pairs = [_without_spaces(layer) for layer in layers]
    fixed = [layer for layer, _ in pairs]
    rng = np.random.default_rng(0)
    model = build(fixed, input_shape, num_outputs=num_outputs, rng=rng)
    built = {name: model.layer(name) for name in model.names}
    notes = dict(zip(model.names, (note for _, note in pairs), strict=False))
    if len(built) > len(fixed) + 1:
        added = "added because the output layer needs a flat input"
        notes[model.names[-2]] = (added,)
    return list(_rows(built, input_shape, notes))


def _without_spaces(layer: spec.Layer) -> tuple[spec.Layer, tuple[str, ...]]:
    """Replace each search space in a layer with its first value, and return notes."""
    spaces = layer.spaces()
    values = {path: space.ends()[0] for path, space in spaces.items()}
    notes = tuple(
        f"uses {path} = {values[path]} from {space}" for path, space in spaces.items()
    )
    return layer.with_values(values), notes


def _rows(
    layers: Mapping[str, Layer],
    shape: tuple[int, ...],
    notes: Mapping[str, tuple[str, ...]],
    prefix: str = "",
) -> Iterator[Row]:
    for name, layer in layers.items():
        description = layer.describe()
        yield Row(
            prefix + name,
            shape,
            layer.output_shape,
            layer.num_parameters,
            description.multiply_adds,
            description.formula,
            description.parameters,
            (*description.notes, *notes.get(name, ())),
        )
        yield from _rows(layer.inner_layers(), shape, {}, f"{prefix}{name}.")
        shape = layer.output_shape


def description_text(rows: Sequence[Row]) -> str:
    """Format a table of layers, with each layer's formulas and notes below it.

    Example:
        >>> print(description_text(describe([], (4,), num_outputs=3)))
        layer   output  parameters  multiply-adds
        input        4
        output       3          15             12
                y (3) = x (4) W (4 x 3) + b (3)
                parameters: 4*3 + 3 = 15
        <BLANKLINE>
        total                   15             12
    """
    head = ("layer", "output", "parameters", "multiply-adds")
    cells = [("input", shape_text(rows[0].input_shape), "", "")]
    cells += [_cells(row) for row in rows]
    parameters = sum(row.num_parameters for row in rows)
    products = sum(row.multiply_adds for row in rows)
    cells.append(("total", "", f"{parameters:,}", f"{products:,}"))
    widths = [max(len(line[i]) for line in [head, *cells]) for i in range(4)]
    details = [(), *(_details(row) for row in rows), ()]
    lines = [_line(head, widths)]
    for row_cells, lines_below in zip(cells, details, strict=True):
        if row_cells[0] == "total":
            lines.append("")
        lines.append(_line(row_cells, widths))
        lines += [" " * (widths[0] + 2) + line for line in lines_below]
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, str, str, str]:
    counts = (f"{row.num_parameters:,}", f"{row.multiply_adds:,}")
    return (row.name, shape_text(row.output_shape), *counts)


def _details(row: Row) -> list[str]:
    parameters = f"parameters: {row.parameters}" if row.parameters else ""
    notes = [f"note: {note}" for note in row.notes]
    return [line for line in (row.formula, parameters, *notes) if line]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *rest = cells
    columns = [name.ljust(widths[0])]
    columns += [c.rjust(w) for c, w in zip(rest, widths[1:], strict=True)]
    return "  ".join(columns).rstrip()
