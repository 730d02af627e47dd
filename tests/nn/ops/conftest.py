"""A fixture for both implementations of layer kernels on a CPU."""

import pytest

from assay.extension import extension_status
from assay.nn.ops import _dense, _primitives
from assay.nn.ops.recurrent import _gru, _lstm


@pytest.fixture(params=["extension", "plain"])
def computed_by(request, monkeypatch):
    """Run the test with the C++ extension, and again without it."""
    in_use, reason = extension_status()
    if request.param == "plain":
        monkeypatch.setattr(_primitives, "usable", lambda *arrays: False)
        for module in (_dense, _gru, _lstm):
            monkeypatch.setattr(module, "available", lambda *arrays: False)
    elif not in_use:
        pytest.skip(f"C++ extension: {reason}")
    return request.param
