"""Both ways in which a CPU may compute the kernels of layers."""

import pytest

from assay.nn.ops import _fused, _primitives
from assay.nn.ops._extension import extension_status


@pytest.fixture(params=["extension", "plain"])
def computed_by(request, monkeypatch):
    """Run the test with the C++ extension, and again as if there were none."""
    in_use, reason = extension_status()
    if request.param == "plain":
        for module in (_primitives, _fused):
            monkeypatch.setattr(module, "usable", lambda *arrays: False)
    elif not in_use:
        pytest.skip(f"C++ extension: {reason}")
    return request.param
