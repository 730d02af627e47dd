"""Recognizes URLs of data sources and removes secrets from them."""

import re
from typing import Any

__all__ = ["is_url", "protocol_of", "short_name", "without_secrets"]

_START = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_KEYS = ("s3", "gs", "hf")  # object names may contain "?" and "#"
_SHORT = 60


def is_url(source: Any) -> bool:
    """Return whether a source is a URL such as "s3://bucket/table.csv".

    Example:
        >>> is_url("s3://bucket/table.csv"), is_url("folder/table.csv")
        (True, False)
    """
    return isinstance(source, str) and _START.match(source) is not None


def protocol_of(url: str) -> str:
    """Return the protocol of a URL in lower case.

    Example:
        >>> protocol_of("HTTPS://example.org/table.csv")
        'https'
    """
    return url.partition("://")[0].lower()


def without_secrets(source: Any) -> str:
    """Return a source as text that is safe to show and record.

    The user name, the password and the query, which may contain a signature, are
    removed.

    Example:
        >>> without_secrets("https://ann:secret@example.org/table.csv?signature=4f2a")
        'https://example.org/table.csv'
        >>> without_secrets("table.csv")
        'table.csv'
    """
    text = str(source)
    start = _START.match(text)
    if start is None:
        return text
    head, rest = text[: start.end()], text[start.end() :]
    end = next((i for i, mark in enumerate(rest) if mark in "/?#"), len(rest))
    place, path = rest[:end].rpartition("@")[2], rest[end:]
    if protocol_of(text) not in _KEYS:
        path = re.split("[?#]", path, maxsplit=1)[0]
    return head + place + path


def short_name(source: Any) -> str:
    """Return the beginning of a source as text that is safe to show.

    Example:
        >>> short_name("https://ann:secret@example.org/table.csv")
        'https://example.org/table.csv'
    """
    return without_secrets(source)[:_SHORT]
