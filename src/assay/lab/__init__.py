"""The lab: a local web interface for starting, watching and understanding runs."""

from assay.lab._server import serve

__all__ = ["serve"]
