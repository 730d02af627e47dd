"""Explains invalid arguments, and calls and names from other libraries."""

from assay._calls._arguments import (
    check_paths,
    explains_arguments,
    explains_construction,
)
from assay._calls._names import ExplainsNames, explain_package, how_to_write
from assay._calls._one_source import check_call, holds_arrays, takes_one_source

__all__ = [
    "ExplainsNames",
    "check_call",
    "check_paths",
    "explain_package",
    "explains_arguments",
    "explains_construction",
    "holds_arrays",
    "how_to_write",
    "takes_one_source",
]
