"""Makes predictions for examples that are entered or dropped on the page."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from assay._errors import InputError
from assay.lab.runs._folder import find
from assay.lab.runs._probe import check_file
from assay.lab.runs._uploads import uploaded
from assay.lab.trained._examples import pixel_grid, shown
from assay.lab.trained._explanation import explanation
from assay.lab.trained._looks import model_of, named

__all__ = ["columns_to_fill", "predict"]

_MOST_ROWS = 200  # maximum number of rows shown for a dropped file


def columns_to_fill(name: str) -> dict[str, Any]:
    """Return the input columns, filled with the values of the first training row."""
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
        body: {"row": values by column name}, {"upload": name of an uploaded file}, or
            {"example": index of an example among the val and train rows}.

    Raises:
        InputError: columns are missing from the example, or values cannot be read.
    """
    run = model_of(name)
    model = run.model
    if "example" in body:
        return _of_example(run, body["example"])
    if "upload" in body:
        file = uploaded(str(body["upload"]))
        check_file(file)
        source: Any = _source(model, file)
    elif isinstance(body.get("row"), dict):
        source = {str(column): [value] for column, value in body["row"].items()}
    else:
        raise InputError("Enter an example, or drop a file.")
    source = model.read(source)
    frame = model.predict_frame(source)
    answer: dict[str, Any] = {
        "num_rows": frame.height,
        "rows": frame.head(_MOST_ROWS).to_dicts(),
        "notes": list(model.check(source)),
    }
    if frame.height == 1 and model.training.own is None:
        inputs = model.preparation.transform(source)
        answer["made"] = explanation(model, inputs)
    return answer


def _source(model: Any, file: Path) -> Any:
    """Return the path to pass to the model: a file or, for a single image, a folder."""
    if model.preparation.kind != "image" or file.suffix in (".npz", ".zip"):
        return str(file)
    folder = Path(tempfile.mkdtemp(dir=file.parent))
    (folder / file.name).write_bytes(file.read_bytes())
    return str(folder)


def _of_example(run: Any, place: Any) -> dict[str, Any]:
    """Return the prediction for a val or train example; test examples stay sealed."""
    from assay.experiment import prediction_table, run_data

    if not isinstance(place, int):
        raise InputError("The index of an example must be an integer, such as 0.")
    model = run.model
    parts = run.folder.read_npz("split.npz", "train", "val")
    rows = np.concatenate([np.sort(parts["val"]), np.sort(parts["train"])])
    row = int(rows[place % len(rows)])
    dataset = run_data(run.folder)
    inputs = model.preparation.transform(dataset, np.array([row]))
    table = prediction_table(model.preparation.task, model.predict_inputs(inputs))
    answer: dict[str, Any] = {
        "num_rows": 1,
        "rows": table.to_dicts(),
        "notes": [],
        "row": row,
        "target": named(model.preparation.task, dataset.target[row]),
        "example": shown(dataset, row),
    }
    if model.training.own is None:
        answer["made"] = explanation(model, inputs)
    return answer
