"""Export to ONNX, with the preparation of raw rows as part of the graph."""

from assay.exporting.onnx import _form as _form
