"""Splits delimited text into rows of cells."""

import csv
import io
import sys
from typing import Any

__all__ = ["SEPARATORS", "csv_rows"]

SEPARATORS = (",", ";", "\t", "|")
"""The cell separators that are recognized, apart from spaces."""

# A cell may be a document, so the default limit of 131,072 characters is too low. On
# Windows, a C long has 32 bits. The limit is global, but only the readers of text
# tables use `csv`.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


def csv_rows(text: io.StringIO, separator: str) -> Any:
    """Return a `csv.reader` that ignores spaces after a separator."""
    return csv.reader(text, delimiter=separator, skipinitialspace=True)
