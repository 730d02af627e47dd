"""The registry of the units' lessons and request handlers."""

import importlib
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assay._errors import InputError, did_you_mean
from assay.lab.units.coding._state import code_of

__all__ = ["UNITS", "Body", "Lesson", "handles", "lesson", "lesson_of", "respond"]

UNITS = (
    "activations",
    "costs",
    "learning_rate",
    "parameters",
    "batches",
    "convolution",
    "optimizers",
    "regularization",
    "layers",
)
"""Names of the units, ordered by unit number.

Each unit has a module of the same name. The module is imported on the first request,
because importing JAX is slow."""

_CODE = {
    "activations": "_training",
    "costs": "_examples",
    "learning_rate": "_training",
    "parameters": "_training",
    "batches": "_examples",
    "convolution": "_networks",
    "optimizers": "_examples",
    "regularization": "_training",
    "layers": "_networks",
}
"""The module that generates each unit's Python code."""

Handler = Callable[[Any], dict[str, Any]]


class Body(BaseModel):
    """Base class of request bodies; all numbers must be finite."""

    model_config = ConfigDict(allow_inf_nan=False)


@dataclass(frozen=True)
class Lesson:
    """The text and code shown on a unit's page and in its notebook.

    Args:
        unit: name of the unit.
        title: sentence that summarizes the unit.
        paragraphs: short paragraphs; at most 120 words in total.
        snippet: complete Python code that reproduces the page's results; added by
            `lesson_of`.
    """

    unit: str
    title: str
    paragraphs: tuple[str, ...]
    snippet: str = ""


_handlers: dict[tuple[str, str], Handler] = {}
_lessons: dict[str, Lesson] = {}


def lesson(new: Lesson) -> Lesson:
    """Register and return the lesson of a unit."""
    _lessons[new.unit] = new
    return new


def handles(unit: str, request: str) -> Callable[[Handler], Handler]:
    """Register a function that handles requests from a unit's page.

    The function takes one pydantic model, which validates the request, and returns
    plain values, lists and arrays. It runs in a worker thread, so its result must
    depend only on its argument.

    Example:
        >>> class Point(Body):
        ...     x: float
        >>> @handles("doctest", "double")
        ... def double(body: Point) -> dict[str, Any]:
        ...     return {"y": 2 * body.x}
        >>> respond("doctest", "double", {"x": 3})
        {'y': 6.0}
    """

    def register(function: Handler) -> Handler:
        _handlers[unit, request] = function
        return function

    return register


def respond(unit: str, request: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the response to a request from a unit's page.

    Raises:
        InputError: the unit does not handle the request, or the body is invalid.
    """
    _load(unit)
    function = _handlers.get((unit, request))
    if function is None:
        known = [name for owner, name in _handlers if owner == unit]
        near = did_you_mean(request, known)
        raise InputError(f"The unit {unit} does not handle {request!r}.{near}")
    model = next(iter(typing.get_type_hints(function).values()))
    try:
        checked = model.model_validate(body)
    except ValidationError as error:
        raise InputError([_fault(details) for details in error.errors()]) from None
    return function(checked)


def lesson_of(unit: str, state: Mapping[str, str] | None = None) -> Lesson:
    """Return the lesson of a unit, with code that reproduces the state of its page.

    Args:
        unit: name of the unit.
        state: settings in the page's address; missing settings have default values.

    Raises:
        InputError: the unit has no lesson, or a setting is invalid.
    """
    _load(unit)
    if unit not in _lessons:
        raise InputError(f"The unit {unit} has no lesson.")
    return replace(_lessons[unit], snippet=code_of(unit, state or {}))


def _load(unit: str) -> None:
    if unit in UNITS:
        importlib.import_module(f"assay.lab.units._{unit}")
        importlib.import_module(f"assay.lab.units.coding.{_CODE[unit]}")
    elif not any(owner == unit for owner, _ in _handlers):
        raise InputError(f"Unknown unit {unit!r}.{did_you_mean(unit, UNITS)}")


def _fault(details: Any) -> str:
    path = ".".join(str(step) for step in details["loc"]) or "the request"
    return f"{path}: {details['msg']}, but got {details['input']!r:.100}"
