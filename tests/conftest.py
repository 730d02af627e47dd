"""What every test shares: the device, a cache of compiled programs, hypothesis."""

import os
import sys

import hypothesis
import pytest

# JAX reads its environment once, at import, so this stands before any test module.
# Tests of the accelerator: JAX_PLATFORMS=cuda,cpu python -m pytest -m gpu
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Most of the time goes into compiling, which optimizing the machine code makes half as
# long again. The benchmarks run it as users do; XLA_FLAGS="" runs the tests so too.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

# Data and the scripts that made it are no tests; the scripts need PyTorch.
collect_ignore_glob = ["**/make_*.py"]

# Compiling takes longer than any deadline. CI draws the same examples every time.
hypothesis.settings.register_profile(
    "assay", deadline=None, derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("assay")


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled programs from one run of the tests to the next."""
    cache = config.cache.mkdir("jax")
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")
    if "jax" in sys.modules:  # imported by a conftest of the folder that is asked for
        import jax

        folder = os.environ["JAX_COMPILATION_CACHE_DIR"]
        seconds = float(os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"])
        jax.config.update("jax_compilation_cache_dir", folder)
        jax.config.update("jax_persistent_cache_min_compile_time_secs", seconds)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs an accelerator where there is none."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if marked:
        import jax

        if jax.default_backend() == "cpu":
            for item in marked:
                item.add_marker(pytest.mark.skip(reason="needs an accelerator"))
