"""The format "safetensors": the parameters, and a JSON file that describes them."""

from assay.experiment import Run, read_model
from assay.exporting._forms import Files, writes

__all__: list[str] = []

_ARRAYS, _DESCRIPTION = "model/parameters.safetensors", "model/model.json"


@writes("safetensors", ".safetensors", ".json")
def _safetensors(run: Run, name: str) -> Files:
    """Check the model files in the run folder and return them."""
    read_model(run.folder)
    return {
        ".safetensors": run.folder.read_bytes(_ARRAYS),
        ".json": run.folder.read_bytes(_DESCRIPTION),
    }
