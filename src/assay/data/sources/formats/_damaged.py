"""Errors of the libraries that read files, reported as errors of the input."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from assay._errors import InputError, fault

__all__ = ["MAX_COLUMNS", "check_encoding", "check_num_columns", "report_damage"]

MAX_COLUMNS = 200_000
"""Columns of a table; each takes some 100 microseconds in every step to come."""

_SHOWN = 5  # names listed in a message
_ERRORS = (
    *(pl.exceptions.PolarsError, OSError, ValueError, EOFError, OverflowError),
    TypeError,  # of polars, for a path that is not UTF-8
    # A panic of polars derives from BaseException.
    pl.exceptions.PanicException,
)


@contextmanager
def report_damage(path: Path, source: object = None) -> Iterator[None]:
    """Raise an InputError for what a library raises while it reads a file.

    Args:
        path: of the file.
        source: as the user wrote it; the path if None.

    Raises:
        InputError: the file is damaged, or not what its suffix says.
    """
    try:
        yield
    except InputError:
        raise
    except _ERRORS as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        rule = f"a {path.suffix} file can be read"
        fix = f"The reader says: {lines[0][:200].rstrip('.')}. Write the file again."
        raise InputError(fault(rule, "source", str(source or path), fix)) from error


def check_encoding(names: Sequence[str]) -> None:
    """Raise an InputError unless names of files are UTF-8.

    Other names reach Python with lone surrogates, which no record can be written with.
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
