"""The gates of recurrent layers over time."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from assay import spec
from assay.lab.units._registry import Body, handles
from assay.lab.units.networks._open import open_example

__all__ = ["Gates", "gates"]


class Gates(Body):
    """Request for a unit's gates in a recurrent layer that reads a digit row by row.

    Args:
        cell: kind of recurrent layer.
        row: row number of the digit.
        unit: index of the unit.
    """

    cell: Literal["lstm", "gru", "simple_rnn"] = "lstm"
    row: int = 0
    unit: Annotated[int, Field(ge=0)] = 0


@handles("layers", "gates")
def gates(body: Gates) -> dict[str, Any]:
    """Return a unit's gates and states at each step, and the last state's terms."""
    opened = open_example(body.cell, body.row)
    name = next(n for n in opened.watched.names if n.startswith(body.cell))
    x = opened.watched.input(name)[0]
    xray = opened.watched.explain(name, (body.unit,))
    row = next(row for row in opened.rows if row.name == name)
    return {
        "row": opened.row,
        "target": opened.target,
        "classes": list(opened.classes),
        "prediction": np.float32(opened.prediction),
        "picture": None
        if opened.picture is None
        else np.float32(opened.picture[..., 0]),
        "steps": np.float32(x),
        "gates": xray.details["gates"],
        "num_units": int(row.output_shape[-1]),
        "formula": spec.Layer.members[body.cell].formula,
        "parameters": row.parameters,
        "number": {**xray.to_json(), "text": xray.to_text(most_terms=10)},
    }
