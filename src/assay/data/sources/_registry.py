"""The registry of readers, one per kind of source."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from assay._errors import InputError, did_you_mean, fault
from assay._urls import is_url, without_secrets
from assay.data.sources._builtin import BUILTIN
from assay.data.sources._files import FILES, check_path, looks_like_path
from assay.data.sources._folders import FOLDER
from assay.data.sources._hugging_face import HUGGING_FACE
from assay.data.sources._map_style import MAP_STYLE
from assay.data.sources._refused import why_refused
from assay.data.sources.arrays._arrays import ARRAYS
from assay.data.sources.arrays._tensors import as_numpy
from assay.data.sources.frames._frames import FRAME
from assay.data.sources.remote._failures import shown_as
from assay.data.sources.remote._fetch import local_path
from assay.data.table._column_names import check_column_names
from assay.data.table._dates import check_dates
from assay.data.table._nesting import check_nesting
from assay.data.table._table import Reader, Table

__all__ = ["REGISTRY", "find_reader", "get", "opening", "read_table"]


def _read_remote(url: Any) -> Table:
    path = local_path(url)
    with shown_as(path, url):
        table = read_table(path)
    return replace(table, source=without_secrets(url))


REMOTE = Reader(
    "remote",
    "a file or folder at an s3://, gs:// or hf:// URL, or a file at an https:// URL",
    is_url,
    _read_remote,
)
"""The reader for URLs. It passes a local copy of the data to the other readers."""

_LOCAL = (BUILTIN, FOLDER, *FILES, HUGGING_FACE, ARRAYS, FRAME, MAP_STYLE)

REGISTRY: dict[str, Reader] = {reader.name: reader for reader in (REMOTE, *_LOCAL)}
"""The readers by name, in the order they are tried."""


def get(name: str) -> Reader:
    """Return the reader with the given name.

    Raises:
        InputError: no reader has that name; the message suggests a similar name.

    Example:
        >>> get("parquet").summary
        'an Apache Parquet file (.parquet, .pq)'
    """
    if name not in REGISTRY:
        raise InputError(
            fault(
                f"reader in {sorted(REGISTRY)}",
                "reader",
                name,
                did_you_mean(name, REGISTRY).strip(),
            )
        )
    return REGISTRY[name]


def find_reader(source: Any) -> Reader | None:
    """Return the first reader that accepts a source, or None if none does."""
    return next((r for r in REGISTRY.values() if r.accepts(source)), None)


@contextmanager
def opening(source: Any) -> Generator[None, None, None]:
    """Context manager that raises an InputError if a path cannot be opened.

    Raises:
        InputError: the name is blank, "-" or too long, or the user lacks permission to
            read the file.
    """
    if isinstance(source, str) and source.strip() in ("", "-"):
        raise InputError(
            f"The source is {source!r}, which is not the name of a file. To read "
            "standard input, write it to a file first."
        )
    try:
        yield
    except OSError as error:
        if not isinstance(source, str | Path):
            raise
        raise InputError(
            f"{str(source)[:80]!r} cannot be opened: {error.strerror or error}. Check "
            "the path."
        ) from error


def read_table(source: Any) -> Table:
    """Read a source with the first reader that accepts it; return tables unchanged.

    Raises:
        InputError: no reader accepts it, or reading failed.
    """
    if isinstance(source, Table):
        return source
    source = as_numpy(source)
    with opening(source):
        reader = find_reader(source)
        if reader is not None:
            table = reader.read(source)
            check_column_names(table.frame.columns)
            check_nesting(table.frame)
            check_dates(table.frame)
            return table
        if looks_like_path(source):
            check_path(source)
    raise InputError(why_refused(source))
