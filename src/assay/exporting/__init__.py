"""Export of trained models: ONNX, Flax, PyTorch, safetensors and model cards."""

from assay.exporting._export import export
from assay.exporting._forms import FORMS

__all__ = ["FORMS", "export"]
