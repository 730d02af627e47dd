"""Reads request bodies and writes responses as JSON."""

import json
import math
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from assay._errors import InputError
from assay.records import parse_json, to_plain

__all__ = ["JsonResponse", "read_body", "read_bytes", "to_numbers"]

_MOST_BYTES = 4_000_000  # maximum size of a request body, except for uploads


class JsonResponse(Response):
    """A JSON response in which nan and infinity are replaced by null."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Encode plain values, arrays or dataclasses as JSON."""
        text = json.dumps(
            to_numbers(content), ensure_ascii=False, separators=(",", ":")
        )
        return text.encode()


def to_numbers(value: Any) -> Any:
    """Convert a value to plain values, rounding float32 to 8 significant digits.

    Fields of a dict that are nan or infinite become null in JSON, so their names are
    listed in an additional field, `not_finite`.

    Example:
        >>> import numpy as np
        >>> to_numbers({"a": np.float32([0.1, 2]), "b": float("nan")})
        {'a': [0.1, 2.0], 'b': None, 'not_finite': ['b']}
    """
    if isinstance(value, dict):
        plain = {str(name): to_numbers(item) for name, item in value.items()}
        bad = [str(name) for name, item in value.items() if _is_not_finite(item)]
        return plain | ({"not_finite": bad} if bad else {})
    if isinstance(value, list | tuple):
        return [to_numbers(item) for item in value]
    if str(getattr(value, "dtype", "")) == "float32":
        return _rounded(value.tolist())
    return to_plain(value)


def _rounded(value: Any) -> Any:
    """Round numbers to the precision of float32; nan and infinity become None."""
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.8g}") if math.isfinite(value) else None


def _is_not_finite(value: Any) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if getattr(getattr(value, "dtype", None), "kind", "") != "f":
        return False
    import numpy as np

    return not bool(np.isfinite(value).all())


async def read_bytes(request: Request, most_bytes: int) -> bytes | None:
    """Return the request body, or None if it is larger than `most_bytes`."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > most_bytes:
        return None
    parts: list[bytes] = []
    total = 0
    async for part in request.stream():
        parts.append(part)
        total += len(part)
        if total > most_bytes:
            return None
    return b"".join(parts)


async def read_body(request: Request) -> dict[str, Any]:
    """Return the JSON object in a request body.

    Raises:
        InputError: the body is too large, or is not a JSON object.
    """
    data = await read_bytes(request, _MOST_BYTES)
    if data is None:
        raise InputError("The request is too large. Upload files on the start page.")
    try:
        body = parse_json(data or b"{}")
    except ValueError as error:
        raise InputError(f"The request is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise InputError("The request must be a JSON object.")
    return body
