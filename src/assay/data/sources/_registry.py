"""The registry of sources: where examples can come from."""

from typing import Any

from assay._errors import InputError, did_you_mean, fault
from assay.data.sources._arrays import ARRAYS
from assay.data.sources._builtin import BUILTIN, BUILTINS
from assay.data.sources._files import FILES, check_path, looks_like_path
from assay.data.sources._folders import FOLDER
from assay.data.sources._frames import FRAME
from assay.data.sources._hugging_face import HUGGING_FACE
from assay.data.sources._map_style import ITEMS
from assay.data.table._table import Source, Table

__all__ = ["REGISTRY", "get", "kind_of", "read_table"]

REGISTRY: dict[str, Source] = {
    source.name: source
    for source in (BUILTIN, FOLDER, *FILES, HUGGING_FACE, ARRAYS, FRAME, ITEMS)
}
"""The kinds of source by name, in the order in which they are asked."""


def get(name: str) -> Source:
    """Return the kind of source of that name.

    Raises:
        InputError: there is none; names the nearest.

    Example:
        >>> get("parquet").summary
        'an Apache Parquet file (.parquet, .pq)'
    """
    if name not in REGISTRY:
        raise InputError(
            fault(
                f"source in {sorted(REGISTRY)}",
                "source",
                name,
                did_you_mean(name, REGISTRY).strip(),
            )
        )
    return REGISTRY[name]


def kind_of(given: Any) -> Source | None:
    """Return the kind of source that accepts something; None if there is none."""
    return next((s for s in REGISTRY.values() if s.accepts(given)), None)


def read_table(given: Any) -> Table:
    """Read a table from whatever kind of source accepts it.

    Raises:
        InputError: no kind accepts it, or reading it failed.
    """
    source = kind_of(given)
    if source is not None:
        return source.read(given)
    if looks_like_path(given):
        check_path(given)
    if isinstance(given, str):
        raise InputError(
            fault(
                "source is a file or a built-in data set",
                "source",
                given,
                f"Built-in: {', '.join(BUILTINS)}.{did_you_mean(given, BUILTINS)}",
            )
        )
    raise InputError(
        fault(
            "source is a path, a built-in name, a frame or (X, y)",
            "source",
            type(given).__name__,
            "Write load((X, y)), load(frame, target='y') or load('table.csv'); an "
            "object that gives examples has len(source) and source[i].",
        )
    )
