"""The registry of readers, one per kind of source."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from assay._errors import InputError, did_you_mean, fault
from assay._urls import is_url, without_secrets
from assay.data.sources._builtin import BUILTIN, BUILTINS
from assay.data.sources._files import FILES, check_path, looks_like_path
from assay.data.sources._folders import FOLDER
from assay.data.sources._frames import FRAME, is_table
from assay.data.sources._hugging_face import HUGGING_FACE
from assay.data.sources._map_style import MAP_STYLE
from assay.data.sources.arrays._arrays import ARRAYS
from assay.data.sources.arrays._tensors import as_numpy
from assay.data.sources.remote._failures import shown_as
from assay.data.sources.remote._fetch import local_path
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
    "a file at s3://, gs://, hf:// or https://, or a folder at one of the first three",
    is_url,
    _read_remote,
)
"""The reader for URLs, which passes local copies to the other readers."""

_LOCAL = (BUILTIN, FOLDER, *FILES, HUGGING_FACE, ARRAYS, FRAME, MAP_STYLE)

REGISTRY: dict[str, Reader] = {reader.name: reader for reader in (REMOTE, *_LOCAL)}
"""The readers by name, in the order in which they are tried."""


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


def _names_like(source: str) -> list[str]:
    """Return built-in names to suggest, and file names if `source` has a suffix."""
    here = [path.name for path in Path().iterdir()] if Path(source).suffix else []
    return [*BUILTINS, *here]


@contextmanager
def opening(source: Any) -> Generator[None, None, None]:
    """Context manager that raises an InputError if a path cannot be opened.

    Raises:
        InputError: the name is too long, or the user has no permission to read it.
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
    """Read a source with the first reader that accepts it. Tables are unchanged.

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
            check_nesting(table.frame)
            check_dates(table.frame)
            return table
        if looks_like_path(source):
            check_path(source)
    if isinstance(source, str):
        raise InputError(
            f"No file or built-in data set is named {source!r}. The built-in data sets "
            f"are {', '.join(BUILTINS)}.{did_you_mean(source, _names_like(source))}"
        )
    if hasattr(source, "toarray") and hasattr(source, "nnz"):
        raise InputError("X must not be a sparse matrix. Write X.toarray().")
    if isinstance(source, tuple):
        raise InputError(
            f"A tuple must be (X, y), but got {len(source)} values. Pass test data "
            "separately: load((X, y), test_data=(X_test, y_test))."
        )
    if isinstance(source, list) and source and all(map(_is_pair, source)):
        raise InputError(
            "The source is a list of pairs. Write load(([x for x, _ in pairs], "
            "[y for _, y in pairs]))."
        )
    if isinstance(source, list) and source and all(map(is_table, source)):
        raise InputError("The source is a list of frames. Write pl.concat(frames).")
    raise InputError(
        "A source must be a path, a built-in name, a frame or (X, y), but got "
        f"{type(source).__name__}. Write load((X, y)), load(frame, target='y') or "
        f"load('table.csv'). {_as_examples(source)}"
    )


def _as_examples(source: Any) -> str:
    """Return instructions for passing an object that yields examples."""
    if hasattr(source, "dataset"):  # data loaders
        return "Write load(source.dataset) to read the examples of a loader."
    if isinstance(source, Iterable) and not isinstance(source, Mapping):
        return "Write load(list(source)) to read all examples into memory."
    return "An object that yields examples must support len(source) and source[i]."


def _is_pair(example: Any) -> bool:
    return isinstance(example, tuple) and len(example) == 2
