"""Checks for calls written in the style of other libraries."""

from assay._calls._one_source import check_call, holds_arrays, takes_one_source

__all__ = ["check_call", "holds_arrays", "takes_one_source"]
