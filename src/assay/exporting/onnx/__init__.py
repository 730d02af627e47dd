"""Export to ONNX. The preparation of raw rows is part of the graph."""

from assay.exporting.onnx import _form as _form
