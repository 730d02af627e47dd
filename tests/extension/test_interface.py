"""A checksum and a generated header describe the interface of Python and C++."""

import ctypes

import pytest

from assay.extension import _interface, _loading, extension_status

IN_USE, REASON = extension_status()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VERSION", 0),
        ("ACTIVATIONS", ("relu", "identity", "tanh", "sigmoid")),
        ("MIX_ROUNDS", ((16, 1), (15, 0xD35A2D97))),
        ("MIX_LAST_SHIFT", 14),
    ],
)
def test_every_declaration_changes_the_checksum(monkeypatch, name, value):
    before = _interface.checksum()
    monkeypatch.setattr(_interface, name, value)
    assert _interface.checksum() != before


def test_header():
    lines = _interface.header().splitlines()
    assert f"constexpr uint32_t kInterface = {_interface.checksum()}u;" in lines
    assert "enum Activation : int64_t { kIdentity, kRelu, kTanh, kSigmoid };" in lines
    assert "constexpr uint32_t kMixFactor2 = 0xd35a2d97u;" in lines


@pytest.mark.skipif(not IN_USE, reason=f"C++ extension: {REASON}")
def test_a_library_of_another_interface_is_refused(monkeypatch):
    monkeypatch.setattr(_loading, "checksum", lambda: 0)
    in_use, reason = _loading.extension_status.__wrapped__()
    assert not in_use
    assert reason.startswith("built for another version")


@pytest.mark.skipif(not IN_USE, reason=f"C++ extension: {REASON}")
def test_the_library_was_built_from_this_interface():
    library = ctypes.CDLL(str(_loading.library_path()))
    library.assay_interface.restype = ctypes.c_uint32
    assert library.assay_interface() == _interface.checksum()


def test_another_library(monkeypatch, tmp_path):
    monkeypatch.delenv("ASSAY_EXTENSION", raising=False)
    monkeypatch.setenv("ASSAY_LIBRARY", str(tmp_path / "missing.so"))
    in_use, reason = _loading.extension_status.__wrapped__()
    assert not in_use
    assert reason == f"ASSAY_LIBRARY={tmp_path / 'missing.so'} does not exist"
