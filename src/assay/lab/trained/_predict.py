"""Predicts an example that the user types in or drops on the page."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from assay._errors import InputError
from assay.lab.runs._folder import find
from assay.lab.runs._probe import check_file
from assay.lab.runs._uploads import uploaded
from assay.lab.trained._examples import pixel_grid
from assay.lab.trained._looks import model_of
from assay.nn.xray import watch

__all__ = ["columns_to_fill", "predict"]

_MOST_ROWS = 200  # shown on the page for a dropped file
_MOST_TERMS = 12


def columns_to_fill(name: str) -> dict[str, Any]:
    """Return the columns of an example, filled with an example from train."""
    run = model_of(name)
    preparation = run.model.preparation
    listed = find(name).read_object("data.json").get("columns", ())
    described = {column["name"]: column for column in listed}
    from assay.experiment import run_data

    dataset = run_data(run.folder)
    row = run.folder.read_npz("split.npz", "train")["train"].min()
    is_table = preparation.kind in ("table", "text")
    first = (
        dataset.take(list(preparation.columns), np.array([row])) if is_table else None
    )
    columns = [
        {
            "name": column,
            "kind": described.get(column, {}).get("kind", preparation.kind),
            "value": None if first is None else first[column][0],
            "choices": _choices(dataset, column, described.get(column, {})),
        }
        for column in preparation.columns
    ]
    grid = pixel_grid([c for c in described if not described[c].get("ignored")])
    top = None
    if grid is not None and first is not None:
        values: list[Any] = [dataset.values(c).max() for c in preparation.columns]
        top = max(float(value or 0) for value in values)
    return {"kind": preparation.kind, "columns": columns, "grid": grid, "most": top}


def _choices(dataset: Any, column: str, described: dict[str, Any]) -> list[str] | None:
    if described.get("kind") not in ("category", "boolean"):
        return None
    known = dataset.values(column).unique().drop_nulls().sort().to_list()
    return [str(value) for value in known[:100]]


def predict(name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return predictions for an example or a file.

    Args:
        name: name of a finished run.
        body: {"row": values by column} or {"upload": name of an uploaded file}.

    Raises:
        InputError: the example lacks columns, or its values cannot be read.
    """
    run = model_of(name)
    model = run.model
    if "upload" in body:
        file = uploaded(str(body["upload"]))
        check_file(file)
        source: Any = _source(model, file)
    elif isinstance(body.get("row"), dict):
        source = {str(column): [value] for column, value in body["row"].items()}
    else:
        raise InputError("Type an example, or drop a file.")
    source = model.read(source)
    frame = model.predict_frame(source)
    answer: dict[str, Any] = {
        "num_rows": frame.height,
        "rows": frame.head(_MOST_ROWS).to_dicts(),
        "notes": list(model.check(source)),
    }
    if frame.height == 1 and model.training.own is None:
        answer["made"] = _made(run, source)
    return answer


def _source(model: Any, file: Path) -> Any:
    """Return the path that the model reads: the file or, for one image, a folder."""
    if model.preparation.kind != "image" or file.suffix in (".npz", ".zip"):
        return str(file)
    folder = Path(tempfile.mkdtemp(dir=file.parent))
    (folder / file.name).write_bytes(file.read_bytes())
    return str(folder)


def _made(run: Any, source: Any) -> dict[str, Any]:
    """Return the calculation of the largest output of the model's first network."""
    from assay.experiment import network_of

    model = run.model
    inputs, lengths = model.preparation.transform(source), None
    if isinstance(inputs, dict):
        inputs, lengths = inputs["values"], inputs["lengths"]
    dtype = model.training.precision
    watched = watch(network_of(model, 0), inputs, lengths=lengths, dtype=dtype)
    layers = watched.layers()
    last = watched.names[-1]
    output = np.asarray(watched.output(last)[0])
    at = tuple(int(i) for i in np.unravel_index(int(output.argmax()), output.shape))
    xray = watched.explain(last, at).to_json()
    terms = sorted(xray["terms"], key=lambda term: -abs(term["value"]))
    rest = terms[_MOST_TERMS:]
    return {
        "layers": layers,
        "layer": last,
        "at": at,
        "formula": xray["formula"],
        "value": xray["value"],
        "terms": terms[:_MOST_TERMS],
        "num_rest": len(rest),
        "rest": sum(term["value"] for term in rest),
        "check": xray["check"],
    }
