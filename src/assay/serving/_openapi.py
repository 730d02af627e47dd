"""Generates the OpenAPI document of a server from the model's columns."""

from collections.abc import Mapping
from typing import Any

from assay._version import __version__
from assay.records import Summary
from assay.serving.bodies._formats import ARROW, JSON, MOST_ROWS
from assay.serving.bodies._schema import InputColumn, Schema

__all__ = ["example_row", "openapi"]

_MOST_CATEGORIES = 100
# Values of all other kinds are strings.
_TYPES = {"number": "number", "boolean": "boolean"}
_EXAMPLES: dict[str, Any] = {
    "number": 1.5,
    "boolean": True,
    "date": "2024-05-31",
    "text": "a few words",
}
_ERRORS = {
    400: "The body cannot be read.",
    401: "The token is missing or wrong.",
    406: "The client accepts neither of the response formats.",
    413: "The body or the number of rows is too large.",
    415: "The format of the body is not supported.",
    422: "The rows do not match the model's columns; all errors are listed.",
    503: "Too many requests are waiting.",
}


def openapi(schema: Schema, summary: Summary, *, has_token: bool) -> dict[str, Any]:
    """Return the OpenAPI document as plain values.

    Args:
        schema: columns and task of the model.
        summary: summary of the model's run.
        has_token: whether requests need a token.
    """
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": f"Model {summary['run']}",
            "version": __version__,
            "description": f"Predicts {schema.task.target!r} ({schema.task.kind}).",
        },
        "paths": {
            "/predict": {"post": _predict()},
            "/model": {"get": _get("The model and its test result.", "Model")},
            "/health": {"get": _get("Whether the server is ready.", "Health")},
        },
        "components": {"schemas": _schemas(schema)},
    }
    if has_token:
        bearer = {"type": "http", "scheme": "bearer"}
        document["components"]["securitySchemes"] = {"token": bearer}
        document["security"] = [{"token": []}]
    return document


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _get(summary: str, name: str) -> dict[str, Any]:
    content = {JSON: {"schema": _reference(name)}}
    return {
        "summary": summary,
        "operationId": name.lower(),
        "responses": {"200": {"description": summary, "content": content}},
    }


def _predict() -> dict[str, Any]:
    arrow = {"schema": {"type": "string", "contentMediaType": ARROW}}
    errors = {
        str(status): {
            "description": words,
            "content": {JSON: {"schema": _reference("Error")}},
        }
        for status, words in _ERRORS.items()
    }
    return {
        "summary": "Make predictions for rows.",
        "description": "Content-Type determines the format of the body, and Accept "
        "determines the format of the response.",
        "operationId": "predict",
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": _reference("Rows")}, ARROW: arrow},
        },
        "responses": {
            "200": {
                "description": "One prediction per row, in the order of the rows.",
                "content": {
                    JSON: {"schema": _reference("Predictions")},
                    ARROW: arrow,
                },
            },
            **errors,
        },
    }


def _object(properties: Mapping[str, Any], *optional: str) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _schemas(schema: Schema) -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "number"}
    unseen = {"column": text, "num_unseen": number, "num_values": number}
    rows = {"rows": {**_list(_row(schema)), "minItems": 1, "maxItems": MOST_ROWS}}
    return {
        "Rows": _object(rows),
        "Predictions": _object(
            {
                "predictions": _list(_prediction(schema)),
                "target": text,
                "unseen": _list(_object({**unseen, "examples": _list(text)})),
                "notes": _list(text),
            }
        ),
        "Error": _object({"error": text, "faults": _list(text)}),
        "Health": _object({"status": text}),
        "Model": {"type": "object"},
    }


def _row(schema: Schema) -> dict[str, Any]:
    properties = {column.name: _cell(column) for column in schema.columns}
    by_name = _object(properties)
    if schema.sole is not None:
        return {"anyOf": [_cell(schema.sole), by_name]}
    order = ", ".join(schema.order)
    described = f"The values of these columns, in this order: {order}."
    values: dict[str, Any] = {"type": "array", "description": described}
    count = len(schema.order)
    return {"anyOf": [by_name, values | {"minItems": count, "maxItems": count}]}


def _cell(column: InputColumn) -> dict[str, Any]:
    if column.shape:
        cell: dict[str, Any] = {"type": "number"}
        for place, size in reversed([*enumerate(column.shape)]):
            fixed = {"minItems": size, "maxItems": size}
            any_number = column.uneven and place == 0
            cell = _list(cell) | ({"minItems": 1} if any_number else fixed)
        return cell | {"description": column.kind}
    cell: dict[str, Any] = {"type": [_TYPES.get(column.kind, "string"), "null"]}
    cell["description"] = f"A {column.kind}; null if the value is unknown."
    if column.kind == "category":
        known = [*column.categories[:_MOST_CATEGORIES]]
        cell |= {
            "examples": known,
            "description": "A category; unknown categories are ignored.",
        }
    return cell


def _prediction(schema: Schema) -> dict[str, Any]:
    task = schema.task
    if task.kind == "regression":
        unit = f"In the unit that {task.target!r} has in the training data."
        return _object({"prediction": {"type": "number", "description": unit}})
    probability = {"type": "number", "minimum": 0, "maximum": 1}
    each = {str(name): probability for name in task.classes}
    predicted = {"enum": list(task.classes)}
    return _object({"prediction": predicted, "probabilities": _object(each)})


def example_row(schema: Schema) -> Any:
    """Return an example of a valid row."""
    sole = schema.sole
    if sole is not None and sole.shape:
        # A pixel value of 1 is valid for both ranges of pixel values, 0 to 1 and 0 to
        # 255.
        cell: Any = 1 if sole.kind == "image" else 0.5
        for size in reversed(sole.shape):
            cell = [cell] * size
        return cell
    return {column.name: _example(column) for column in schema.columns}


def _example(column: InputColumn) -> Any:
    if column.categories:
        return column.categories[0]
    return _EXAMPLES.get(column.kind)
