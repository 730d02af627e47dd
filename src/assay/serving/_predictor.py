"""Checks requests, prepares their rows and writes their answers."""

import json
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from assay import records
from assay._errors import Faults, InputError
from assay._version import __version__
from assay.data import Inputs, UnseenCategories
from assay.experiment import Run, prediction_table
from assay.serving._batcher import Batcher
from assay.serving._openapi import openapi
from assay.serving._passes import Passes
from assay.serving._refusal import Refusal
from assay.serving.bodies._formats import ARROW, read, write
from assay.serving.bodies._schema import schema_of

__all__ = ["NOTES_HEADER", "Checked", "Predictor"]

NOTES_HEADER = "assay-notes"
"""Header with the notes of an answer that is not JSON."""

_MOST_HEADER = 4000  # characters
_MOST_FAULTS = 50


class Checked(NamedTuple):
    """The rows of a request, ready for the network.

    Args:
        inputs: inputs of the network.
        num_rows: number of rows.
        unseen: categories that did not occur in training.
    """

    inputs: Inputs
    num_rows: int
    unseen: tuple[UnseenCategories, ...]


class Predictor:
    """The model of a run as a server uses it.

    Args:
        run: finished run.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.schema = schema_of(run)
        self.passes = Passes(run.model)
        self.batcher = Batcher(self.passes.predict, most_rows=self.passes.most_rows)

    def check(self, body: bytes, kind: str) -> Checked:
        """Return the rows in a body as inputs.

        Raises:
            Refusal: the rows do not fit the columns of the model. The message lists
                every fault.
        """
        faults = Faults()
        frame = read(body, kind, self.schema, faults)
        inputs = self._inputs(frame, faults)
        if faults.messages or inputs is None:
            shown = faults.messages[:_MOST_FAULTS]
            num_more = len(faults.messages) - len(shown)
            more = [f"{num_more} more faults are not listed."] if num_more else []
            raise Refusal(422, [*shown, *more])
        unseen = self.run.model.preparation.unseen_cells(frame)
        return Checked(inputs, frame.height, unseen)

    def _inputs(self, frame: pl.DataFrame, faults: Faults) -> Inputs | None:
        """Return the inputs, or None and the faults of all columns."""
        preparation = self.run.model.preparation
        absent = [c for c in preparation.columns if c not in frame.columns]
        try:
            return preparation.transform_cells(frame)
        except InputError as error:
            faults.extend(error.faults)
        if absent and preparation.kind == "table":  # the others may have faults too
            nothing = [pl.lit(None).alias(name) for name in absent]
            try:
                preparation.transform_cells(frame.with_columns(nothing))
            except InputError as error:
                faults.extend(error.faults)
        return None

    def answer(
        self, predictions: np.ndarray, checked: Checked, kind: str
    ) -> tuple[bytes, dict[str, str]]:
        """Return the body and the headers of an answer."""
        task = self.schema.task
        notes = [str(count) for count in checked.unseen]
        content: dict[str, Any] = {
            "target": task.target,
            "unseen": records.to_plain(checked.unseen),
            "notes": notes,
        }
        body = write(prediction_table(task, predictions), kind, content)
        return body, _note_headers(notes) if kind == ARROW else {}

    @cached_property
    def description(self) -> dict[str, Any]:
        """What `GET /model` answers."""
        summary, task = self.run.summary, self.schema.task
        test = summary["test"]
        return {
            "name": summary["run"],
            "target": task.target,
            "task": task.kind,
            "classes": list(task.classes) or None,
            "columns": [
                {
                    "name": column.name,
                    "kind": column.kind,
                    **({"categories": column.categories} if column.categories else {}),
                    **({"shape": column.shape} if column.shape else {}),
                    **({"any_number_of_steps": True} if column.uneven else {}),
                }
                for column in self.schema.columns
            ],
            "order": list(self.schema.order),
            "test": {
                "metric": test["metric"],
                "value": test["value"],
                "interval": test["interval"],
                "level": test["level"],
                "num_examples": test["num_examples"],
                "openings": test["openings"],
            },
            "num_parameters": self.run.model.num_parameters,
            "assay": __version__,
        }

    def openapi(self, *, has_token: bool) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return openapi(self.schema, self.run.summary, has_token=has_token)


def _note_headers(notes: list[str]) -> dict[str, str]:
    """Return notes as a header, in JSON, because headers contain only ASCII."""
    if not notes:
        return {}
    text = json.dumps(notes)
    if len(text) > _MOST_HEADER:
        text = json.dumps([f"{len(notes)} columns contain values that are new."])
    return {NOTES_HEADER: text}
