"""The format "onnx": a single file that maps raw rows to predictions."""

from assay.experiment import Run
from assay.exporting._forms import Files, exported_model, writes
from assay.exporting.onnx._export import onnx_bytes

__all__: list[str] = []


@writes("onnx", ".onnx")
def _onnx(run: Run, name: str) -> Files:
    return {".onnx": onnx_bytes(exported_model(run, "onnx"), name)}
