"""The lab: local web pages that start, show and explain runs."""

from assay.lab._server import serve

__all__ = ["serve"]
