"""Export to Python code that rebuilds a network in another library."""

from assay.exporting.source import _forms as _forms
