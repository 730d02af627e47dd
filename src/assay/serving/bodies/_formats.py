"""The formats of requests and responses: JSON and Arrow streams."""

import io
import json
import math
from typing import Any

import polars as pl
from starlette.requests import Request

from assay._errors import Faults
from assay.records import parse_json
from assay.serving._refusal import Refusal
from assay.serving.bodies._arrow_stream import count_rows
from assay.serving.bodies._rows import frame_of_rows
from assay.serving.bodies._schema import Schema

__all__ = ["ARROW", "JSON", "MOST_ROWS", "answer_type", "body_type", "read", "write"]

JSON, ARROW = "application/json", "application/vnd.apache.arrow.stream"
_TYPES = (JSON, ARROW)
_EITHER = f"{JSON} or {ARROW}"

MOST_ROWS = 10_000
"""Maximum number of rows in a request."""


def body_type(request: Request) -> str:
    """Return the format of the body.

    Raises:
        Refusal: the format is not supported.
    """
    given = request.headers.get("content-type", "")
    name = given.partition(";")[0].strip().lower()
    if name not in _TYPES:
        message = f"The Content-Type {given!r} is not supported. Use {_EITHER}."
        raise Refusal(415, message, {"accept": ", ".join(_TYPES)})
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        message = f"The Content-Encoding {encoding!r} is not supported. Send the body "
        message += "uncompressed."
        raise Refusal(415, message, {"accept-encoding": "identity"})
    return name


def answer_type(request: Request, body: str) -> str:
    """Return the response format, preferably that of the body.

    Raises:
        Refusal: the client accepts neither format.
    """
    given = request.headers.get("accept", "*/*")
    ranked = sorted(map(_preference, given.split(",")), key=lambda pair: -pair[1])
    for name, quality in ranked:
        if name in _TYPES and quality > 0:
            return name
        if name in ("*/*", "application/*") and quality > 0:
            return body
    raise Refusal(406, f"The Accept header {given!r} is not supported. Use {_EITHER}.")


def _preference(part: str) -> tuple[str, float]:
    """Return the media type and quality value of an entry in an Accept header."""
    name, *parameters = (word.strip() for word in part.lower().split(";"))
    quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return name, float(quality)
    except ValueError:
        return name, 1.0


def read(body: bytes, kind: str, schema: Schema, faults: Faults) -> pl.DataFrame:
    """Return the rows in a body and collect their errors.

    Raises:
        Refusal: the body cannot be read in this format, or has too many rows.
    """
    return _read_arrow(body) if kind == ARROW else _read_json(body, schema, faults)


def _read_arrow(body: bytes) -> pl.DataFrame:
    _check_number(count_rows(body))
    try:
        frame = pl.read_ipc_stream(io.BytesIO(body))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise Refusal(
            400,
            f"The Arrow stream cannot be read. The reader reports: {reason}. Send one "
            "table with unique column names and with columns of numbers, text, "
            "booleans or dates.",
        ) from None
    # The metadata of a damaged stream may state a wrong number of rows.
    _check_number(frame.height)
    return frame


def _read_json(body: bytes, schema: Schema, faults: Faults) -> pl.DataFrame:
    try:
        value = parse_json(body)
    except ValueError as error:
        raise Refusal(400, f"The body is not JSON: {error}.") from None
    rows = value.get("rows") if isinstance(value, dict) else None
    if not isinstance(rows, list):
        raise Refusal(422, 'The body must be an object such as {"rows": [{…}, {…}]}.')
    _check_number(len(rows))
    return frame_of_rows(rows, schema, faults)


def _check_number(num_rows: int) -> None:
    if num_rows > MOST_ROWS:
        raise Refusal(
            413,
            f"`num_rows <= {MOST_ROWS}` must hold, but got num_rows={num_rows}. Send "
            "the rows in several requests.",
        )
    if not num_rows:
        raise Refusal(422, "There are no rows. Send at least one.")


def write(table: pl.DataFrame, kind: str, answer: dict[str, Any]) -> bytes:
    """Return the body of a response.

    Args:
        table: predictions, as returned by `prediction_table`.
        kind: format of the body.
        answer: additional fields of a JSON response.
    """
    if kind == ARROW:
        buffer = io.BytesIO()
        table.write_ipc_stream(buffer)
        return buffer.getvalue()
    content = {"predictions": _predictions(table), **answer}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _predictions(table: pl.DataFrame) -> list[dict[str, Any]]:
    values = [_finite(value) for value in table["prediction"].to_list()]
    names = table.columns[1:]
    if not names:
        return [{"prediction": value} for value in values]
    classes = [name.removeprefix("probability_") for name in names]
    rows = table.select(names).rows()
    return [
        {
            "prediction": value,
            "probabilities": dict(zip(classes, map(_finite, row), strict=True)),
        }
        for value, row in zip(values, rows, strict=True)
    ]


def _finite(value: Any) -> Any:
    """Replace nan and infinity with None."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
