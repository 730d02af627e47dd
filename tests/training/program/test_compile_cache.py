"""The cache of compiled programs stays small, and is not listed for each program."""

import os

import pytest

from assay.training.program import _compile_cache


@pytest.fixture
def use_cache(monkeypatch, tmp_path):
    """A function that uses a cache in a folder and returns the options set in JAX."""
    options = {}
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path))
    monkeypatch.setattr(_compile_cache, "_folder_of_jax", lambda: None)
    monkeypatch.setattr(_compile_cache, "configure", options.__setitem__)

    def use():
        assert _compile_cache.use_compile_cache.__wrapped__() == tmp_path
        return options

    return use


def test_programs_that_were_not_used_for_long_are_deleted(
    use_cache, monkeypatch, tmp_path
):
    monkeypatch.setattr(_compile_cache, "_LARGEST_BYTES", 250)
    for used, name in enumerate(["b", "d", "a", "c"]):
        (tmp_path / name).write_bytes(bytes(100))
        os.utime(tmp_path / name, (used, 9 - used))  # the time of the change is ignored
    use_cache()
    assert names(tmp_path) == ["a", "c", "checked"]
    (tmp_path / "e").write_bytes(bytes(200))
    use_cache()
    assert names(tmp_path) == ["a", "c", "checked", "e"]
    os.utime(tmp_path / "checked", (9, 9))  # more than a day ago
    use_cache()
    assert names(tmp_path) == ["checked", "e"]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_jax_does_not_limit_the_size(use_cache):
    """With a limit, JAX lists all files of the cache for each program that it adds."""
    assert use_cache()["jax_compilation_cache_max_size"] == -1
