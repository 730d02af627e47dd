"""Reports errors from file-reading libraries as input errors."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from assay._errors import InputError, fault

__all__ = ["MAX_COLUMNS", "check_encoding", "check_num_columns", "report_damage"]

MAX_COLUMNS = 200_000
"""Maximum number of columns; each adds about 100 microseconds to every later step."""

_SHOWN = 5  # names listed in a message
_ERRORS = (
    *(pl.exceptions.PolarsError, OSError, ValueError, EOFError, OverflowError),
    TypeError,  # raised by polars for a path that is not UTF-8
    # A polars panic derives from BaseException.
    pl.exceptions.PanicException,
)


@contextmanager
def report_damage(path: Path, source: object = None) -> Iterator[None]:
    """Raise an InputError in place of an error that a library raises for a file.

    Args:
        path: the path of the file.
        source: the source as the user wrote it; the path if None.

    Raises:
        InputError: the file is damaged, or its suffix is wrong.
    """
    try:
        yield
    except InputError:
        raise
    except _ERRORS as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        rule = f"a {path.suffix} file can be read"
        fix = f"The reader reports: {lines[0][:200].rstrip('.')}. Write the file again."
        raise InputError(fault(rule, "source", str(source or path), fix)) from error


def check_encoding(names: Sequence[str]) -> None:
    """Raise an InputError unless all file names are UTF-8.

    Python represents other names with lone surrogates, which no record can contain.
    """
    wrong = [name for name in names if not _is_utf8(name)]
    if wrong:
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        fix = f"Rename these: {', '.join(map(repr, wrong[:_SHOWN]))}{more}."
        rule = "every file name is UTF-8"
        raise InputError(fault(rule, "num_others", len(wrong), fix))


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_num_columns(num_columns: int) -> None:
    """Raise an InputError if a table has too many columns to work with."""
    if num_columns > MAX_COLUMNS:
        rule, fix = f"num_columns <= {MAX_COLUMNS:,}", "Leave out some columns."
        raise InputError(fault(rule, "num_columns", num_columns, fix))
