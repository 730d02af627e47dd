"""The lab: a local page on which runs and their parts can be seen and handled."""

from assay.lab._server import serve

__all__ = ["serve"]
