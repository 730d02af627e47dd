"""The registry of functions that translate each kind of layer to PyTorch."""

from assay.exporting.source._code import Translators

__all__ = ["TRANSLATORS", "translates"]

TRANSLATORS: Translators = Translators()
translates = TRANSLATORS.register
