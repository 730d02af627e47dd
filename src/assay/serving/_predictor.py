"""Checks requests, prepares their rows and creates responses."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import polars as pl

from assay import records
from assay._errors import Faults, InputError
from assay._version import __version__
from assay.experiment import Run, prediction_table
from assay.serving._batcher import Batcher
from assay.serving._openapi import openapi
from assay.serving._passes import Passes
from assay.serving._refusal import Refusal
from assay.serving._together import Answered, predict_together
from assay.serving.bodies._formats import ARROW, read, write
from assay.serving.bodies._schema import schema_of

__all__ = ["NOTES_HEADER", "Predictor", "refusal"]

NOTES_HEADER = "assay-notes"
"""Header that contains the notes if the response is not JSON."""

_MOST_HEADER = 4000  # maximum number of characters in a header
_MOST_FAULTS = 50
_TEST_FIELDS = ("metric", "value", "interval", "level", "num_examples", "openings")


class Predictor:
    """The model of a run, with the methods that a server needs.

    Args:
        run: finished run.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.schema = schema_of(run)
        self.passes = Passes(run.model)
        self.batcher: Batcher[pl.DataFrame, Answered] = Batcher(
            self.predict, most_rows=self.passes.most_rows
        )

    def predict(self, frames: Sequence[pl.DataFrame]) -> list[Answered | InputError]:
        """Return a result or an error for each of several requests."""
        return predict_together(self.passes, frames)

    def read(self, body: bytes, kind: str) -> pl.DataFrame:
        """Return the rows in a body as a table with the model's columns.

        Raises:
            Refusal: the rows cannot be read, or columns are missing. The message lists
                all errors, including those in cells.
        """
        faults = Faults()
        frame = read(body, kind, self.schema, faults)
        columns = self.run.model.preparation.columns
        if not faults.messages and not set(columns) - set(frame.columns):
            return frame.select(columns)
        self._add_faults(frame, faults)
        raise refusal(faults.messages)

    def _add_faults(self, frame: pl.DataFrame, faults: Faults) -> None:
        """Collect the errors in the columns and in their cells."""
        preparation = self.run.model.preparation
        if faults.messages and (self.schema.sole is not None or not frame.width):
            return
        absent = [c for c in preparation.columns if c not in frame.columns]
        frames = [frame]
        if absent and preparation.kind == "table":  # check the other columns as well
            nothing = [pl.lit(None).alias(name) for name in absent]
            frames.append(frame.with_columns(nothing))
        for one in frames:
            try:
                preparation.transform_cells(one)
            except InputError as error:
                faults.extend(error.faults)

    def answer(self, answered: Answered, kind: str) -> tuple[bytes, dict[str, str]]:
        """Return the body and the headers of a response."""
        task = self.schema.task
        notes = [str(count) for count in answered.unseen]
        content: dict[str, Any] = {
            "target": task.target,
            "unseen": records.to_plain(answered.unseen),
            "notes": notes,
        }
        table = prediction_table(task, answered.predictions)
        headers = _note_headers(notes) if kind == ARROW else {}
        return write(table, kind, content), headers

    @cached_property
    def description(self) -> dict[str, Any]:
        """The response to `GET /model`."""
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
            "test": {name: test[name] for name in _TEST_FIELDS},
            "num_parameters": self.run.model.num_parameters,
            "assay": __version__,
        }

    def openapi(self, *, has_token: bool) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return openapi(self.schema, self.run.summary, has_token=has_token)


def refusal(faults: Sequence[str]) -> Refusal:
    """Return the error for rows that do not match the model."""
    num_more = len(faults) - _MOST_FAULTS
    more = [f"Errors not listed: {num_more}."] if num_more > 0 else []
    return Refusal(422, [*faults[:_MOST_FAULTS], *more])


def _note_headers(notes: list[str]) -> dict[str, str]:
    """Return the notes as a header, encoded as JSON because headers must be ASCII."""
    if not notes:
        return {}
    text = json.dumps(notes)
    if len(text) > _MOST_HEADER:
        text = json.dumps([f"Columns with new values: {len(notes)}."])
    return {NOTES_HEADER: text}
