"""Finished runs: their records, and what their models do with examples."""

from assay.lab.trained._routes import trained_routes

__all__ = ["trained_routes"]
