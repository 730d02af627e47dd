"""Validates plain values against a type."""

from functools import cache
from typing import TYPE_CHECKING, Any

if (
    TYPE_CHECKING
):  # importing pydantic is slower than importing the rest of this package
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

__all__ = ["form_faults"]

_LONGEST = 200  # maximum number of characters shown per value in a message


def form_faults(form: Any, value: Any, name: str = "the summary") -> list[str]:
    """Validate plain values against a type and return one message per fault.

    Args:
        form: the expected type, such as a TypedDict.
        value: plain values, such as the contents of a JSON file.
        name: what messages call the value as a whole.

    Example:
        >>> form_faults(dict[str, int], {"a": "1"})
        ["a should be a valid integer, but got '1'"]
    """
    from pydantic import ValidationError

    try:
        # Strict mode rejects "1" and true as numbers.
        _adapter(form).validate_python(value, strict=True)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        return [_message(details, name) for details in faults]
    return []


@cache
def _adapter(form: Any) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(form)


def _message(details: "ErrorDetails", name: str) -> str:
    steps = (
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in details["loc"]
    )
    where = "".join(steps).removeprefix(".") or name
    if details["type"] == "missing":
        return f"{where} is missing"
    requirement = details["msg"].removeprefix("Input ")
    text = repr(details["input"])
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"{where} {requirement}, but got {text}"
