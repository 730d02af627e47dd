"""The formats "flax" and "torch": code that rebuilds the network, and its arrays."""

from assay.experiment import Run
from assay.exporting._forms import Files, exported_model, writes
from assay.exporting.source import _shared_layers  # noqa: F401, registers
from assay.exporting.source._file import network_files
from assay.exporting.source.flax._language import FLAX
from assay.exporting.source.torch._language import TORCH

__all__: list[str] = []


@writes("flax", ".py", ".safetensors")
def _flax(run: Run, name: str) -> Files:
    return network_files(exported_model(run, "flax"), FLAX)


@writes("torch", ".py", ".safetensors")
def _torch(run: Run, name: str) -> Files:
    return network_files(exported_model(run, "torch"), TORCH)
