"""Checks that events from a file have the fields required by their kind."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from assay.records._events import EVENTS
from assay.records._form import form_faults
from assay.records._summary import FindingPart

if (
    TYPE_CHECKING
):  # importing pydantic is slower than importing the rest of this package
    from pydantic import TypeAdapter

__all__ = ["is_event"]


def is_event(record: Mapping[str, Any]) -> bool:
    """Return whether a record is a valid event. Unknown kinds are accepted.

    Example:
        >>> is_event({"kind": "note", "message": "interrupted"}), is_event({"kind": 3})
        (True, False)
    """
    from pydantic import ValidationError

    kind = record.get("kind")
    if not isinstance(kind, str):
        return False
    if kind not in EVENTS:
        return True
    try:
        _adapter(EVENTS[kind]).validate_python(dict(record))
    except ValidationError:
        return False
    return kind != "finding" or not form_faults(FindingPart, record["finding"])


@cache
def _adapter(form: type) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(form)
