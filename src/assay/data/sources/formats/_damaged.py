"""Converts errors from file-reading libraries to input errors."""

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from assay._errors import InputError, fault

__all__ = [
    "EXPORT",
    "INCOMPLETE",
    "MAX_COLUMNS",
    "UNPACK",
    "check_content",
    "check_encoding",
    "check_feather_version",
    "check_is_text",
    "check_no_runs",
    "check_num_columns",
    "check_signature",
    "report_damage",
]

MAX_COLUMNS = 200_000
"""Maximum number of columns. Each one adds about 100 microseconds to later steps."""

_SHOWN = 5  # maximum number of names listed in a message
EXPORT = "Export the table as CSV."
UNPACK = "Unpack it first."
_OTHER_FORMATS = (
    (rb"PK\x03\x04", "an Excel workbook or a ZIP archive", EXPORT),
    (rb"\xd0\xcf\x11\xe0", "an Excel workbook", EXPORT),
    (rb"\x1f\x8b|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd", "compressed", UNPACK),
    (rb"PAR1", "a Parquet file", "Rename it to {stem}.parquet."),
    (rb"ARROW1", "an Arrow file", "Rename it to {stem}.arrow."),
    (rb"\x93NUMPY", "a NumPy array", "Rename it to {stem}.npy."),
    (rb"version https://git-lfs", "a Git LFS pointer", "Run git lfs pull."),
    (rb"\{\\rtf", "a Rich Text Format document", EXPORT),
    (rb"SQLite format", "a database", EXPORT),
    (rb"%PDF-", "a PDF document", EXPORT),
    (
        rb"(?i)\s*<(!doctype|html|table|\?xml)",
        "a web page or XML",
        "Download the table itself.",
    ),
    (rb"(?i)(\s*%[^\n]*\n)*\s*@relation\b", "an ARFF file", EXPORT),
    (
        rb"\s*[-+]?\d+(\.\d+)?( \d+:[-+.\deE]+)+\s*\n",
        "in LIBSVM format",
        "Write X, y = sklearn.datasets.load_svmlight_file(path), and then "
        "np.savez('{stem}.npz', X=X.toarray(), y=y).",
    ),
    (
        rb"\s*(\[\s*)?\{\s*\"",
        "JSON",
        "Write one JSON object per line, and name the file {stem}.jsonl.",
    ),
)
INCOMPLETE = "It is incomplete or damaged. Download or save it again."
_FIXES = (
    ("must end with PAR1", INCOMPLETE),
    ("InvalidFooter", INCOMPLETE),
    ("more than one occurrence", "Rename all but one of these columns."),
    ("precision must be", "Save this column as floating-point numbers."),
)
"""Parts of error messages, and how to correct the files that cause them."""

_SIGNATURES = {
    **dict.fromkeys((".parquet", ".pq"), (b"PAR1",)),
    **dict.fromkeys((".arrow", ".feather", ".ipc"), (b"ARROW1",)),
    ".npz": (b"PK",),
    ".npy": (b"\x93NUMPY", b"PK"),  # archives have their own message
}
"""The first bytes of binary files, by suffix."""

_FIRST_BYTES = 4096
_ERRORS = (
    *(pl.exceptions.PolarsError, OSError, ValueError, EOFError, OverflowError),
    TypeError,  # raised by polars for a path that is not UTF-8
    # `PanicException` is a subclass of BaseException.
    pl.exceptions.PanicException,
)


@contextmanager
def report_damage(path: Path, source: object = None) -> Iterator[None]:
    """Context manager that converts errors from libraries to an InputError.

    Args:
        path: the path of the file.
        source: the source as the user wrote it; None to show the path.

    Raises:
        InputError: the file is damaged, or its suffix is wrong.
    """
    try:
        yield
    except InputError:
        raise
    except _ERRORS as error:
        check_signature(path, source)
        lines = str(error).strip().splitlines() or [type(error).__name__]
        fixes = (fix for part, fix in _FIXES if part in lines[0])
        raise InputError(
            f"{str(source or path)!r} cannot be read as a {path.suffix} file. The "
            f"reader reports: {lines[0][:200].rstrip('.')}. "
            f"{next(fixes, 'Save the file again.')}"
        ) from error


def check_content(path: Path) -> None:
    """Raise an InputError if a binary file is empty, or a file contains only zeros.

    The readers of text formats have their own messages for empty files.
    """
    with path.open("rb") as file:
        content = file.read(_FIRST_BYTES)
    if content.strip(b"\0"):
        return
    found = "contains only NUL bytes" if content else "is empty"
    if content or path.suffix.lower() in _SIGNATURES:
        raise InputError(f"The file {str(path)!r} {found}. {INCOMPLETE}")


def check_signature(path: Path, source: object = None) -> None:
    """Raise an InputError if a file's format does not match its suffix.

    Args:
        path: the path of the file.
        source: the source as the user wrote it; None to show the path.
    """
    own = _SIGNATURES.get(path.suffix.lower(), ())
    if not own or not path.is_file():
        return
    with path.open("rb") as file:
        content = file.read(_FIRST_BYTES)
    if content.startswith(own):
        return
    found = _other_format(content, path)
    if not found and content.strip() and _is_text(content):
        found = "text", f"If it is a table, rename it to {path.stem}.csv."
    if found:
        raise InputError(
            f"The file {str(source or path)!r} is {found[0]}, not a {path.suffix} "
            f"file. {found[1]}"
        )


def _other_format(content: bytes, path: Path) -> tuple[str, str] | None:
    """Return the format of a file that is not a text table, and how to convert it."""
    for start, name, fix in _OTHER_FORMATS:
        if re.match(start, content):
            return name, fix.format(stem=path.stem)
    return None


def _is_text(content: bytes) -> bool:
    """Return whether the first bytes of a file are UTF-8 text."""
    # The last character may be incomplete.
    text = content.decode(errors="replace").removesuffix("\ufffd")
    return re.fullmatch("[^\x00-\x08\x0e-\x1f\ufffd]+", text) is not None


def check_encoding(names: Sequence[str]) -> None:
    """Raise an InputError if file names are not valid UTF-8.

    Python represents such names with lone surrogates, which records cannot contain.
    """
    wrong = [name for name in names if not _is_utf8(name)]
    if wrong:
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise InputError(
            f"These file names are not UTF-8: {', '.join(map(repr, wrong[:_SHOWN]))}"
            f"{more}. Rename the files."
        )


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_is_text(path: Path, content: bytes) -> None:
    """Raise an InputError if a file is in a format other than delimited text.

    Args:
        path: path of the file.
        content: the first bytes of the file, or all of its bytes.
    """
    if found := _other_format(content, path):
        raise InputError(
            f"The file {str(path)!r} is {found[0]}, not a delimited text file. "
            f"{found[1]}"
        )


def check_feather_version(path: Path) -> None:
    """Raise an InputError if an Arrow file uses version 1 of the Feather format."""
    with path.open("rb") as file:
        if file.read(4) == b"FEA1":
            raise InputError(
                f"The file {str(path)!r} uses version 1 of the Feather format, which "
                "is not supported. To convert it in Python, run "
                f"pandas.read_feather({path.name!r}).to_parquet('{path.stem}.parquet')."
            )


def check_num_columns(num_columns: int) -> None:
    """Raise an InputError if a table has more than MAX_COLUMNS columns."""
    if num_columns > MAX_COLUMNS:
        rule, fix = f"num_columns <= {MAX_COLUMNS:,}", "Leave out some columns."
        raise InputError(fault(rule, "num_columns", num_columns, fix))


def check_no_runs(folder: Path) -> None:
    """Raise an InputError if a folder contains one or more runs instead of data."""
    shown = f"`assay show {shlex.quote(str(folder))}`"
    if all((folder / name).is_file() for name in ("experiment.toml", "events.jsonl")):
        raise InputError(
            f"{str(folder)!r} is a run, not a data set. Pass the data of the run; "
            f"{shown} names it."
        )
    if (folder / "ledger.jsonl").is_file():
        raise InputError(
            f"{str(folder)!r} is a folder of runs, not a data set. Pass the data of a "
            f"run; {shown} lists the runs."
        )
