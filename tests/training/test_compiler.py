"""Training programs are compiled with options that the installed XLA knows."""

import pytest

from assay.training import _compiler


@pytest.fixture(autouse=True)
def forgotten():
    """Let each test determine the options again."""
    _compiler._quick_to_compile.cache_clear()
    yield
    _compiler._quick_to_compile.cache_clear()


def test_xla_knows_the_options(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "")
    assert _compiler.compiler_options(1_000) == {"xla_cpu_use_fusion_emitters": False}
    assert _compiler.compiler_options(10**8) is None  # trains for long
    assert _compiler.compiler_options(1_000, num_updates=4_000) is None


def test_flags_of_the_user_have_priority(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_use_fusion_emitters=true")
    assert _compiler.compiler_options(1_000) is None


def test_an_option_that_xla_has_removed_is_left_out(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "")
    monkeypatch.setattr(_compiler, "_QUICK_TO_COMPILE", {"xla_no_such_option": True})
    assert _compiler.compiler_options(1_000) is None
